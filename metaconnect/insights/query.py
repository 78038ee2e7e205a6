"""From what a person typed to an InsightsQuery, with a word for each mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Level
from ..errors import UsageError
from ..models import TimeRange

DAYS = range(1, 91)


@dataclass(frozen=True, kw_only=True)
class InsightsQuery:
    """
    What is asked of Insights, in Meta's own words, of no ad account in particular.

    A `time_range` takes the place of `date_preset`. `time_increment` is
    "1" to "90" (days), "monthly" or "all_days".
    """

    fields: tuple[str, ...] = DEFAULT_FIELDS
    level: Level = Level.account
    date_preset: str = "last_7d"
    time_range: TimeRange | None = None
    time_increment: str = "1"


def insights_query(
    *,
    date_preset: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = "account",
    time_increment: str | int = 1,
    fields: str | Iterable[str] | None = None,
) -> InsightsQuery:
    """
    Return the query that the arguments mean. Raises UsageError.

    `date_preset` and `since`/`until` (ISO dates, both needed) exclude each
    other; with neither it is last_7d. `fields` is a list, or text with commas.
    """
    time_range = _time_range(date_preset, since, until)
    return InsightsQuery(
        fields=_fields(fields),
        level=_level(level),
        date_preset=_preset(date_preset or "last_7d"),
        time_range=time_range,
        time_increment=_increment(str(time_increment)),
    )


def _preset(name: str) -> str:
    if name in DATE_PRESETS:
        return name
    raise UsageError(
        f"There is no date preset {name!r}.{_meant(name, DATE_PRESETS)}",
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


def _fields(fields: str | Iterable[str] | None) -> tuple[str, ...]:
    if fields is None:
        return DEFAULT_FIELDS
    names = re.split(r"[,\s]+", fields) if isinstance(fields, str) else fields
    wanted = tuple(dict.fromkeys(filter(None, names)))
    if not wanted:
        raise UsageError("No fields were named.")
    for name in wanted:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise UsageError(f"{name!r} cannot be the name of a field.")
    return wanted


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


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""
