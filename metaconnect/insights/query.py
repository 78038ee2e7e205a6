"""What to ask of Insights: every option that there is, checked in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

import msgspec
from msgspec.structs import replace

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Level
from ..errors import UsageError
from ..models import TimeRange
from .filters import Filter, Filters, filters_in
from .picks import ROAS, is_window, pick_of

DAYS = range(1, 91)
# What action lists are broken down by where nothing is asked for.
ACTION_TYPE = ("action_type",)
Names = str | Iterable[str]


class InsightsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    A question to Insights in Meta's words, of no ad account in particular.

    A `time_range` takes the place of `date_preset`. `time_increment` is
    "1" to "90" (days), "monthly" or "all_days". What is empty is not sent, so
    that Meta's default holds.
    https://developers.facebook.com/docs/marketing-api/insights/parameters
    """

    fields: tuple[str, ...] = DEFAULT_FIELDS
    level: Level = Level.account
    date_preset: str = "last_7d"
    time_range: TimeRange | None = None
    time_increment: str = "1"
    breakdowns: tuple[str, ...] = ()
    action_breakdowns: tuple[str, ...] = ()
    action_attribution_windows: tuple[str, ...] = ()
    filtering: tuple[Filter, ...] = ()
    sort: tuple[str, ...] = ()

    @property
    def splits_actions(self) -> bool:
        """Whether action lists are broken down by more than the action type."""
        return self.action_breakdowns not in ((), ACTION_TYPE)


class InsightsOptions(TypedDict, total=False):
    """
    The options of a query, as a person or a program gives them.

    Lists are iterables, or text with commas. `since` and `until` are ISO dates.
    """

    fields: Names | None
    level: str
    since: str | date | None
    until: str | date | None
    time_increment: str | int
    breakdowns: Names | None
    action_breakdowns: Names | None
    action_attribution_windows: Names | None
    filtering: Filters | None
    sort: Names | None


def insights_query(
    date_preset: str | None = None, **options: Unpack[InsightsOptions]
) -> InsightsQuery:
    """
    Return the query that the arguments mean. Raises UsageError.

    `date_preset` and `since`/`until` (both needed) exclude each other; with
    neither it is last_7d.
    """
    since, until = options.get("since"), options.get("until")
    windows = _names("attribution window", options.get("action_attribution_windows"))
    query = InsightsQuery(
        fields=_fields(options.get("fields")),
        level=_level(options.get("level", "account")),
        time_range=_time_range(date_preset, since, until),
        date_preset=_preset(date_preset or "last_7d"),
        time_increment=_increment(str(options.get("time_increment", 1))),
        breakdowns=_names("breakdown", options.get("breakdowns")),
        action_breakdowns=_names("breakdown", options.get("action_breakdowns")),
        action_attribution_windows=windows,
        filtering=filters_in(options.get("filtering")),
        sort=_sort(options.get("sort")),
    )
    return _checked(query)


def _checked(query: InsightsQuery) -> InsightsQuery:
    """Refuse what contradicts itself; the default fields fit every query."""
    if not query.splits_actions:
        return query
    if query.fields == DEFAULT_FIELDS:
        fields = tuple("purchase_roas" if f == ROAS else f for f in DEFAULT_FIELDS)
        return replace(query, fields=fields)
    for name in query.fields:
        if pick := pick_of(name):
            raise UsageError(
                f"{name} is one number of an action type, and action_breakdowns "
                "split it.",
                hint=f"Ask for {pick.source} instead, or leave out action_breakdowns.",
            )
    return query


def _preset(name: str) -> str:
    if name in DATE_PRESETS:
        return name
    raise UsageError(
        f"There is no date preset {name!r}.{_similar(name, DATE_PRESETS)}",
        hint=f"Meta's are: {', '.join(DATE_PRESETS)}.",
    )


def _level(name: str) -> Level:
    try:
        return Level(name)
    except ValueError:
        levels = ", ".join(Level)
        raise UsageError(f"A level is one of {levels}, not {name!r}.") from None


def _increment(text: str) -> str:
    if text in ("monthly", "all_days") or (text.isdecimal() and int(text) in DAYS):
        return text
    raise UsageError(
        f"An increment is 1 to 90 (days), monthly or all_days, not {text!r}."
    )


def _fields(given: Names | None) -> tuple[str, ...]:
    if given is None:
        return DEFAULT_FIELDS
    wanted = _split(given)
    if not wanted:
        raise UsageError("No fields were named.")
    for name in wanted:
        if not _is_name(name) and pick_of(name) is None:
            raise UsageError(
                f"{name!r} cannot be the name of a field.",
                hint="One action type is written as actions:omni_purchase.",
            )
    return wanted


def _names(what: str, given: Names | None) -> tuple[str, ...]:
    """Return names in Meta's spelling; those that are new to us are Meta's to judge."""
    names = _split(given or ())
    for name in names:
        if not _is_name(name) and not is_window(name):
            raise UsageError(f"{name!r} cannot be the name of {_article(what)}.")
    return names


def _sort(given: Names | None) -> tuple[str, ...]:
    keys = _split(given or ())
    for key in keys:
        if pick_of(re.sub(r"_(a|de)scending$", "", key)) and ":" not in key:
            raise UsageError(
                f"Meta cannot sort by {key!r}.",
                hint="It sorts by its own fields: actions:omni_purchase_descending",
            )
    return keys


def _split(given: Names) -> tuple[str, ...]:
    """Return each name once. An action type in it may hold spaces, no commas."""
    items = given.split(",") if isinstance(given, str) else given
    parts = ([item.strip()] if ":" in item else item.split() for item in items)
    return tuple(dict.fromkeys(name for names in parts for name in names if name))


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None


def _article(what: str) -> str:
    return f"an {what}" if what.startswith("a") else f"a {what}"


def _time_range(
    preset: str | None, since: str | date | None, until: str | date | None
) -> TimeRange | None:
    if since is None and until is None:
        return None
    if preset:
        raise UsageError("Give a date preset, or since and until, not both.")
    if since is None or until is None:
        raise UsageError("Since and until go together.")
    time_range = TimeRange(since=_date(since), until=_date(until))
    if time_range.until < time_range.since:
        raise UsageError(f"{until} comes before {since}.")
    return time_range


def _date(text: str | date) -> date:
    if isinstance(text, date):
        return text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{text!r} is not a date like 2026-11-23.")


def _similar(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""
