"""
Asynchronous report runs: started by a POST, polled, then fetched.

https://developers.facebook.com/docs/marketing-api/insights/best-practices/#asynchronous
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .auth import caller, require_ads
from .faults import Fault, GraphResponse
from .fields import NAMES, asked_fields, selected
from .insights import asked_account, page_of_rows
from .query import Query, parse_query
from .state import Sandbox

COMPLETED, FAILED, RUNNING = "Job Completed", "Job Failed", "Job Running"
NOT_STARTED, STARTED, SKIPPED = "Job Not Started", "Job Started", "Job Skipped"
RUNNING_FROM = 40
STALLED_AT = 60
KEPT = timedelta(days=30)
FIRST_ID = 1_600_000_000_000_000
# What a failed run says of itself since v25.0: code, subcode, title, text.
# https://developers.facebook.com/docs/marketing-api/insights/error-codes
FAILURE = (
    -2,
    2490547,
    "Report Failed",
    "Your report could not be run due to a temporary issue.",
)
TOO_LARGE = (
    -3,
    1504045,
    "Report Too Large",
    "Your report has too much data. Ask for less.",
)
REASON = (
    "error_code",
    "error_subcode",
    "error_user_title",
    "error_user_msg",
)


class Ending(NamedTuple):
    """How a run ends: what it says of itself for ever after."""

    about: str
    status: str = COMPLETED
    percent: int = 100
    reason: tuple[int, int, str, str] | None = None

    @property
    def has_rows(self) -> bool:
        return self.status == COMPLETED


ENDINGS: Mapping[str, Ending] = MappingProxyType(
    {
        "completed": Ending("Job Completed and 100 %"),
        "completed-early": Ending("Job Completed below 100 % before it is complete"),
        "unknown-at-first": Ending("the first poll does not know the run (100/33)"),
        "failed": Ending("Job Failed at 0 %, with the reason", FAILED, 0, FAILURE),
        "failed-at-100": Ending("Job Failed at 100 %", FAILED, 100, FAILURE),
        "failed-silently": Ending("Job Failed without a reason", FAILED, 0),
        "too-large": Ending("Job Failed: Report Too Large", FAILED, 0, TOO_LARGE),
        "skipped": Ending("Job Skipped", SKIPPED, 0),
        "not-started": Ending("Job Not Started for ever", NOT_STARTED, 0),
        "stalled": Ending("Job Running at 60 % for ever", RUNNING, STALLED_AT),
        "running-at-100": Ending("Job Running at 100 % for ever", RUNNING, 100),
    }
)


def endings(text: str) -> list[str]:
    """Parse the switch: names with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


@dataclass(kw_only=True)
class Report:
    """One run, and how often it was polled; `ending` is a name of ENDINGS."""

    id: str
    query: Query
    summary: bool
    ending: str
    started: datetime
    polls: int = 0
    completed: datetime | None = None

    def share(self, sandbox: Sandbox) -> float:
        """Return how much is done, by the clock or by polls; 1 is the end."""
        if seconds := sandbox.switches.report_seconds:
            return (sandbox.now() - self.started).total_seconds() / seconds
        return self.polls / max(sandbox.switches.report_polls, 1)

    def described(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return the fields of the node at this moment."""
        share, ending = self.share(sandbox), ENDINGS[self.ending]
        ended = share >= 1
        status, percent = ending.status, ending.percent
        if not ended:
            status, percent = self._unfinished(int(100 * share))
        elif status in (COMPLETED, FAILED):
            self.completed = self.completed or sandbox.now()
        days = self.query.date_ranges
        known = {
            "id": self.id,
            "account_id": self.query.account_id,
            "time_ref": int(self.started.timestamp()),
            "time_completed": self.completed and int(self.completed.timestamp()),
            "async_status": status,
            "async_percent_completion": percent,
            "is_running": True if status in (STARTED, RUNNING) else None,
            "date_start": days[0][0].isoformat(),
            "date_stop": days[-1][1].isoformat(),
        }
        if ended and ending.reason:
            known |= dict(zip(REASON, ending.reason, strict=True))
            known["error_message"] = "There was an error running your report."
        return known

    def _unfinished(self, percent: int) -> tuple[str, int]:
        """Return status and percentage before the end."""
        if self.ending == "completed-early":
            return COMPLETED, percent
        if self.ending == "not-started" or percent == 0:
            return NOT_STARTED, 0
        if self.ending == "stalled":
            percent = min(percent, STALLED_AT)
        return (STARTED if percent < RUNNING_FROM else RUNNING), percent


async def start(request: Request) -> Response:
    """POST /act_…/insights, with the parameters of a GET: start a run."""
    sandbox: Sandbox = request.app.state.sandbox
    params = request.scope["params"]
    account = asked_account(request)
    query = parse_query(params, account, sandbox)
    summary = params.get("default_summary") == "true"
    before = sum(
        (each.query, each.summary) == (query, summary)
        for each in sandbox.reports.values()
    )
    planned = account.get("reports") or endings(sandbox.switches.report_endings)
    report = Report(
        id=str(FIRST_ID + len(sandbox.reports)),
        query=query,
        summary=summary,
        ending=planned[min(before, len(planned) - 1)] if planned else "completed",
        started=sandbox.now(),
    )
    sandbox.reports[report.id] = report
    return GraphResponse({"report_run_id": report.id})


def find(request: Request) -> Report | None:
    """Return the run that *request* is about, if it is about one."""
    sandbox: Sandbox = request.app.state.sandbox
    report = sandbox.reports.get(request.path_params["object_id"])
    if report is None or sandbox.now() - report.started > KEPT:
        return None
    token = caller(request)
    accounts.find(f"act_{report.query.account_id}", token, sandbox)
    require_ads(token, sandbox, "200")
    return report


async def poll(request: Request, report: Report) -> Response:
    """GET /{report_run_id}: how far it is."""
    sandbox: Sandbox = request.app.state.sandbox
    report.polls += 1
    if report.ending == "unknown-at-first" and report.polls == 1:
        raise Fault("100/33", method="get", id=report.id)
    known = report.described(sandbox)
    fields = asked_fields(request.scope["params"].get("fields") or ",".join(known))
    names = NAMES["report_run"]
    chosen = selected(known, {**fields, "id": ""}, names=names, node="AdReportRun")
    return GraphResponse(chosen)


async def rows(request: Request, report: Report) -> Response:
    """GET /{report_run_id}/insights: the rows, once it is complete."""
    sandbox: Sandbox = request.app.state.sandbox
    if report.share(sandbox) < 1 or not ENDINGS[report.ending].has_rows:
        raise Fault("2601/1815107")
    return await page_of_rows(request, report.query, summary=report.summary)
