"""The columns of a query."""

from __future__ import annotations

import pytest

from metaconnect.constants import DEFAULT_FIELDS, Level
from metaconnect.insights.query import insights_query
from metaconnect.insights.rows import row_reader
from metaconnect.insights.schema import (
    TABLE_FIELDS,
    column_names,
    columns,
    requested_fields,
    table_columns,
    table_query,
)

from .samples import RAW, actions, query


def test_each_field_is_asked_for_once():
    wide = query("roas", "purchase_roas", "campaign_name", level=Level.campaign)

    assert requested_fields(wide, ["account_currency"]) == (
        "campaign_id",
        "campaign_name",
        "purchase_roas",
        "account_currency",
    )


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (Level.account, []),
        (Level.campaign, ["campaign_id", "campaign_name"]),
        (Level.adset, ["campaign_id", "campaign_name", "adset_id", "adset_name"]),
        (
            Level.ad,
            [
                "campaign_id",
                "campaign_name",
                "adset_id",
                "adset_name",
                "ad_id",
                "ad_name",
            ],
        ),
    ],
)
def test_ids_and_names_come_before_the_fields(level, names):
    wide = query("spend", "ad_name", "spend", "date_stop", level=level)

    tail = ["spend"] if "ad_name" in names else ["spend", "ad_name"]
    assert column_names(wide) == ("date_start", "date_stop", *names, *tail)


def test_breakdowns_stand_between_the_names_and_the_fields():
    wide = query("spend", "age", level=Level.campaign, breakdowns=("age", "gender"))

    names = ("campaign_id", "campaign_name", "age", "gender", "spend")
    assert column_names(wide) == ("date_start", "date_stop", *names)
    assert requested_fields(wide) == ("campaign_id", "campaign_name", "spend")


def test_a_column_has_a_kind_and_a_unit():
    wide = query(
        "campaign_id",
        "age",
        "spend",
        "cpc",
        "ctr",
        "roas",
        "actions",
        "purchases",
        "cost_per_lead",
        "action_values:purchase",
        "video_avg_time_watched_actions",
        "cost_per_result",
        "timezone_name",
        "new_metric",
        breakdowns=("age",),
    )

    found = {c.name: (c.kind.value, c.unit) for c in columns(wide, currency="EUR")}

    assert found == {
        "date_start": ("date", ""),
        "date_stop": ("date", ""),
        "age": ("text", ""),
        "campaign_id": ("id", ""),
        "spend": ("money", "EUR"),
        "cpc": ("cost", "EUR"),
        "ctr": ("ratio", "%"),
        "roas": ("ratio", ""),
        "actions": ("actions", ""),
        "purchases": ("count", ""),
        "cost_per_lead": ("cost", "EUR"),
        "action_values:purchase": ("money", "EUR"),
        "video_avg_time_watched_actions": ("action_ratios", "s"),
        "cost_per_result": ("objects", "EUR"),
        "timezone_name": ("text", ""),
        "new_metric": ("unknown", ""),
    }


def test_the_columns_are_the_keys_of_the_rows():
    wide = query(*TABLE_FIELDS, "new", level=Level.ad, breakdowns=("age",))

    assert tuple(row_reader(wide)(RAW)) == column_names(wide)


def test_the_table_of_the_default_query_has_plain_columns_where_rows_have_any():
    asked = table_query(insights_query())
    reader = row_reader(asked)
    rows = [reader(RAW), reader({"actions": actions(lead="0")})]

    names = [column.name for column in table_columns(asked, rows)]

    assert asked.fields == TABLE_FIELDS
    assert names == [
        "date_start",
        "date_stop",
        "spend",
        "impressions",
        "clicks",
        "ctr",
        "cpc",
        "cpm",
        "purchases",
        "roas",
        "link_clicks",
    ]


@pytest.mark.parametrize(
    "fields", [(*DEFAULT_FIELDS, "reach"), ("purchases", "spend"), ("actions",)]
)
def test_a_table_of_chosen_fields_has_all_of_them(fields):
    asked = table_query(query(*fields))

    assert asked.fields == fields
    assert table_columns(asked, []) == columns(asked)
