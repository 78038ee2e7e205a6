"""The period that another is compared with, and where in a period a row stands."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from ..models import TimeRange

_DAY = timedelta(days=1)


class Compare(StrEnum):
    """What a period is compared with."""

    previous = "previous"
    year = "year"


def compared_window(
    days: TimeRange, how: Compare, time_increment: str = "1"
) -> TimeRange:
    """
    Return the period that *days* are compared with.

    `previous` is the period of as many days that ends before *days* begin; of as
    many months, where rows are months and *days* are whole ones. `year` has the same
    dates one year earlier, 29 February as the 28th.
    """
    if how is Compare.year:
        return TimeRange(since=_year_before(days.since), until=_year_before(days.until))
    if time_increment == "monthly" and _is_whole_months(days):
        count = _month_number(days.until) - _month_number(days.since) + 1
        since = _month_start(_month_number(days.since) - count)
        return TimeRange(since=since, until=days.since - _DAY)
    length = days.until - days.since + _DAY
    return TimeRange(since=days.since - length, until=days.since - _DAY)


def place_of(day: date, days: TimeRange, time_increment: str) -> int:
    """Return which part of *days* begins on *day*, from 0."""
    if time_increment == "all_days":
        return 0
    if time_increment == "monthly":
        return _month_number(day) - _month_number(days.since)
    return (day - days.since).days // int(time_increment)


def place_of_earlier(
    day: date, days: TimeRange, how: Compare, time_increment: str
) -> int:
    """Return which part of *days* the row of the earlier *day* is compared to."""
    if how is Compare.year and time_increment == "1":
        return place_of(_with_year(day, day.year + 1), days, time_increment)
    window = compared_window(days, how, time_increment)
    last = place_of(days.until, days, time_increment)
    return min(place_of(day, window, time_increment), last)  # 29 February is one more


def part_at(place: int, days: TimeRange, time_increment: str) -> TimeRange:
    """Return the days of the part of *days* with this number."""
    if time_increment == "all_days":
        return days
    if time_increment == "monthly":
        month = _month_number(days.since) + place
        since, until = _month_start(month), _month_start(month + 1) - _DAY
    else:
        length = int(time_increment)
        since = days.since + place * length * _DAY
        until = since + (length - 1) * _DAY
    return TimeRange(since=max(since, days.since), until=min(until, days.until))


def not_over(days: TimeRange, today: date) -> str:
    """Return a sentence where the last of *days* is still going on, else nothing."""
    if not days.since <= today <= days.until:
        return ""
    return (
        f"{today} is not over: its numbers still grow, and those of the earlier period "
        "are of whole days."
    )


def _year_before(day: date) -> date:
    return _with_year(day, day.year - 1)


def _with_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)


def _is_whole_months(days: TimeRange) -> bool:
    return days.since.day == 1 and (days.until + _DAY).day == 1


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_start(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
