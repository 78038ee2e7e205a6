"""The facts above a table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from metaconnect.constants import Level
from metaconnect.insights.caption import Facts, facts, legend, table_fields
from metaconnect.insights.schema import columns
from metaconnect.models import TimeRange

from .samples import query

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = TimeRange(since=date(2026, 11, 18), until=date(2026, 11, 24))


def row(**values):
    return {"date_start": "2026-11-18", "date_stop": "2026-11-18", **values}


def test_all_facts_of_a_table():
    rows = [row(account_currency="EUR", attribution_setting="7d_click_1d_view")] * 2

    found = facts(query(level=Level.ad), rows, timezone_name="Europe/Berlin", now=NOW)

    assert found == Facts(
        level=Level.ad,
        dates=WEEK,
        timezone_name="Europe/Berlin",
        attribution="7d_click_1d_view",
        currency="EUR",
    )


def test_without_a_time_zone_the_rows_say_the_dates():
    rows = [row(), row(date_stop="2026-11-20")]

    found = facts(query(date_preset="maximum"), rows, now=NOW)

    assert found.dates == TimeRange(since=date(2026, 11, 18), until=date(2026, 11, 20))


@pytest.mark.parametrize(
    "rows", [[], [{}], [row(date_stop=None)], [row(date_start="x")]]
)
def test_dates_that_cannot_be_known_are_none(rows):
    found = facts(query(date_preset="maximum"), rows, currency="JPY", now=NOW)

    assert (found.dates, found.currency) == (None, "JPY")


def test_several_attribution_settings_are_multiple():
    rows = [row(attribution_setting="1d_click"), row(attribution_setting="7d_click")]

    assert facts(query(), rows, now=NOW).attribution == "multiple"


def test_windows_that_were_asked_for_are_the_attribution():
    asked = query(action_attribution_windows=("1d_click", "1d_view"))

    found = facts(asked, [row(attribution_setting="7d_click")], now=NOW)

    assert found.attribution == "1d_click, 1d_view"


def test_a_table_asks_for_what_its_caption_and_totals_need():
    assert table_fields(query("roas")) == (
        "account_currency",
        "attribution_setting",
        "spend",
        "purchase_value",
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["clicks", "ctr", "cpc"], "clicks, ctr and cpc count all clicks, "),
        (["ctr"], "ctr counts all clicks, "),
        (["spend"], ""),
    ],
)
def test_the_legend_says_which_clicks_are_counted(fields, said):
    assert legend(columns(query(*fields))).startswith(said)
    assert bool(legend(columns(query(*fields)))) is bool(said)
