"""Turn date_preset, time_range and time_increment into days."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from .faults import Fault
from .fields import whole_number

DAY = timedelta(days=1)
Days = tuple[date, date]
MONTHS_KEPT = 37
MOST_DAYS = 90


def _months_back(day: date, months: int) -> date:
    """Return the first day of the month *months* before that of *day*."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _last(count: int) -> Callable[[date], Days]:
    return lambda today: (today - count * DAY, today - DAY)


def _quarter(today: date) -> date:
    return _months_back(today, (today.month - 1) % 3)


def _week(today: date, first_weekday: int) -> date:
    return today - (today.weekday() - first_weekday) % 7 * DAY


def oldest(today: date) -> date:
    """Return the first day that Insights has numbers for."""
    return _months_back(today, MONTHS_KEPT)


# In the order of Meta's own error message.
# https://developers.facebook.com/docs/marketing-api/insights/parameters
PRESETS: dict[str, Callable[[date], Days]] = {
    "today": lambda today: (today, today),
    "yesterday": _last(1),
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": lambda t: (_months_back(t, 1), t.replace(day=1) - DAY),
    "this_quarter": lambda today: (_quarter(today), today),
    "maximum": lambda today: (oldest(today), today),
    "data_maximum": lambda today: (oldest(today), today),
    "last_3d": _last(3),
    "last_7d": _last(7),
    "last_14d": _last(14),
    "last_28d": _last(28),
    "last_30d": _last(30),
    "last_90d": _last(90),
    "last_week_mon_sun": lambda t: (_week(t, 0) - 7 * DAY, _week(t, 0) - DAY),
    "last_week_sun_sat": lambda t: (_week(t, 6) - 7 * DAY, _week(t, 6) - DAY),
    "last_quarter": lambda t: (_months_back(_quarter(t), 3), _quarter(t) - DAY),
    "last_year": lambda t: (date(t.year - 1, 1, 1), date(t.year - 1, 12, 31)),
    "this_week_mon_today": lambda today: (_week(today, 0), today),
    "this_week_sun_today": lambda today: (_week(today, 6), today),
    "this_year": lambda today: (today.replace(month=1, day=1), today),
}


def asked_days(params: Mapping[str, str], today: date) -> Days:
    """Return the first and last day; `time_range` goes before `date_preset`."""
    if "time_range" in params:
        return _time_range(params["time_range"], today)
    preset = params.get("date_preset") or "last_30d"
    if preset not in PRESETS:
        raise Fault("100/enum", param="date_preset", values=", ".join(PRESETS))
    return PRESETS[preset](today)


def _time_range(text: str, today: date) -> Days:
    if text in ("", "{}", "[]"):
        raise Fault("100/empty", param="time_range")
    try:
        given = json.loads(text)
        since, until = (_day(given[key]) for key in ("since", "until"))
    except (ValueError, KeyError, TypeError, RecursionError):
        problem = "time_range must hold since and until, each a date as YYYY-MM-DD"
        raise Fault("100/param", problem=problem) from None
    if until < since:
        problem = "time_range: until must not be before since"
        raise Fault("100/param", problem=problem)
    if since > today:
        problem = "time_range: since must not be in the future"
        raise Fault("100/param", problem=problem)
    if since < oldest(today):
        raise Fault("3018")
    return since, until


def _day(text: str) -> date:
    """Parse ``YYYY-MM-DD``, and no other form of ISO 8601."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def slices(days: Days, increment: str) -> list[Days]:
    """Cut *days* by `time_increment`: 1 to 90 days, monthly, all_days."""
    first, last = days
    if increment == "all_days":
        return [days]
    if increment == "monthly":
        return _monthly(first, last)
    step = whole_number(increment) or 0
    if not 1 <= step <= MOST_DAYS:
        problem = "time_increment must be an integer from 1 to 90, monthly or all_days"
        raise Fault("100/param", problem=problem)
    starts = range(0, (last - first).days + 1, step)
    begins = [first + n * DAY for n in starts]
    return [(day, min(last, day + (step - 1) * DAY)) for day in begins]


def _monthly(first: date, last: date) -> list[Days]:
    cut = []
    while first <= last:
        following = _months_back(first, -1)
        cut.append((first, min(last, following - DAY)))
        first = following
    return cut
