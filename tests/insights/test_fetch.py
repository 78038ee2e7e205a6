"""A query becomes a request, and Meta's rows become ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from metaconnect.constants import FieldKind, Level
from metaconnect.insights.fetch import fetch_insights, requested_fields
from metaconnect.insights.fields import FIELDS, kind_of, kinds
from metaconnect.insights.query import InsightsQuery
from metaconnect.insights.rows import columns, row_reader
from metaconnect.models import TimeRange

RAW = {
    "spend": "2778.21",
    "impressions": "45046",
    "actions": [
        {"action_type": "link_click", "value": "210"},
        {"action_type": "omni_purchase", "value": "11"},
    ],
    "purchase_roas": [{"action_type": "omni_purchase", "value": "0.307921"}],
    "cpc": "13.229571",
    "ctr": "0.466190",
    "cpm": "61.674954",
    "clicks": "210",
    "date_start": "2026-11-16",
    "date_stop": "2026-11-16",
}


def query(*fields, **options):
    if fields:
        options["fields"] = fields
    return InsightsQuery(**options)


async def asked(meta, graph, token, question, ad_account_id="act_1", **options):
    meta.will_answer({"data": [RAW]})
    found = [
        p
        async for p in fetch_insights(graph, token, ad_account_id, question, **options)
    ]
    assert found == [[RAW]]
    return meta.requests[0]


@pytest.mark.anyio
async def test_the_default_query_is_one_request(meta, graph, token):
    request = await asked(meta, graph, token, query())

    assert request.path == "/v26.0/act_1/insights"
    assert request.params == {
        "fields": "spend,impressions,actions,purchase_roas,cpc,ctr,cpm,clicks,"
        "conversions",
        "level": "account",
        "time_increment": "1",
        "date_preset": "last_7d",
        "limit": "500",
    }


@pytest.mark.anyio
async def test_a_time_range_takes_the_place_of_the_preset(meta, graph, token):
    days = TimeRange(since=date(2026, 11, 1), until=date(2026, 11, 7))

    request = await asked(meta, graph, token, query(time_range=days))

    assert "date_preset" not in request.params
    assert request.params["time_range"] == (
        '{"since":"2026-11-01","until":"2026-11-07"}'
    )


@pytest.mark.anyio
async def test_an_odd_account_id_cannot_change_the_path(meta, graph, token):
    odd = "act_1/../../me?x=1#"

    request = await asked(meta, graph, token, query(), odd)

    assert request.path == "/v26.0/act_1%2F..%2F..%2Fme%3Fx%3D1%23/insights"


def test_each_field_is_asked_for_once():
    wide = query("roas", "purchase_roas", "campaign_name", level=Level.campaign)

    assert requested_fields(wide, ["account_currency"]) == (
        "campaign_id",
        "campaign_name",
        "purchase_roas",
        "account_currency",
    )


def test_the_row_of_the_default_query_is_the_one_of_the_contract():
    row = row_reader(query())(RAW)

    assert repr(row) == repr(
        {
            "date_start": "2026-11-16",
            "date_stop": "2026-11-16",
            "spend": Decimal("2778.21"),
            "impressions": 45046,
            "actions": {"link_click": 210, "omni_purchase": 11},
            "roas": Decimal("0.307921"),
            "cpc": Decimal("13.229571"),
            "ctr": Decimal("0.466190"),
            "cpm": Decimal("61.674954"),
            "clicks": 210,
            "conversions": {},
        }
    )


def test_a_row_with_nothing_in_it_has_the_same_shape():
    empty = row_reader(query())({})

    assert tuple(empty) == tuple(row_reader(query())(RAW))
    assert [empty[name] for name in ("spend", "clicks", "roas")] == [None] * 3
    assert empty["actions"] == {}


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
    assert columns(wide) == ("date_start", "date_stop", *names, *tail)


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        ("clicks", "007", 7),
        ("clicks", 7, 7),
        ("clicks", "7.5", Decimal("7.5")),
        ("clicks", "", None),
        ("clicks", None, None),
        ("clicks", "UNKNOWN", None),
        ("clicks", "١٢", None),
        ("clicks", True, None),
        ("clicks", "1_000", None),
        ("clicks", "-3", Decimal(-3)),
        ("reach", "12", 12),
        ("spend", "0", Decimal(0)),
        ("spend", "10.50", Decimal("10.50")),
        ("spend", Decimal("274.030"), Decimal("274.030")),
        ("spend", 274, Decimal(274)),
        ("spend", 0.1, Decimal("0.1")),
        ("spend", "NaN", None),
        ("spend", "1e999999999", None),
        ("spend", Decimal("1e999999"), None),
        ("spend", "9" * 5000, None),
        ("clicks", "9" * 5000, None),
        ("spend", Decimal("NaN"), None),
        ("spend", [], None),
        ("ctr", "0.466190", Decimal("0.466190")),
        ("quality_ranking", "UNKNOWN", "UNKNOWN"),
        ("campaign_name", "", None),
        ("campaign_id", "120245452617390604", "120245452617390604"),
        ("not_known_yet", "12.50", "12.50"),
        ("results", [{"indicator": "x"}], [{"indicator": "x"}]),
        ("results", None, None),
        ("actions", None, {}),
        ("actions", "x", {}),
        ("actions", [None, 3, {}, {"action_type": 3}], {}),
        ("actions", [{"action_type": "a", "value": "0.5"}], {"a": Decimal("0.5")}),
        ("actions", [{"action_type": "a"}], {"a": None}),
        ("action_values", [{"action_type": "a", "value": "7"}], {"a": Decimal(7)}),
        ("purchase_roas", [{"action_type": "a", "value": "7"}], {"a": Decimal(7)}),
        ("cost_per_action_type", [{"action_type": "a", "value": 7}], {"a": Decimal(7)}),
    ],
)
def test_a_value_is_read_by_the_kind_of_its_field(field, raw, expected):
    value = row_reader(query(field))({field: raw})[field]

    assert repr(value) == repr(expected)


def test_action_types_are_never_summed():
    twice = [
        {"action_type": "link_click", "value": "3"},
        {"action_type": "link_click", "value": "4"},
    ]

    assert row_reader(query("actions"))({"actions": twice}) == {
        "date_start": None,
        "date_stop": None,
        "actions": {"link_click": 3},
    }


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("purchase", "1.5"), ("omni_purchase", "2.50")], "2.50"),
        ([("purchase", "1.5"), ("other", "9")], "1.5"),
        ([("omni_purchase", "")], "None"),
        ([], "None"),
    ],
)
def test_roas_takes_omni_purchase_before_the_first(entries, expected):
    entries = [{"action_type": kind, "value": value} for kind, value in entries]

    row = row_reader(query("roas"))({"purchase_roas": entries})

    assert str(row["roas"]) == expected
    assert "purchase_roas" not in row


def test_every_field_of_metas_sdk_is_known():
    sdk = pytest.importorskip(
        "facebook_business.adobjects.adsinsights",
        reason="needs Meta's SDK: pip install facebook-business",
    )

    types = sdk.AdsInsights._field_types
    assert set(FIELDS) == set(types)
    for name, kind in FIELDS.items():
        if kind.is_actions:
            assert types[name] == "list<AdsActionStats>", name
        elif kind is FieldKind.OBJECTS:
            assert types[name] in ("list<Object>", "list<AdsHistogramStats>"), name
        else:
            assert types[name] in ("string", "int"), name


def test_kinds_tell_what_adds_up_and_what_is_money():
    found = kinds(["spend", "cpc", "reach", "roas", "actions", "age"])

    assert [name for name, kind in found.items() if kind.adds_up] == [
        "spend",
        "actions",
    ]
    assert [name for name, kind in found.items() if kind.is_money] == ["spend", "cpc"]
    assert kind_of("age") is FieldKind.TEXT
