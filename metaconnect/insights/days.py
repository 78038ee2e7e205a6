"""
Days as people say them: `2026-11-23`, `yesterday`, `7d`.

A relative day means one in the ad account's time zone, which the query does not
know: it stays words until it is sent (`dates.dated`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from ..errors import UsageError
from ..models import Day, RelativeRange, TimeRange

TODAY = "today"
YESTERDAY = "yesterday"
GRAMMAR = (
    "A day is a date like 2026-11-23, today, yesterday, or so many days, weeks, "
    "months or years ago: 7d, 2w, 1m, 1y, '7 days ago'."
)
_AGO = re.compile(r"-?(\d{1,4})\s*(d|w|m|y|days?|weeks?|months?|years?)(?:\s+ago)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def range_in(since: Day | None, until: Day | None) -> TimeRange | RelativeRange:
    """
    Return the range from *since* to *until*, each in any spelling of `GRAMMAR`.

    Without *until* it ends yesterday, the last day that is over; or today where
    it begins today. Raises UsageError.
    """
    if since is None:
        raise UsageError("Until needs since: the first day is missing.")
    first = day_in(since)
    last = day_in(until) if until is not None else _end_for(first)
    if not isinstance(first, date) or not isinstance(last, date):
        return RelativeRange(since=first, until=last)
    if last < first:
        raise UsageError(f"{until} comes before {since}.")
    return TimeRange(since=first, until=last)


def day_in(text: Day) -> Day:
    """Return a date, or a relative day in its short form. Raises UsageError."""
    if isinstance(text, date):
        return text
    words = " ".join(text.lower().split())
    if words in (TODAY, YESTERDAY):
        return words
    if match := _AGO.fullmatch(words):
        return f"{int(match[1])}{match[2][0]}"
    try:
        if _ISO.fullmatch(words):
            return date.fromisoformat(words)
    except ValueError:
        pass
    raise UsageError(f"{text!r} is not a day.", hint=GRAMMAR)


def resolved(day: Day, today: date) -> date:
    """Return the date that *day* is where *today* is the day."""
    if isinstance(day, date):
        return day
    if day == TODAY:
        return today
    if day == YESTERDAY:
        return today - timedelta(days=1)
    count, unit = int(day[:-1]), day[-1]
    try:
        if unit in "dw":
            return today - timedelta(days=count * (7 if unit == "w" else 1))
        return months_before(today, count * (12 if unit == "y" else 1))
    except (OverflowError, ValueError):
        raise UsageError(f"{day} ago is before the calendar begins.") from None


def months_before(day: date, count: int) -> date:
    """Return *day* in the month *count* months before, or that month's last day."""
    index = day.year * 12 + day.month - 1 - count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _end_for(since: Day) -> Day:
    return TODAY if since in (TODAY, "0d") else YESTERDAY
