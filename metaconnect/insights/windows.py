"""
How a query is cut into windows of days that are fetched at once.

A window begins where a row of the query begins, so that the rows of all windows are
those of the query as a whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import msgspec
from msgspec.structs import replace

from ..models import Row, TimeRange
from .account_total import filters_objects
from .query import InsightsQuery

MOST_PAGES: Final = 4  # of a window, as planned
# Requests may be a fifth more than the fewest that the rows fit in.
_FULL_ENOUGH: Final = 1 / 1.2
_DAY = timedelta(days=1)


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """The stretches of days that have a row each: where they begin, and the end."""

    starts: tuple[date, ...]
    until: date

    def window(self, first: int, count: int) -> TimeRange:
        """Return the days of *count* units from the one numbered *first* on."""
        after = first + count
        last = self.until if after >= len(self.starts) else self.starts[after] - _DAY
        return TimeRange(since=self.starts[first], until=last)

    def __len__(self) -> int:
        return len(self.starts)


def may_split(query: InsightsQuery) -> bool:
    """
    Return whether windows have the rows of *query*, with the same numbers.

    Not where a row is of all days, nor where Meta sorts the rows or chooses them by
    their numbers: that is Meta's to judge over all days. Nor where only the first
    rows are wanted: by date they are others. (What is sorted here is cut off here.)
    """
    return (
        query.time_increment != "all_days"
        and not query.sort
        and (query.limit is None or bool(query.order))
        and filters_objects(query)
    )


def units_of(query: InsightsQuery, days: TimeRange) -> Units:
    """Return the units of *query*, whose rows are not of all days, in *days*."""
    starts = [days.since]
    step = 0 if query.time_increment == "monthly" else int(query.time_increment)
    while True:
        last = starts[-1]
        start = last + step * _DAY if step else _next_month(last)
        if start > days.until:
            return Units(starts=tuple(starts), until=days.until)
        starts.append(start)


def stretches(query: InsightsQuery, days: TimeRange, least: int) -> list[TimeRange]:
    """Return *days* in windows of whole units, each of *least* days or more."""
    if query.time_increment == "all_days":
        return [days]
    units = units_of(query, days)
    found: list[TimeRange] = []
    for place in range(len(units)):
        unit = units.window(place, 1)
        last = found[-1] if found else None
        if last and (last.until - last.since).days + 1 < least:
            found[-1] = TimeRange(since=last.since, until=unit.until)
        else:
            found.append(unit)
    return found


def windowed(query: InsightsQuery, window: TimeRange) -> InsightsQuery:
    """Return *query* for the days of *window*."""
    return replace(query, time_range=window)


def pages_and_units(rows_a_unit: float, limit: int) -> tuple[int, int]:
    """
    Return how many pages a window should have, and how many units fill them.

    As few pages as are well filled: those of one window come one after the other,
    while windows come at once.
    """
    if rows_a_unit <= 0:
        raise ValueError("a unit has rows")
    best, pages, units = 0.0, 1, 1
    for count in range(1, MOST_PAGES + 1):
        fitting = int(count * limit / rows_a_unit)
        filled = fitting * rows_a_unit / (count * limit)
        if filled > best:
            best, pages, units = filled, count, fitting
        if filled >= _FULL_ENOUGH:
            break
    return (pages, units) if best else (MOST_PAGES, 1)


def rows_a_unit(rows: Sequence[Row], units: Units) -> int | None:
    """
    Return how many rows the fullest unit has, judged by the first page of many.

    None where they are not in the order of their dates, and nothing can be said.
    """
    days = [day for row in rows if isinstance(day := row.get("date_start"), str)]
    if len(days) < len(rows) or any(a > b for a, b in pairwise(days)):
        return None
    starts = [start.isoformat() for start in units.starts]
    counts = Counter(bisect_right(starts, day) for day in days)
    last = max(counts, default=len(starts))
    if last == len(starts):
        return None  # all units are there, and yet more rows come
    whole = [count for unit, count in counts.items() if unit != last]
    if whole and max(whole) == 1:
        return None  # as well the days of one object, before those of the next
    return max(whole, default=len(rows))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * _DAY).replace(day=1)
