"""What to ask of Insights: every option that there is, checked in one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, Unpack

import msgspec
from msgspec.structs import replace

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Level
from ..errors import UsageError
from ..models import Day, Order, RelativeRange, TimeRange
from .filters import Filter, Filters, filters_in
from .picks import ATTRIBUTION_WINDOWS, ROAS, is_window, pick_of

DAYS = range(1, 91)
# What action lists are broken down by where nothing is asked for.
ACTION_TYPE = ("action_type",)
_INCREMENTS = {
    "daily": "1",
    "weekly": "7",
    "monthly": "monthly",
    "all_days": "all_days",
}

Names = str | Iterable[str]


class InsightsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    A question to Insights in Meta's words, of no ad account in particular.

    A `time_range` takes the place of `relative`, and that of `date_preset`.
    `time_increment` is "1" to "90" (days), "monthly" or "all_days". `sort` is
    what Meta sorts by; what it cannot sort by is in `order`, for
    `sorting.sorted_rows`. `limit` is the most rows that are wanted. What is
    empty is not sent, so that Meta's default holds.
    https://developers.facebook.com/docs/marketing-api/insights/parameters
    """

    fields: tuple[str, ...] = DEFAULT_FIELDS
    level: Level = Level.account
    date_preset: str = "last_7d"
    relative: RelativeRange | None = None
    time_range: TimeRange | None = None
    time_increment: str = "1"
    breakdowns: tuple[str, ...] = ()
    action_breakdowns: tuple[str, ...] = ()
    action_attribution_windows: tuple[str, ...] = ()
    filtering: tuple[Filter, ...] = ()
    sort: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None

    @property
    def splits_actions(self) -> bool:
        """Whether action lists are broken down by more than the action type."""
        return self.action_breakdowns not in ((), ACTION_TYPE)


class InsightsOptions(TypedDict, total=False):
    """
    The options of a query, as a person or a program gives them.

    Lists are iterables, or text with commas. `fields` may hold named sets, as
    `+video` (`field_sets.SETS`). `since` and `until` are dates or relative days
    (`days.GRAMMAR`). `time_increment` may be "daily" or "weekly". `filtering`
    takes conditions (`expressions`), and `sort` keys as `-spend`, `spend desc`
    or `spend_descending`.
    """

    fields: Names | None
    level: str
    since: Day | None
    until: Day | None
    time_increment: str | int
    breakdowns: Names | None
    action_breakdowns: Names | None
    action_attribution_windows: Names | None
    filtering: Filters | None
    sort: Names | None
    limit: int | None


def insights_query(
    date_preset: str | None = None, **options: Unpack[InsightsOptions]
) -> InsightsQuery:
    """
    Return the query that the arguments mean. Raises UsageError.

    `date_preset` and `since`/`until` exclude each other; with neither it is
    last_7d. Without `until` the range ends yesterday, the last day that is
    over, or today where it begins today.
    """
    sort, order = _sort(options.get("sort"))
    query = InsightsQuery(
        fields=_fields(options.get("fields")),
        level=_level(options.get("level", "account")),
        date_preset=_preset(date_preset or "last_7d"),
        time_increment=_increment(str(options.get("time_increment", 1))),
        breakdowns=_names("a breakdown", options.get("breakdowns")),
        action_breakdowns=_names("a breakdown", options.get("action_breakdowns")),
        action_attribution_windows=_windows(options.get("action_attribution_windows")),
        filtering=filters_in(options.get("filtering")),
        sort=sort,
        order=order,
        limit=_limit(options.get("limit")),
    )
    since, until = options.get("since"), options.get("until")
    if since is not None or until is not None:
        query = _ranged(query, since, until, date_preset)
    return _checked(query)


def _checked(query: InsightsQuery) -> InsightsQuery:
    """Refuse what contradicts itself; the default fields fit every query."""
    if query.splits_actions and query.fields == DEFAULT_FIELDS:
        fields = tuple("purchase_roas" if f == ROAS else f for f in DEFAULT_FIELDS)
        query = replace(query, fields=fields)
    if query != PLAIN_QUERY:
        from .checks import check

        check(query)
    return query


PLAIN_QUERY = InsightsQuery()


def _ranged(
    query: InsightsQuery, since: Day | None, until: Day | None, preset: str | None
) -> InsightsQuery:
    from .days import range_in

    if preset:
        raise UsageError("Give a date preset, or since and until, not both.")
    found = range_in(since, until)
    if isinstance(found, TimeRange):
        return replace(query, time_range=found)
    return replace(query, relative=found)


def _preset(name: str) -> str:
    if name in DATE_PRESETS:
        return name
    close = " It is called maximum now." if name == "lifetime" else ""
    raise UsageError(
        f"There is no date preset {name!r}.{close or _similar(name, DATE_PRESETS)}",
        hint=f"Meta's are: {', '.join(DATE_PRESETS)}.",
    )


def _level(name: str) -> Level:
    try:
        return Level(name)
    except ValueError:
        levels = ", ".join(Level)
        raise UsageError(
            f"A level is one of {levels}, not {name!r}.{_similar(name, Level)}"
        ) from None


def _increment(text: str) -> str:
    if text.isdecimal() and int(text) in DAYS:
        return str(int(text))
    if text in _INCREMENTS:
        return _INCREMENTS[text]
    raise UsageError(
        "An increment is 1 to 90 (days), daily, weekly, monthly or all_days, not "
        f"{text!r}.{_similar(text, _INCREMENTS)}"
    )


def _fields(given: Names | None) -> tuple[str, ...]:
    if given is None:
        return DEFAULT_FIELDS
    from .names import is_name, split

    wanted = split(given)
    if any(name.startswith("+") for name in wanted):
        from .field_sets import expanded

        wanted = expanded(wanted)
    if not wanted:
        raise UsageError("No fields were named.")
    for name in wanted:
        if not is_name(name) and pick_of(name) is None:
            raise UsageError(
                f"{name!r} cannot be the name of a field.",
                hint="One action type is written as actions:omni_purchase.",
            )
    return wanted


def _names(what: str, given: Names | None) -> tuple[str, ...]:
    if given is None:
        return ()
    from .names import is_name, split

    names = split(given)
    for name in names:
        if not is_name(name):
            raise UsageError(f"{name!r} cannot be the name of {what}.")
    return names


def _windows(given: Names | None) -> tuple[str, ...]:
    if given is None:
        return ()
    from .names import split

    windows = split(given)
    for name in windows:
        if not is_window(name):
            raise UsageError(
                f"{name!r} is not an attribution window."
                f"{_similar(name, ATTRIBUTION_WINDOWS)}",
                hint=f"Meta's are: {', '.join(ATTRIBUTION_WINDOWS)}.",
            )
    return windows


def _sort(given: Names | None) -> tuple[tuple[str, ...], tuple[Order, ...]]:
    """Return what Meta sorts by, and what is sorted here: one of them is empty."""
    if not given:
        return (), ()
    from .sorting import meta_sort, orders_in

    orders = orders_in(given)
    at_meta = meta_sort(orders)
    return at_meta, () if at_meta else orders


def _limit(given: int | None) -> int | None:
    if given is not None and given < 1:
        raise UsageError(f"A limit is one row or more, not {given}.")
    return given


def _similar(name: str, known: Iterable[str]) -> str:
    from .names import did_you_mean

    return did_you_mean(name, known)
