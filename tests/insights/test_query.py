"""From what a person typed to a query, with an error for each mistake."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from metaconnect.constants import DEFAULT_FIELDS, Level
from metaconnect.errors import UsageError
from metaconnect.insights.field_sets import SETS
from metaconnect.insights.fields import FIELDS
from metaconnect.insights.filters import Filter
from metaconnect.insights.picks import ATTRIBUTION_WINDOWS, pick_of
from metaconnect.insights.query import InsightsQuery, insights_query
from metaconnect.models import TimeRange


def test_without_options_it_is_the_default_query():
    assert insights_query() == InsightsQuery()
    assert InsightsQuery().fields == DEFAULT_FIELDS


def test_a_query_can_be_sent_to_another_process_and_used_as_a_key():
    query = insights_query(
        since="2026-11-01",
        until=date(2026, 11, 7),
        level="campaign",
        breakdowns=["age"],
        action_attribution_windows="1d_view",
        limit=10,
        filtering=[{"field": "campaign.id", "operator": "IN", "value": ["1"]}],
        sort="-spend, age",
    )

    copy = pickle.loads(pickle.dumps(query))

    assert copy == query
    assert hash(copy) == hash(query)
    with pytest.raises(AttributeError):
        copy.level = Level.ad


def test_every_option_is_read():
    query = insights_query(
        since="2026-11-01",
        until="2026-11-07",
        level="ad",
        fields=" spend, clicks,spend  roas ",
        time_increment="weekly",
        breakdowns="age,gender",
        action_breakdowns="action_type",
        action_attribution_windows=["1d_click", "skan_view"],
        filtering="campaign.name contain Sale, of the year",
        sort="actions:link_click_ascending",
    )

    assert query == InsightsQuery(
        fields=("spend", "clicks", "roas"),
        level=Level.ad,
        time_range=TimeRange(since=date(2026, 11, 1), until=date(2026, 11, 7)),
        time_increment="7",
        breakdowns=("age", "gender"),
        action_breakdowns=("action_type",),
        action_attribution_windows=("1d_click", "skan_view"),
        filtering=(
            Filter(
                field="campaign.name", operator="CONTAIN", value="Sale, of the year"
            ),
        ),
        sort=("actions:link_click_ascending",),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("campaign.id IN 1, 2", ("IN", ("1", "2"))),
        (
            '{"field": "campaign.id", "operator": "IN_RANGE", "value": [1, 2.5]}',
            ("IN_RANGE", (1, 2.5)),
        ),
        (
            '[{"field": "campaign.id", "operator": "EQUAL", "value": true}]',
            ("EQUAL", True),
        ),
        ([Filter(field="campaign.id", operator="TOP", value=3)], ("TOP", 3)),
    ],
)
def test_a_filter_has_several_spellings(given, expected):
    (found,) = insights_query(filtering=given).filtering

    assert found.field == "campaign.id"
    assert (found.operator, found.value) == expected


def test_an_action_type_may_hold_spaces_and_colons():
    custom = "actions:offsite_conversion.fb_pixel_custom.My Event: 2"

    assert insights_query(fields=f"spend, {custom}").fields == ("spend", custom)
    assert insights_query(fields=[custom]).fields == (custom,)


def test_default_fields_fit_action_breakdowns():
    query = insights_query(action_breakdowns="action_device")

    assert "roas" not in query.fields
    assert "purchase_roas" in query.fields


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"date_preset": "last_7"}, "Did you mean last_7d?"),
        ({"date_preset": "last_7d", "since": "2026-11-01"}, "not both"),
        ({"until": "2026-11-01"}, "Until needs since"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "comes before"),
        ({"since": "2026-2-30", "until": "2026-11-01"}, "'2026-2-30' is not a day"),
        ({"since": "2026-02-30", "until": "2026-11-01"}, "is not a day"),
        ({"since": "last monday"}, "'last monday' is not a day"),
        ({"level": "Ad"}, "A level is one of account, campaign, adset, ad"),
        ({"time_increment": 91}, "1 to 90"),
        ({"time_increment": "²"}, "1 to 90"),
        ({"fields": " , "}, "No fields"),
        ({"fields": "Spend"}, "'Spend' cannot be the name of a field"),
        ({"fields": "spend:x"}, "cannot be the name of a field"),
        ({"fields": "actions:"}, "cannot be the name of a field"),
        ({"breakdowns": "Age"}, "'Age' cannot be the name of a breakdown"),
        ({"action_attribution_windows": "7d-click"}, "an attribution window"),
        ({"filtering": "spend"}, "is not a condition"),
        ({"filtering": "campaign.name CONTAINS a"}, "Did you mean CONTAIN?"),
        ({"filtering": "purchases > 5"}, "Meta cannot filter by purchases"),
        ({"filtering": "S EQUAL 5"}, "cannot be the field of a filter"),
        ({"filtering": "[{"}, "is not valid JSON"),
        ({"filtering": "[3]"}, "A filter has field, operator and value"),
        ({"filtering": '[{"field": "a"}]'}, "A filter has field, operator and value"),
        (
            {"filtering": [{"field": "a", "operator": "EQUAL", "value": {}}]},
            "cannot be the value of a filter",
        ),
        ({"sort": "actions"}, "it holds several numbers"),
        ({"sort": "-spend desc"}, "says twice"),
        ({"sort": "Spend"}, "cannot be sorted by 'Spend'"),
        ({"sort": "-age"}, "age is a breakdown"),
        ({"limit": 0}, "one row or more"),
        ({"date_preset": "lifetime"}, "maximum"),
        ({"level": "campain"}, "Did you mean campaign?"),
        ({"time_increment": "weakly"}, "Did you mean weekly?"),
        ({"fields": "spend,+vidoe"}, "Did you mean +video?"),
        ({"action_attribution_windows": "1d_clik"}, "Did you mean 1d_click?"),
        (
            {"fields": "purchases", "action_breakdowns": "action_device"},
            "purchases is one number of an action type",
        ),
    ],
)
def test_a_mistake_is_named(options, said):
    with pytest.raises(UsageError) as caught:
        insights_query(**options)

    assert said in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ("+purchases", ("purchases", "purchase_value", "cost_per_purchase", "roas")),
        ("spend,+leads,leads", ("spend", "leads", "cost_per_lead")),
        (["+default", "reach"], (*DEFAULT_FIELDS, "reach")),
        ("leads +leads", ("leads", "cost_per_lead")),
    ],
)
def test_a_named_set_stands_for_its_fields(given, fields):
    assert insights_query(fields=given).fields == fields


def test_every_named_set_is_a_query_that_meta_takes():
    for name, fields in SETS.items():
        assert insights_query(fields=f"+{name}").fields == fields
        assert not [f for f in fields if f not in FIELDS and pick_of(f) is None]


@pytest.mark.parametrize("given", ["1d_click,7d_click", ["1d_click", "7d_click"]])
def test_several_windows_have_two_spellings(given):
    query = insights_query(action_attribution_windows=given)

    assert query.action_attribution_windows == ("1d_click", "7d_click")


@pytest.mark.parametrize("window", ATTRIBUTION_WINDOWS)
def test_every_window_of_metas_is_one(window):
    query = insights_query(action_attribution_windows=window)

    assert query.action_attribution_windows == (window,)


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("campaign.name CONTAIN 'summer sale'", "CONTAIN", "summer sale"),
        ("campaign.id in (1, 2)", "IN", ("1", "2")),
        ("""campaign.name IN "a, b", c""", "IN", ("a, b", "c")),
        ("spend > 500", "GREATER_THAN", 500),
        ("spend>=500.5", "GREATER_THAN_OR_EQUAL", 500.5),
        ("impressions IN_RANGE 1, 10", "IN_RANGE", (1, 10)),
        ("campaign.id GREATER_THAN 5", "GREATER_THAN", "5"),
        ("spend = 5", "EQUAL", "5"),
        ("campaign.name = a = b", "EQUAL", "a = b"),
        ("campaign.name = Best of ALL time", "EQUAL", "Best of ALL time"),
        ("campaign.name contain a > b", "CONTAIN", "a > b"),
        ("campaign.name CONTAIN a > b", "CONTAIN", "a > b"),
    ],
)
def test_a_condition_is_read_as_meta_takes_it(text, operator, value):
    (found,) = insights_query(filtering=[text]).filtering

    assert (found.operator, found.value) == (operator, value)
