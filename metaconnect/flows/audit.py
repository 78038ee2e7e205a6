"""The audit flow: reads the same money several ways, and says where it differs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec
from msgspec.structs import replace

from ..errors import MetaconnectError
from ..graph.client import GraphClient
from ..insights import dates
from ..insights.audit import (
    Evidence,
    dated,
    findings,
)
from ..insights.findings import Finding, Verdict
from ..insights.progress import ReadProgress
from ..insights.query import InsightsQuery, insights_query
from ..insights.rows import Problems
from ..models import AdAccount, TimeRange
from .audit_rows import Reader, evidence_of, queries_of, rows_by_day
from .audit_table import Table, audit_table
from .insights import InsightsRequest, ad_account_of
from .insights_many import Failure, Targets, failure_of_request
from .many import each

BREAKDOWNS: Final = ("age,gender", "country")
_TODAY: Final = InsightsQuery(date_preset="today")


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """
    What was found in the Insights of one ad account.

    `dates` are None where Meta alone knows them. `spend` is the account's, None where
    nothing was delivered, and `pages` is how many pages of rows were read.
    """

    request: InsightsRequest
    ad_account: AdAccount
    dates: TimeRange | None
    spend: Decimal | None
    findings: tuple[Finding, ...]
    pages: int

    @property
    def is_explained(self) -> bool:
        """Whether everything agrees, or there is a reason why not."""
        return all(each.verdict is not Verdict.UNEXPLAINED for each in self.findings)


class Audits(msgspec.Struct, frozen=True, kw_only=True):
    """The audits of many ad accounts, and what went wrong with the others."""

    audits: list[Audit]
    failures: list[Failure]


async def audit(
    request: InsightsRequest,
    breakdowns: Sequence[str] = BREAKDOWNS,
    *,
    graph: GraphClient,
    now: datetime,
    table: Table | None = None,
    problems: Problems | None = None,
    progress: ReadProgress | None = None,
) -> Audit:
    """
    Compare the levels, the days and *breakdowns* of the dates of *request*.

    Its query counts for its dates only. It takes five requests and one for each
    breakdown, of few rows; one more where objects are missing, and one or two for
    each check that nothing explains, which name the days. With *table* the rows of
    its reports are read too. Raises UsageError for dates that cannot be asked for.
    """
    account = await ad_account_of(request, graph=graph)
    zone = account.timezone_name
    query = dates.dated(request.dated_query, zone, now)
    window = dates.date_range(query, timezone_name=zone, now=now)
    reader = Reader(replace(request, window=window), graph, problems, progress)
    queries = queries_of(query, breakdowns)
    evidence = await evidence_of(reader, queries, breakdowns)
    found = findings(evidence)
    by_day = await rows_by_day(reader, queries, found, evidence)
    of_table = await _of_table(table, reader, window, evidence)
    todays = dates.date_range(_TODAY, timezone_name=zone, now=now)
    today = todays.since if todays else None
    return Audit(
        request=request,
        ad_account=account,
        dates=window,
        spend=evidence.whole[0]["spend"] if evidence.whole else None,
        findings=(
            *(
                dated(each, evidence.days, by_day[each.check], today)
                if each.verdict is Verdict.UNEXPLAINED and each.check in by_day
                else each
                for each in found
            ),
            *of_table,
        ),
        pages=reader.pages,
    )


async def _of_table(
    table: Table | None,
    reader: Reader,
    window: TimeRange | None,
    evidence: Evidence,
) -> list[Finding]:
    days = window or _days_of(evidence)
    if table is None or days is None:
        return []
    return await audit_table(table, reader.request, days, read=reader.rows)


def _days_of(evidence: Evidence) -> TimeRange | None:
    found = [date.fromisoformat(row["date_start"]) for row in evidence.days]
    return TimeRange(since=min(found), until=max(found)) if found else None


async def audit_each(
    targets: Targets, audit_one: Callable[[InsightsRequest], Awaitable[Audit]]
) -> Audits:
    """Return the audits of *targets*, where one failure is not all of them."""

    async def one(request: InsightsRequest) -> Audit | Failure:
        try:
            return await audit_one(request)
        except MetaconnectError as error:
            return failure_of_request(request, error)

    found = await each(targets.requests, one)
    failures = [failure for failure in found if isinstance(failure, Failure)]
    return Audits(
        audits=[audit for audit in found if isinstance(audit, Audit)],
        failures=[*targets.failures, *failures],
    )


def breakdown_sets(given: Iterable[str] | None = None) -> tuple[str, ...]:
    """
    Return the sets of breakdowns to check, each as "age,gender"; None is the default.

    Raises UsageError.
    """
    if given is None:
        return BREAKDOWNS
    sets = (insights_query(breakdowns=text).breakdowns for text in given)
    return tuple(dict.fromkeys(",".join(names) for names in sets if names))
