"""
Parse the parameters of an Insights request, as strictly as Meta does.

https://developers.facebook.com/docs/marketing-api/insights/parameters
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from .accounts import Account
from .breakdowns import (
    ACTION_BREAKDOWNS,
    COMBINATIONS,
    HOURLY,
    HOURLY_AUDIENCE,
    OPT_IN,
    SUPPORTED,
    Cell,
    cells_of,
)
from .date_ranges import Days, asked_days, slices
from .faults import Fault
from .fields import NAMES, names_list
from .filters import Filter, Sort, parse_filters, parse_sort
from .state import Sandbox

# What names a row of each level; the last id tells one object from another.
IDENTITY: dict[str, tuple[str, ...]] = {
    "account": (),
    "campaign": ("campaign_id", "campaign_name"),
    "adset": ("campaign_id", "campaign_name", "adset_id", "adset_name"),
    "ad": (
        "campaign_id",
        "campaign_name",
        "adset_id",
        "adset_name",
        "ad_id",
        "ad_name",
    ),
}
UNSUPPORTED = ("summary", "time_ranges")


@dataclass(frozen=True, kw_only=True)
class Query:
    """
    A valid query; hashable, so that its rows are made once for all pages.

    `unique` is whether people are counted, `order` a name of `rows.ORDERS` or "".
    """

    account_id: str
    account: Account = field(compare=False, repr=False)
    level: str
    fields: tuple[str, ...]
    date_ranges: tuple[Days, ...]
    windows: tuple[str, ...]
    cells: tuple[Cell, ...]
    action_breakdown: str
    unique: bool
    order: str
    filters: tuple[Filter, ...]
    sort: Sort | None
    today: date


def parse_query(params: Mapping[str, str], account: Account, sandbox: Sandbox) -> Query:
    """Return the query; raises Fault for what Meta or the sandbox refuses."""
    for param in UNSUPPORTED:
        if params.get(param, "") not in ("", "[]"):
            raise Fault("100/unsupported", param=param)
    level = params.get("level") or "account"
    if level not in IDENTITY:
        raise Fault("100/enum", param="level", values="ad, adset, campaign, account")
    today = sandbox.now().astimezone(ZoneInfo(account["timezone_name"])).date()
    days = asked_days(params, today)
    breakdowns = _breakdowns(params)
    opted_in = account.get("opted_in", sandbox.switches.opted_in)
    empty = not opted_in and not OPT_IN.isdisjoint(breakdowns)
    return Query(
        account_id=account["account_id"],
        account=account,
        level=level,
        fields=_fields(params, level),
        date_ranges=tuple(slices(days, params.get("time_increment") or "all_days")),
        windows=_windows(params),
        cells=() if empty else cells_of(breakdowns),
        action_breakdown=_action_breakdown(params),
        # Hourly breakdowns count nobody once.
        unique={HOURLY, HOURLY_AUDIENCE}.isdisjoint(breakdowns),
        order=account.get("row_order", sandbox.switches.row_order),
        filters=parse_filters(params.get("filtering", "")),
        sort=parse_sort(params.get("sort", "")),
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
    return tuple(dict.fromkeys(windows))


def _breakdowns(params: Mapping[str, str]) -> tuple[str, ...]:
    names = list(dict.fromkeys(names_list(params.get("breakdowns", ""))))
    wrong = [name for name in names if name not in NAMES["breakdowns"]]
    if wrong:
        raise Fault("100/breakdowns", **_listed(wrong))
    for name in names:
        if name not in SUPPORTED:
            raise Fault("100/unsupported", param=f"breakdown {name}")
    if tuple(sorted(names)) not in COMBINATIONS:
        columns = ", ".join(["action_type", *sorted(names)])
        raise Fault("100/combination", names=columns)
    return tuple(names)


def _action_breakdown(params: Mapping[str, str]) -> str:
    """Return what action lists are cut by beside the type of action, or ""."""
    names = set(names_list(params.get("action_breakdowns", "")))
    if names <= {"action_type"}:
        return ""
    name, *more = names - {"action_type"}
    if more or "action_type" not in names or name not in ACTION_BREAKDOWNS:
        columns = ", ".join(sorted(names))
        raise Fault("100/unsupported", param=f"action_breakdowns {columns}")
    return name
