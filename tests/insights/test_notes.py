"""The notes beside an answer, and the reasons for an empty one."""

from __future__ import annotations

from datetime import date

import pytest

from metaconnect.insights.notes import query_notes, reasons_for_no_rows
from metaconnect.insights.query import insights_query
from metaconnect.models import TimeRange

TODAY = date(2026, 11, 25)
WEEK = TimeRange(since=date(2026, 11, 18), until=date(2026, 11, 24))
MARCH = TimeRange(since=date(2026, 3, 1), until=date(2026, 3, 31))
APRIL = TimeRange(since=date(2026, 4, 1), until=date(2026, 4, 30))
LAST_YEAR = TimeRange(since=date(2025, 1, 1), until=date(2025, 1, 31))
HOURS = "hourly_stats_aggregated_by_advertiser_time_zone"


def notes(dates=APRIL, version=None, today=TODAY, **options):
    query = insights_query(**{"fields": "spend", **options})
    return [str(n) for n in query_notes(query, dates, today, version=version)]


def test_money_of_settled_days_needs_no_note():
    assert notes() == []
    assert notes(MARCH, fields="spend,clicks,link_clicks,video_play_actions") == []
    assert notes(None, fields="actions") == []


@pytest.mark.parametrize(
    ("dates", "options", "said"),
    [
        (APRIL, {"breakdowns": "frequency_value"}, "no rows do not mean no delivery"),
        (LAST_YEAR, {"breakdowns": "frequency_value"}, "for 6 months"),
        (APRIL, {"breakdowns": "impression_device"}, "with publisher_platform"),
        (APRIL, {"breakdowns": "age,country"}, "does not list age, country"),
        (LAST_YEAR, {"breakdowns": HOURS}, "from 2025-10-25 on"),
        (
            LAST_YEAR,
            {"breakdowns": "age", "fields": "spend,reach,cost_per_unique_click"},
            "leaves out reach, cost_per_unique_click where the range begins before",
        ),
        (APRIL, {"fields": "actions:purchase:7d_view"}, "not answered 7d_view since"),
        (APRIL, {"action_attribution_windows": "28d_view"}, "not answered 28d_view"),
        (MARCH, {"fields": "spend,purchases"}, "On 2026-03-03 Meta redefined"),
        (MARCH, {"fields": "conversions"}, "do not compare"),
        (MARCH, {"fields": "results"}, "do not compare"),
        (WEEK, {"fields": "roas"}, "from 2026-11-18 on may still change"),
    ],
)
def test_what_is_to_be_known_is_said(dates, options, said):
    assert any(said in note for note in notes(dates, **options))


@pytest.mark.parametrize(
    "names", ["age,gender", "publisher_platform,platform_position"]
)
def test_breakdowns_that_go_together_need_no_note(names):
    assert notes(breakdowns=names) == []


def test_only_the_last_28_days_may_change():
    month = TimeRange(since=date(2026, 10, 1), until=date(2026, 11, 24))

    (note,) = notes(month, fields="leads")

    assert "Conversions from 2026-10-29 on" in note
    settled = TimeRange(since=date(2026, 10, 1), until=date(2026, 10, 28))
    assert notes(settled, fields="leads") == []


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 8, 1), ""),
        (
            date(2026, 9, 1),
            "serves version v24.0 of the Marketing API until 2026-10-06",
        ),
        (date(2026, 10, 6), "Version v24.0 of the Marketing API ended on 2026-10-06"),
    ],
)
def test_a_version_about_to_end_is_named(today, said):
    found = query_notes(insights_query(fields="spend"), None, today, version="v24.0")

    assert said in " ".join(map(str, found))
    assert [note.key for note in found] == (["v24.0"] if said else [])
    assert query_notes(insights_query(), None, today, version="v26.0") == []


@pytest.mark.parametrize(
    ("dates", "options", "said"),
    [
        (WEEK, {}, "No rows: nothing was delivered in these days."),
        (None, {}, "No rows: nothing was delivered in these days."),
        (
            TimeRange(since=TODAY, until=TODAY),
            {},
            "No rows: nothing was delivered yet today, in the ad account's time zone.",
        ),
        (
            TimeRange(since=date(2026, 11, 26), until=date(2026, 11, 27)),
            {},
            "not begun",
        ),
        (WEEK, {"breakdowns": "frequency_value"}, "only for ad accounts that opted in"),
        (WEEK, {"filtering": "campaign.name CONTAIN x"}, "filter by campaign.name"),
        (WEEK, {"level": "ad"}, "each ad that delivered is deleted"),
        (TimeRange(since=date(2020, 1, 1), until=date(2020, 1, 2)), {}, "37 months"),
    ],
)
def test_an_empty_answer_says_why_it_may_be_empty(dates, options, said):
    assert said in reasons_for_no_rows(insights_query(**options), dates, TODAY)
