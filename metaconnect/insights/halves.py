"""Two queries in the place of one that is too large for Meta."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from ..models import TimeRange
from .query import InsightsQuery

_DAY = timedelta(days=1)


def halves(query: InsightsQuery, days: TimeRange | None) -> tuple[InsightsQuery, ...]:
    """
    Return two queries that together have the rows of *query*, which covers *days*.

    Empty where there are none: a row of all days cannot be put together, and
    sorted rows would not be sorted any more.
    """
    middle = None if days is None or query.sort else _middle(query, days)
    if days is None or middle is None:
        return ()
    first = TimeRange(since=days.since, until=middle - _DAY)
    second = TimeRange(since=middle, until=days.until)
    return replace(query, time_range=first), replace(query, time_range=second)


def _middle(query: InsightsQuery, days: TimeRange) -> date | None:
    """Return the first day of the second half: a row of *query* begins there."""
    length = (days.until - days.since).days + 1
    if query.time_increment == "monthly":
        half = (days.since + length // 2 * _DAY).replace(day=1)
        half = half if half > days.since else _next_month(days.since)
        return half if half <= days.until else None
    if query.time_increment == "all_days":
        return None
    step = int(query.time_increment)
    rows = -(-length // step)
    return days.since + rows // 2 * step * _DAY if rows > 1 else None


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * _DAY).replace(day=1)
