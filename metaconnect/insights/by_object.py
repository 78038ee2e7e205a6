"""Rows by day as one row for each object, with the course of its spend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from ..constants import FieldKind
from ..models import Column, Row, TimeRange
from .identity import identity
from .periods import place_of
from .query import InsightsQuery
from .schema import DATES
from .totals import totals

TREND: Final = "trend"
SPEND: Final = "spend"

Values = Sequence[int | Decimal | None]


def with_trend(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return *columns* with that of the trend behind spend, else the first number."""
    names = [column.name for column in columns]
    numbers = [place for place, c in enumerate(columns) if not c.kind.is_text]
    first = numbers[0] if numbers else len(columns)
    place = names.index(SPEND) + 1 if SPEND in names else first
    trend = Column(name=TREND, kind=FieldKind.UNKNOWN)
    return (*columns[:place], trend, *columns[place:])


def by_object(
    columns: Sequence[Column],
    rows: Sequence[Row],
    query: InsightsQuery,
    *,
    days: TimeRange,
    draw: Callable[[Values], str],
) -> list[Row]:
    """
    Return a row for each object, its numbers as `totals` makes them, and its trend.

    *rows* are those of each part of *days*, with spend. What Meta alone could tell of
    the whole, such as reach, is None where an object has several rows.
    """
    groups: dict[tuple[object, ...], list[Row]] = {}
    names = identity(columns, query)
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in names), []).append(row)
    dates = dict(
        zip(DATES, (days.since.isoformat(), days.until.isoformat()), strict=True)
    )
    found = []
    for own in groups.values():
        sums = totals(columns, own)
        texts = {c.name: own[-1].get(c.name) for c in columns if c.kind.is_text}
        trend = draw(_course(own, days, query.time_increment))
        found.append({**own[-1], **sums, **texts, **dates, TREND: trend})
    return found


def _course(rows: Sequence[Row], days: TimeRange, time_increment: str) -> Values:
    """Return the spend of each part of *days*; what has no row was not delivered."""
    course: list[int | Decimal | None] = [None] * (
        place_of(days.until, days, time_increment) + 1
    )
    for row in rows:
        day = date.fromisoformat(row[DATES[0]])
        course[place_of(day, days, time_increment)] = row.get(SPEND)
    return course
