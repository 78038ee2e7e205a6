"""Two periods beside each other: which, which rows belong together, what changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from metaconnect.constants import Level
from metaconnect.insights.compare import compare_rows, compare_totals, compared_columns
from metaconnect.insights.periods import Compare, compared_window, not_over
from metaconnect.insights.schema import columns
from metaconnect.insights.totals import totals
from metaconnect.models import TimeRange

from .samples import query


def days(since, until):
    return TimeRange(since=date.fromisoformat(since), until=date.fromisoformat(until))


NOVEMBER = days("2026-11-01", "2026-11-30")
WEEK = days("2026-11-08", "2026-11-14")


@pytest.mark.parametrize(
    ("period", "how", "increment", "earlier"),
    [
        (WEEK, "previous", "1", days("2026-11-01", "2026-11-07")),
        (WEEK, "year", "1", days("2025-11-08", "2025-11-14")),
        (NOVEMBER, "previous", "1", days("2026-10-02", "2026-10-31")),
        (NOVEMBER, "previous", "monthly", days("2026-10-01", "2026-10-31")),
        (WEEK, "previous", "monthly", days("2026-11-01", "2026-11-07")),
        (days("2026-01-01", "2026-03-31"), "previous", "monthly",
         days("2025-10-01", "2025-12-31")),
        (days("2024-02-01", "2024-02-29"), "year", "1",
         days("2023-02-01", "2023-02-28")),
        (days("2026-11-16", "2026-11-16"), "previous", "all_days",
         days("2026-11-15", "2026-11-15")),
    ],
)  # fmt: skip
def test_the_period_that_another_is_compared_with(period, how, increment, earlier):
    assert compared_window(period, Compare(how), increment) == earlier


def test_a_day_that_is_not_over_is_said():
    assert "2026-11-14 is not over" in not_over(WEEK, date(2026, 11, 14))
    assert not_over(WEEK, date(2026, 11, 15)) == ""


def row(day, spend, clicks=None, **more):
    return {
        "date_start": day,
        "date_stop": day,
        "spend": Decimal(spend),
        "clicks": clicks,
        **more,
    }


def compared(now, then, asked, *, period=WEEK, how="previous"):
    return compare_rows(now, then, columns(asked), asked, days=period, how=Compare(how))


def spends(rows):
    return [(r["date_start"], r["spend"], r["spend_previous"]) for r in rows]


def test_each_number_has_the_earlier_one_and_the_change_beside_it():
    asked = query("spend", "clicks")

    (found,) = compared(
        [row("2026-11-08", "150.00", 3)], [row("2026-11-01", "120.00", 9)], asked
    )

    assert list(found.items()) == [
        ("date_start", "2026-11-08"),
        ("date_stop", "2026-11-08"),
        ("spend", Decimal("150.00")),
        ("spend_previous", Decimal("120.00")),
        ("spend_difference", Decimal("30.00")),
        ("spend_change", Decimal("25.00")),
        ("clicks", 3),
        ("clicks_previous", 9),
        ("clicks_difference", -6),
        ("clicks_change", Decimal("-66.67")),
    ]
    assert list(found) == [c.name for c in compared_columns(columns(asked))]


def test_the_columns_keep_their_units():
    found = compared_columns(columns(query("spend"), currency="EUR"), difference=False)

    assert [(c.name, c.unit) for c in found[2:]] == [
        ("spend", "EUR"),
        ("spend_previous", "EUR"),
        ("spend_change", "%"),
    ]


def test_days_belong_together_by_their_place_and_one_may_be_alone():
    found = compared(
        [row("2026-11-09", "2"), row("2026-11-10", "3")],
        [row("2026-11-03", "30"), row("2026-11-01", "10")],
        query("spend"),
    )

    assert spends(found) == [
        ("2026-11-08", None, 10),
        ("2026-11-09", 2, None),
        ("2026-11-10", 3, 30),
    ]
    assert found[0]["spend_change"] is found[1]["spend_change"] is None


def test_a_year_later_is_the_same_date_also_after_a_leap_day():
    found = compared(
        [row("2025-02-28", "28"), row("2025-03-01", "1")],
        [row("2024-02-28", "280"), row("2024-02-29", "290"), row("2024-03-01", "10")],
        query("spend"),
        period=days("2025-02-01", "2025-03-31"),
        how="year",
    )

    assert spends(found) == [("2025-02-28", 28, 570), ("2025-03-01", 1, 10)]


@pytest.mark.parametrize(
    ("increment", "now", "then", "dates"),
    [
        ("7", "2026-11-22", "2026-10-23", ("2026-11-22", "2026-11-28")),
        ("7", "2026-11-29", "2026-10-30", ("2026-11-29", "2026-11-30")),
        ("monthly", "2026-11-01", "2026-10-01", ("2026-11-01", "2026-11-30")),
        ("all_days", "2026-11-01", "2026-10-02", ("2026-11-01", "2026-11-30")),
    ],
)
def test_rows_of_several_days_belong_together(increment, now, then, dates):
    asked = query("spend", time_increment=increment)

    for mine in ([row(now, "4")], []):
        (found,) = compared(mine, [row(then, "2")], asked, period=NOVEMBER)
        assert (found["date_start"], found["date_stop"]) == dates
        assert found["spend_previous"] == 2


def test_objects_belong_together_by_id_whatever_their_names_are():
    asked = query("spend", level=Level.campaign, breakdowns=("country",))

    def of(day, spend, campaign, name, country):
        ids = {"campaign_id": campaign, "campaign_name": name, "country": country}
        return row(day, spend, **ids)

    found = compared(
        [
            of("2026-11-08", "4", "1", "New", "DE"),
            of("2026-11-08", "6", "1", "New", "AT"),
        ],
        [
            of("2026-11-01", "2", "1", "Old", "DE"),
            of("2026-11-01", "9", "2", "Off", "DE"),
        ],
        asked,
    )

    assert [
        (r["campaign_name"], r["country"], r["spend"], r["spend_previous"])
        for r in found
    ] == [("New", "DE", 4, 2), ("New", "AT", 6, None), ("Off", "DE", None, 9)]


def test_a_sorted_answer_keeps_its_order():
    asked = query("spend", sort=("spend_descending",))

    found = compared(
        [row("2026-11-10", "9"), row("2026-11-08", "1")],
        [row("2026-11-02", "5")],
        asked,
    )

    assert [r["date_start"] for r in found] == [
        "2026-11-10",
        "2026-11-08",
        "2026-11-09",
    ]


def test_ratios_are_made_of_sums_never_averaged():
    asked = query("spend", "clicks", "cpc", time_increment="all_days")
    now = [row("2026-11-08", "10", 1, cpc=Decimal(10)),
           row("2026-11-08", "10", 9, cpc=Decimal("1.11"))]  # fmt: skip

    (found,) = compared(now, [row("2026-11-01", "10", 10, cpc=Decimal(1))], asked)

    assert found["cpc"] == 2
    assert found["cpc_change"] == 100
    shown = columns(asked)
    whole = compare_totals(shown, totals(shown, now), totals(shown, now))
    assert whole["cpc_previous"] == 2
    assert whole["cpc_change"] == 0


def test_action_lists_are_compared_type_by_type():
    asked = query("actions")

    (found,) = compared(
        [row("2026-11-08", "1", actions={"lead": 3, "like": 1})],
        [row("2026-11-01", "1", actions={"lead": 2, "view": 5})],
        asked,
    )

    assert found["actions_previous"] == {"lead": 2, "view": 5}
    assert found["actions_difference"] == {"lead": 1, "like": None, "view": None}
    assert found["actions_change"]["lead"] == Decimal("50.00")


def test_there_is_no_percentage_of_nothing():
    (found,) = compared(
        [row("2026-11-08", "5")], [row("2026-11-01", "0")], query("spend")
    )

    assert found["spend_difference"] == 5
    assert found["spend_change"] is None
