"""The windows that a table of Insights is made of: always the same days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..models import TimeRange

_DAY = timedelta(days=1)
MONTHLY = "monthly"
DAYS_AT_ONCE = 30


def windows(increment: str, time_range: TimeRange) -> list[TimeRange]:
    """
    Return the windows that *time_range* touches, each the days of one row.

    Months are whole, and windows of several days hang on 1 January of the year 1, a
    Monday: those of seven days are weeks. So the first may begin before the range; the
    last ends with it, where the days to come are not over yet.
    """
    found = []
    first = _start(increment, time_range.since)
    while first <= time_range.until:
        after = _next(increment, first)
        last = min(after - _DAY, time_range.until)
        found.append(TimeRange(since=first, until=last))
        first = after
    return found


def day_at(moment: datetime, timezone_name: str) -> date:
    """Return the day that it is at *moment* (aware) in an ad account's time zone."""
    return moment.astimezone(ZoneInfo(timezone_name)).date()


def window_end(increment: str, first: date) -> date:
    """Return the last day of the whole window that begins with *first*."""
    return _next(increment, first) - _DAY


def batches(
    found: Sequence[TimeRange], most_days: int = DAYS_AT_ONCE
) -> list[list[TimeRange]]:
    """Return *found* in groups without a gap, each of *most_days* or one window."""
    groups: list[list[TimeRange]] = []
    for window in found:
        group = groups[-1] if groups else []
        follows = group and group[-1].until + _DAY == window.since
        if follows and (window.until - group[0].since).days < most_days:
            group.append(window)
        else:
            groups.append([window])
    return groups


def _start(increment: str, day: date) -> date:
    if increment == MONTHLY:
        return day.replace(day=1)
    return day - (day.toordinal() - 1) % int(increment) * _DAY


def _next(increment: str, first: date) -> date:
    if increment == MONTHLY:
        return (first + 31 * _DAY).replace(day=1)
    return first + int(increment) * _DAY
