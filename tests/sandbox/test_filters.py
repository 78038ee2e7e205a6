"""`filtering` and `sort`."""

import json
from decimal import Decimal

import pytest

SHOP = "act_101000000000000"
CAMPAIGNS = ["Prospecting", "Retargeting", "Brand"]


@pytest.fixture
def filtered(rows):
    def filtered(*filters, **params):
        keys = ("field", "operator", "value")
        filtering = json.dumps([dict(zip(keys, each, strict=True)) for each in filters])
        return rows(SHOP, filtering=filtering, **params)

    return filtered


def names(found):
    return list(dict.fromkeys(row["campaign_name"] for row in found))


@pytest.mark.parametrize(
    ("field", "operator", "value", "left"),
    [
        ("campaign.name", "CONTAIN", "target", ["Retargeting"]),
        ("campaign.name", "CONTAIN", "PROSPECT", ["Prospecting"]),
        ("campaign.name", "NOT_CONTAIN", "ing", ["Brand"]),
        ("campaign.name", "EQUAL", "Brand", ["Brand"]),
        ("campaign.name", "NOT_EQUAL", "Brand", CAMPAIGNS[:2]),
        ("campaign.name", "IN", ["Brand", "Prospecting"], ["Prospecting", "Brand"]),
        ("campaign.name", "NOT_IN", ["Brand"], CAMPAIGNS[:2]),
        ("campaign.name", "CONTAIN", "nowhere", []),
        ("ad.name", "CONTAIN", "video", CAMPAIGNS),
        ("campaign.effective_status", "IN", ["ACTIVE"], CAMPAIGNS),
        ("campaign.effective_status", "IN", ["DELETED"], []),
    ],
)
@pytest.mark.parametrize("level", ["campaign", "ad"])
def test_objects(filtered, field, operator, value, left, level):
    found = filtered((field, operator, value), level=level, fields="campaign_name")
    assert names(found) == left


def test_an_object_by_its_id(filtered, rows):
    brand = rows(SHOP, level="campaign", fields="campaign_id,spend")[2]
    found = filtered(
        ("campaign.id", "IN", [brand["campaign_id"]]),
        level="campaign",
        fields="campaign_id,spend",
    )
    assert found == [brand]


def test_at_level_account_the_rest_is_left_out(filtered, rows):
    (brand,) = filtered(
        ("campaign.name", "EQUAL", "Brand"), level="campaign", fields="spend"
    )
    (account,) = filtered(("campaign.name", "EQUAL", "Brand"), fields="spend")
    assert account == brand
    assert Decimal(rows(SHOP, fields="spend")[0]["spend"]) > Decimal(brand["spend"])


@pytest.mark.parametrize(
    ("operator", "takes"),
    [
        ("GREATER_THAN", lambda spend, limit: spend > limit),
        ("GREATER_THAN_OR_EQUAL", lambda spend, limit: spend >= limit),
        ("LESS_THAN", lambda spend, limit: spend < limit),
        ("LESS_THAN_OR_EQUAL", lambda spend, limit: spend <= limit),
        ("EQUAL", lambda spend, limit: spend == limit),
        ("NOT_EQUAL", lambda spend, limit: spend != limit),
    ],
)
def test_metrics(filtered, rows, operator, takes):
    asked = {"level": "ad", "fields": "ad_id,spend", "time_increment": 1}
    everything = rows(SHOP, **asked)
    limit = sorted(Decimal(row["spend"]) for row in everything)[len(everything) // 2]
    found = filtered(("spend", operator, str(limit)), **asked)
    assert found == [row for row in everything if takes(Decimal(row["spend"]), limit)]
    assert 0 < len(found) < len(everything)


def test_a_metric_need_not_be_among_the_fields(filtered, rows):
    found = filtered(("clicks", "GREATER_THAN", 10**9), level="ad", fields="ad_id")
    assert found == []
    found = filtered(("clicks", "GREATER_THAN", 0), level="ad", fields="ad_id")
    assert found == rows(SHOP, level="ad", fields="ad_id")


def test_all_filters_apply(filtered):
    found = filtered(
        ("campaign.name", "CONTAIN", "ing"),
        ("adset.name", "CONTAIN", "broad"),
        ("impressions", "GREATER_THAN", 0),
        level="adset",
        fields="campaign_name,adset_name",
    )
    assert names(found) == CAMPAIGNS[:2]
    assert {row["adset_name"] for row in found} == {"Broad 25-54"}


@pytest.mark.parametrize(
    ("sort", "key", "descending"),
    [
        ("spend", lambda row: Decimal(row["spend"]), False),
        ('["spend_ascending"]', lambda row: Decimal(row["spend"]), False),
        ('["spend_descending"]', lambda row: Decimal(row["spend"]), True),
        ("date_start_descending", lambda row: row["date_start"], True),
        ("ad_name", lambda row: row["ad_name"], False),
        (
            "actions:link_click_descending",
            lambda row: {
                each["action_type"]: Decimal(each["value"]) for each in row["actions"]
            }["link_click"],
            True,
        ),
    ],
)
def test_sort(rows, sort, key, descending):
    asked = {"level": "ad", "fields": "ad_name,spend,actions", "time_increment": 1}
    found = rows(SHOP, sort=sort, **asked)
    everything = rows(SHOP, **asked)
    assert found == sorted(everything, key=key, reverse=descending)
    assert found != everything


def test_pages_follow_the_sort(get, rows):
    asked = {"level": "ad", "fields": "ad_id,spend", "sort": "spend_descending"}
    first = get(f"/{SHOP}/insights", limit=5, **asked).json()
    after = first["paging"]["cursors"]["after"]
    second = get(f"/{SHOP}/insights", limit=5, after=after, **asked).json()
    assert [*first["data"], *second["data"]] == rows(SHOP, **asked)[:10]
