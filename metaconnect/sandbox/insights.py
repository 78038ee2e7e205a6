"""
GET /act_…/insights: validate strictly, then add up what was delivered.

https://developers.facebook.com/docs/marketing-api/insights/parameters
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .auth import caller, require_ads
from .date_ranges import asked_days, slices
from .faults import BY_ACCOUNT, Fault, GraphResponse
from .fields import NAMES, limit_of, names_list, page
from .rows import IDENTITY, Query, rows_of
from .state import Sandbox

UNSUPPORTED = (
    "breakdowns",
    "filtering",
    "sort",
    "summary",
    "default_summary",
    "time_ranges",
)


async def insights(request: Request) -> Response:
    """GET /act_…/insights, synchronous."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    object_id = request.path_params["object_id"]
    account = accounts.find(object_id, token, sandbox)
    if name := BY_ACCOUNT.get(account["account_id"]):
        raise Fault(name, id=object_id, path=request.scope["path"])
    require_ads(token, sandbox, "200")
    query = _query(request.scope["params"], account, sandbox)
    limit = limit_of(request.scope["params"])
    rows = await run_in_threadpool(rows_of, query)
    if min(limit, len(rows)) > sandbox.switches.row_budget:
        raise Fault("1/reduce")
    return GraphResponse(page(request, rows))


async def report_run(request: Request) -> Response:
    """POST /act_…/insights, asynchronous: one of the things not done."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    accounts.find(request.path_params["object_id"], token, sandbox)
    raise Fault("100/unsupported", param="asynchronous reports")


def _query(
    params: Mapping[str, str], account: accounts.Account, sandbox: Sandbox
) -> Query:
    for param in UNSUPPORTED:
        if params.get(param, "") not in ("", "[]", "false"):
            raise Fault("100/unsupported", param=param)
    if names_list(params.get("action_breakdowns", "")) not in ([], ["action_type"]):
        raise Fault("100/unsupported", param="action_breakdowns")
    level = params.get("level") or "account"
    if level not in IDENTITY:
        raise Fault("100/enum", param="level", values="ad, adset, campaign, account")
    today = sandbox.now().astimezone(ZoneInfo(account["timezone_name"])).date()
    days = asked_days(params, today)
    return Query(
        account_id=account["account_id"],
        account=account,
        level=level,
        fields=_fields(params, level),
        periods=tuple(slices(days, params.get("time_increment") or "all_days")),
        windows=_windows(params),
        today=today,
    )


def _fields(params: Mapping[str, str], level: str) -> tuple[str, ...]:
    fields = names_list(params.get("fields", ""))
    if not fields:
        ids = [name for name in IDENTITY[level] if name.endswith("_id")]
        return ("account_id", *ids, "impressions", "spend")
    removed = [name for name in fields if name in NAMES["removed"]]
    if removed:
        raise Fault("100/removed", **_listed(removed))
    wrong = [name for name in fields if name not in NAMES["insights"]]
    if wrong:
        raise Fault("100/fields", **_listed(wrong))
    return tuple(dict.fromkeys(fields))


def _listed(names: list[str]) -> dict[str, str]:
    return {"names": ", ".join(names), "are": "is" if len(names) == 1 else "are"}


def _windows(params: Mapping[str, str]) -> tuple[str, ...]:
    windows = names_list(params.get("action_attribution_windows", ""))
    known = NAMES["action_attribution_windows"]
    for index, window in enumerate(windows):
        if window not in known:
            param = f"action_attribution_windows[{index}]"
            raise Fault("100/enum", param=param, values=", ".join(known))
    return tuple(windows)
