"""Relative days, and the days that can be asked for at all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from metaconnect.errors import UsageError
from metaconnect.insights.dates import date_range, dated
from metaconnect.insights.query import insights_query
from metaconnect.models import TimeRange

# Tuesday evening in Los Angeles, Wednesday in Berlin.
NOW = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
BERLIN, LOS_ANGELES = "Europe/Berlin", "America/Los_Angeles"


def days(since, until=None, zone=BERLIN):
    found = dated(insights_query(since=since, until=until), zone, NOW).time_range
    return f"{found.since:%m-%d} {found.until:%m-%d}"


@pytest.mark.parametrize(
    ("since", "until", "covered"),
    [
        ("yesterday", None, "03-31 03-31"),
        ("today", None, "04-01 04-01"),
        ("7d", None, "03-25 03-31"),
        ("7 days ago", "today", "03-25 04-01"),
        ("-7d", "yesterday", "03-25 03-31"),
        ("2 Weeks ago", "1w", "03-18 03-25"),
        ("1m", "2026-03-05", "03-01 03-05"),
        ("2026-03-05", "3d", "03-05 03-29"),
        ("2026-03-05", None, "03-05 03-31"),
        (date(2026, 3, 5), "TODAY", "03-05 04-01"),
        ("1y", "12m", "04-01 04-01"),
    ],
)
def test_a_relative_day_is_one_of_the_ad_accounts(since, until, covered):
    assert days(since, until) == covered


def test_the_ad_accounts_time_zone_decides_which_day_it_is():
    assert days("yesterday", zone=LOS_ANGELES) == "03-30 03-30"


def test_a_month_ago_is_the_last_day_where_the_month_is_shorter():
    assert days("1m", zone=LOS_ANGELES) == "02-28 03-30"


def test_seven_days_are_the_preset_of_seven_days():
    asked = [insights_query(since="7d"), insights_query("last_7d")]

    first, second = (date_range(q, timezone_name=BERLIN, now=NOW) for q in asked)

    assert first == second


def test_a_query_stays_relative_until_the_time_zone_is_known():
    query = insights_query(since="yesterday")

    assert query.time_range is None
    assert date_range(query, timezone_name=None, now=NOW) is None
    assert dated(query, BERLIN, NOW).relative is None
    assert dated(insights_query(), None, NOW) == insights_query()


@pytest.mark.parametrize(
    ("since", "until", "zone", "said"),
    [
        ("yesterday", "7d", BERLIN, "2026-03-25 comes before 2026-03-31"),
        ("2026-04-01", "yesterday", BERLIN, "comes before"),
        ("yesterday", None, None, "its time zone is not known"),
        ("yesterday", None, "Mars/Base", "its time zone is Mars/Base"),
        ("2023-02-28", "2023-03-05", BERLIN, "37 months: 2023-02-28 is too far"),
        ("9999y", None, BERLIN, "before the calendar begins"),
        ("38m", None, BERLIN, "37 months"),
        ("2026-04-01", "today", LOS_ANGELES, "comes before"),
        ("2026-04-02", "2026-04-03", BERLIN, "has not begun yet in Europe/Berlin"),
        ("2026-04-02", "2026-04-03", None, "has not begun yet."),
    ],
)
def test_days_that_cannot_be_asked_for_are_refused(since, until, zone, said):
    with pytest.raises(UsageError) as caught:
        dated(insights_query(since=since, until=until), zone, NOW)

    assert said in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_first_day_allowed_is_named():
    early = insights_query(since="2020-01-01", until="2026-03-01")

    with pytest.raises(UsageError) as caught:
        dated(early, BERLIN, NOW)

    assert caught.value.hint == "The first day that can be asked for is 2023-03-01."
    assert dated(insights_query(since="2023-03-01"), BERLIN, NOW).time_range == (
        TimeRange(since=date(2023, 3, 1), until=date(2026, 3, 31))
    )


def test_without_a_time_zone_the_day_is_allowed_that_is_one_anywhere():
    edge = insights_query(since="2023-02-28", until="2023-03-05")

    assert dated(edge, None, NOW) == edge
