"""Presets and ranges as dates in the ad account's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from metaconnect.constants import DATE_PRESETS
from metaconnect.insights.dates import date_range
from metaconnect.models import TimeRange

from .samples import query

# Wednesday, in UTC; in Los Angeles it is still Tuesday.
NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)
EVERY_DAY = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(n) for n in range(1461)]
LAST_DAYS = [3, 7, 14, 28, 30, 90]


def covered(preset, zone="UTC", now=NOW):
    return date_range(query(date_preset=preset), timezone_name=zone, now=now)


@pytest.mark.parametrize(
    ("preset", "since", "until"),
    [
        ("today", "2026-11-25", "2026-11-25"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("last_3d", "2026-11-22", "2026-11-24"),
        ("last_7d", "2026-11-18", "2026-11-24"),
        ("last_14d", "2026-11-11", "2026-11-24"),
        ("last_28d", "2026-10-28", "2026-11-24"),
        ("last_30d", "2026-10-26", "2026-11-24"),
        ("last_90d", "2026-08-27", "2026-11-24"),
        ("this_week_mon_today", "2026-11-23", "2026-11-25"),
        ("this_week_sun_today", "2026-11-22", "2026-11-25"),
        ("last_week_mon_sun", "2026-11-16", "2026-11-22"),
        ("last_week_sun_sat", "2026-11-15", "2026-11-21"),
        ("this_month", "2026-11-01", "2026-11-25"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("this_quarter", "2026-10-01", "2026-11-25"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("this_year", "2026-01-01", "2026-11-25"),
        ("last_year", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_preset_covers_these_days(preset, since, until):
    expected = TimeRange(
        since=date.fromisoformat(since), until=date.fromisoformat(until)
    )

    assert covered(preset) == expected


def test_every_preset_is_known_but_those_that_meta_alone_knows():
    unknown = [preset for preset in DATE_PRESETS if covered(preset) is None]

    assert unknown == ["maximum", "data_maximum"]


def test_the_day_is_that_of_the_ad_account():
    assert covered("today", "America/Los_Angeles").since == date(2026, 11, 24)
    assert covered("today", "Pacific/Kiritimati").since == date(2026, 11, 25)


@pytest.mark.parametrize("zone", [None, "", "Nowhere/Else", "../etc", "Europe", "\0"])
def test_without_a_time_zone_no_preset_has_dates(zone):
    assert covered("last_7d", zone) is None


def test_a_range_needs_no_time_zone():
    days = TimeRange(since=date(2026, 1, 1), until=date(2026, 1, 2))

    assert date_range(query(time_range=days), timezone_name=None, now=NOW) == days


@pytest.mark.parametrize("count", LAST_DAYS)
def test_last_days_are_so_many_before_today(count):
    for now in EVERY_DAY:
        days = covered(f"last_{count}d", now=now)

        assert days.until == now.date() - timedelta(1)
        assert (days.until - days.since).days + 1 == count


@pytest.mark.parametrize(
    ("this", "last"),
    [
        ("this_week_mon_today", "last_week_mon_sun"),
        ("this_week_sun_today", "last_week_sun_sat"),
        ("this_month", "last_month"),
        ("this_quarter", "last_quarter"),
        ("this_year", "last_year"),
    ],
)
def test_what_was_last_ends_where_this_begins_on_every_day(this, last):
    for now in EVERY_DAY:
        before, current = covered(last, now=now), covered(this, now=now)

        assert before.since < before.until
        assert before.until + timedelta(1) == current.since <= current.until
        assert current.until == now.date()
        assert covered(this, now=_noon(before.until)) == before


def _noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
