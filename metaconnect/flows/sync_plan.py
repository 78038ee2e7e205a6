"""Which windows a sync reads: what is missing, what Meta may still restate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from ..insights.grid import batches, day_at, windows
from ..insights.reports import DAYS, Report
from ..models import TimeRange
from ..warehouse.base import Window

_DAY = timedelta(days=1)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """
    What is read, in groups of windows that follow one another.

    `lacking` are older windows that were read without some of the fields.
    """

    batches: list[list[TimeRange]]
    lacking: list[TimeRange]


def plan(
    report: Report,
    seen: Mapping[date, Window],
    *,
    fields: Collection[str],
    timezone_name: str,
    today: date,
) -> Plan:
    """
    Return what to read of *report*, given what was *seen* before.

    The last day is yesterday, so that every day is whole. A window is read again
    while it is among the last days, and once after that: where the runs paused, its
    numbers may be of a time when Meta still attributed results to it.
    """
    last = today - _DAY
    first = report.since or min(seen, default=today - report.days * _DAY)
    due: list[TimeRange] = []
    lacking: list[TimeRange] = []
    for window in windows(
        report.query.time_increment, TimeRange(since=first, until=last)
    ):
        before = seen.get(window.since)
        if (
            before is None
            or before.date_stop != window.until
            or window.until >= today - report.days * _DAY
            or not _settled(before, min(report.days, DAYS), timezone_name)
        ):
            due.append(window)
        elif not set(fields) <= set(before.fields):
            lacking.append(window)
    if report.since:
        due, lacking = sorted([*due, *lacking], key=_first_day), []
    return Plan(batches=batches(due), lacking=lacking)


def _settled(window: Window, days: int, timezone_name: str) -> bool:
    """Whether the window was read when it was that many days old."""
    return (day_at(window.read_at, timezone_name) - window.date_stop).days >= days


def _first_day(window: TimeRange) -> date:
    return window.since


def span(found: Sequence[Sequence[TimeRange]]) -> TimeRange | None:
    """Return the first and the last day of what is read."""
    if not found:
        return None
    return TimeRange(since=found[0][0].since, until=found[-1][-1].until)
