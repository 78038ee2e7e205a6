"""The dates that a query covers, in the ad account's time zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..errors import UsageError
from ..models import TimeRange
from .query import InsightsQuery

if TYPE_CHECKING:  # most queries are sent as they are
    from zoneinfo import ZoneInfo

# "The start date of the time range cannot be beyond 37 months": error 3018.
MONTHS_KEPT = 37
_FURTHEST_WEST = timedelta(hours=12)
_FURTHEST_EAST = timedelta(hours=14)
_DAY = timedelta(days=1)


def date_range(
    query: InsightsQuery, *, timezone_name: str | None, now: datetime
) -> TimeRange | None:
    """
    Return the first and the last day that *query* covers at *now* (aware).

    None where it cannot be known: Meta alone knows where `maximum` begins, and
    the day that it is depends on the ad account's time zone.
    """
    if query.time_range is not None:
        return query.time_range
    today = today_in(timezone_name, now)
    if today is None:
        return None
    if query.relative is not None:
        from .days import resolved

        since, until = query.relative.since, query.relative.until
        return _range(resolved(since, today), resolved(until, today))
    preset = _PRESETS.get(query.date_preset)
    return preset(today) if preset else None


def today_in(timezone_name: str | None, now: datetime) -> date | None:
    """Return the day that *now* (aware) is there, None where that is not known."""
    zone = _zone(timezone_name)
    return now.astimezone(zone).date() if zone else None


def dated(
    query: InsightsQuery, timezone_name: str | None, now: datetime
) -> InsightsQuery:
    """
    Return *query* with concrete days for relative ones, fit to be sent.

    *timezone_name* is the ad account's. Raises UsageError where the days cannot
    be known, are in the wrong order, have not begun there, or lie further back
    than Meta keeps them. Presets stay: Meta knows their days.
    """
    if query.time_range is None and query.relative is None:
        return query
    days = date_range(query, timezone_name=timezone_name, now=now)
    if days is None:
        raise UsageError(
            f"Which day it is now in the ad account is not known: its time zone is "
            f"{timezone_name or 'not known'}.",
            hint="Give dates, as 2026-11-23.",
        )
    if days.until < days.since:
        raise UsageError(f"{days.until} comes before {days.since}.")
    check_kept(days, timezone_name, now)
    return replace(query, time_range=days, relative=None)


def check_kept(days: TimeRange, timezone_name: str | None, now: datetime) -> None:
    """
    Raise UsageError where Meta keeps nothing of *days*' beginning: it keeps 37
    months, and what has not begun has no numbers.

    Where the time zone is not known, the day is taken that is allowed anywhere.
    """
    today = today_in(timezone_name, now)
    first = first_day(today or (now - _FURTHEST_WEST).astimezone(UTC).date())
    if days.since < first:
        raise UsageError(
            f"Meta keeps Insights for {MONTHS_KEPT} months: {days.since} is too far "
            "back.",
            hint=f"The first day that can be asked for is {first}.",
        )
    latest = today or (now + _FURTHEST_EAST).astimezone(UTC).date()
    if days.since > latest:
        where = f" in {timezone_name}" if today else ""
        raise UsageError(f"{days.since} has not begun yet{where}.")


def first_day(today: date, months: int = MONTHS_KEPT) -> date:
    """Return the first day that Meta keeps, *months* before *today*."""
    from .days import months_before

    return months_before(today, months)


def _zone(name: str | None) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown, or not even a name
        return None


def _range(since: date, until: date) -> TimeRange:
    return TimeRange(since=since, until=until)


def _last_days(count: int) -> Callable[[date], TimeRange]:
    """Return the preset of the *count* days before today: today is not in it."""
    return lambda today: _range(today - count * _DAY, today - _DAY)


def _month(day: date, before: int = 0) -> date:
    """Return the first day of the month that is *before* months before *day*'s."""
    index = day.year * 12 + day.month - 1 - before
    return date(index // 12, index % 12 + 1, 1)


def _quarter(day: date) -> date:
    return _month(day, (day.month - 1) % 3)


def _week(day: date, first: int) -> date:
    """Return the first day of *day*'s week; *first* is 0 for Monday, 6 for Sunday."""
    return day - (day.weekday() - first) % 7 * _DAY


def _last_week(first: int) -> Callable[[date], TimeRange]:
    return lambda today: _range(
        _week(today, first) - 7 * _DAY, _week(today, first) - _DAY
    )


# https://developers.facebook.com/docs/marketing-api/insights/parameters
_PRESETS: Mapping[str, Callable[[date], TimeRange]] = {
    "today": lambda today: _range(today, today),
    "yesterday": _last_days(1),
    "last_3d": _last_days(3),
    "last_7d": _last_days(7),
    "last_14d": _last_days(14),
    "last_28d": _last_days(28),
    "last_30d": _last_days(30),
    "last_90d": _last_days(90),
    "this_week_mon_today": lambda today: _range(_week(today, 0), today),
    "this_week_sun_today": lambda today: _range(_week(today, 6), today),
    "last_week_mon_sun": _last_week(0),
    "last_week_sun_sat": _last_week(6),
    "this_month": lambda today: _range(_month(today), today),
    "last_month": lambda today: _range(_month(today, 1), _month(today) - _DAY),
    "this_quarter": lambda today: _range(_quarter(today), today),
    "last_quarter": lambda today: _range(
        _month(_quarter(today), 3), _quarter(today) - _DAY
    ),
    "this_year": lambda today: _range(date(today.year, 1, 1), today),
    "last_year": lambda today: _range(
        date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    ),
}
