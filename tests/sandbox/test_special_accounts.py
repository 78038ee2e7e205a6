"""Ad accounts whose numbers are unusual; none of them is listed unless told so."""

import json
from decimal import Decimal

import pytest

from metaconnect.sandbox.accounts import SPECIAL

DELETED, LATE, CHEAP, TWICE, NO_VALUE, STRANGE = (
    f"act_{each['account_id']}" for each in SPECIAL[:6]
)


def total(found, field="spend"):
    return sum(Decimal(row[field]) for row in found)


def status(kind, *statuses):
    condition = {
        "field": f"{kind}.effective_status",
        "operator": "IN",
        "value": statuses,
    }
    return json.dumps([condition])


def test_they_are_listed_only_with_the_switch(get, control):
    def listed():
        return [row["id"] for row in get("/me/adaccounts", limit=100).json()["data"]]

    assert DELETED not in listed()
    control("switches", special_accounts=True)
    assert listed()[30:36] == [DELETED, LATE, CHEAP, TWICE, NO_VALUE, STRANGE]
    assert len(listed()) == 30 + len(SPECIAL)
    control("switches", ad_accounts=1)
    assert len(listed()) == 1 + len(SPECIAL)


def test_the_side_door_says_what_is_special(meta):
    listed = meta.get("/_sandbox/scenarios").json()["special_accounts"]
    assert listed[0]["ad_account"] == DELETED
    assert all(each["about"] for each in listed)


@pytest.mark.parametrize("level", ["campaign", "adset", "ad"])
class TestDeleted:
    def test_their_spend_is_missing_below_the_account(self, rows, level):
        whole = total(rows(DELETED, fields="spend"))
        live = total(rows(DELETED, fields="spend", level=level))
        assert 0 < live < whole

    def test_a_filter_brings_them(self, rows, level):
        whole = total(rows(DELETED, fields="spend"))
        live = total(rows(DELETED, fields="spend", level=level))
        gone = rows(
            DELETED,
            fields="spend",
            level=level,
            filtering=status(level, "DELETED", "ARCHIVED"),
        )
        assert live + total(gone) == whole
        everything = rows(
            DELETED,
            fields="spend",
            level=level,
            filtering=status(level, "ACTIVE", "PAUSED", "DELETED", "ARCHIVED"),
        )
        assert total(everything) == whole


def test_archived_and_deleted_are_told_apart(rows):
    asked = {"level": "adset", "fields": "adset_name,campaign_name"}
    archived = rows(DELETED, **asked, filtering=status("adset", "ARCHIVED"))
    assert [row["campaign_name"] for row in archived] == ["Prospecting"]
    deleted = rows(DELETED, **asked, filtering=status("campaign", "DELETED"))
    assert {row["campaign_name"] for row in deleted} == {"Retargeting"}


def test_a_campaign_keeps_the_numbers_of_its_deleted_ads(rows):
    brand = rows(DELETED, level="campaign", fields="campaign_name,spend")[1]
    ads = rows(DELETED, level="ad", fields="campaign_name,spend")
    left = [row for row in ads if row["campaign_name"] == "Brand"]
    assert brand["campaign_name"] == "Brand"
    assert 0 < total(left) < Decimal(brand["spend"])


def test_a_filter_by_name_restricts_to_what_exists(rows):
    by_name = [{"field": "campaign.name", "operator": "CONTAIN", "value": "e"}]
    found = rows(DELETED, fields="spend", filtering=json.dumps(by_name))
    live = rows(DELETED, fields="campaign_name,spend", level="campaign")
    assert total(found) == total(
        row for row in live if "e" in row["campaign_name"].lower()
    )


def test_no_account_of_the_default_list_has_deleted_objects(rows):
    for account in ("act_101000000000000", "act_101000000015838"):
        whole = total(rows(account, fields="spend"))
        assert total(rows(account, fields="spend", level="ad")) == whole


def test_sales_stand_on_days_without_spend(rows):
    fields = "spend,impressions,clicks,cpc,ctr,cpm,action_values,purchase_roas,actions"
    found = rows(LATE, fields=fields, time_increment=1, date_preset="last_7d")
    saturday = next(row for row in found if row["date_start"] == "2026-11-21")
    assert (saturday["spend"], saturday["impressions"]) == ("0", "0")
    assert not {"cpc", "ctr", "cpm", "purchase_roas"} & set(saturday)
    assert {each["action_type"] for each in saturday["actions"]} == {
        "omni_purchase",
        "purchase",
        "onsite_web_purchase",
        "offsite_conversion.fb_pixel_purchase",
    }
    assert Decimal(saturday["action_values"][0]["value"]) > 0
    friday = next(row for row in found if row["date_start"] == "2026-11-20")
    assert Decimal(friday["spend"]) > 0


def test_a_currency_without_minor_units_has_costs_below_one(rows, get):
    assert get(f"/{CHEAP}", fields="currency").json()["currency"] == "JPY"
    row = rows(CHEAP, fields="spend,cpc")[0]
    assert row["spend"].isdecimal()
    assert 0 < Decimal(row["cpc"]) < 1


def test_action_types_stand_twice(rows):
    entries = rows(TWICE, fields="actions")[0]["actions"]
    types = [each["action_type"] for each in entries]
    assert len(types) == 2 * len(set(types))


def test_windows_come_without_a_value(rows):
    windows = '["7d_click"]'
    found = rows(NO_VALUE, fields="actions", action_attribution_windows=windows)
    entries = found[0]["actions"]
    assert {"action_type", "7d_click"} in [set(each) for each in entries]
    plain = rows(NO_VALUE, fields="actions")[0]["actions"]
    assert all(set(each) == {"action_type", "value"} for each in plain)


def test_strange_values(rows, get):
    row = rows(STRANGE, fields="cpc,ctr,spend")[0]
    assert "E" in row["cpc"]
    assert Decimal(row["cpc"]) > 0
    assert row["ctr"] == "n/a"
    assert b"\\ud83d" in get(f"/{STRANGE}", fields="name").content


@pytest.mark.parametrize(
    ("account", "indicator"),
    [
        ("act_101000000000000", "actions:offsite_conversion.fb_pixel_purchase"),
        ("act_101000000007919", "actions:onsite_conversion.lead_grouped"),
        ("act_101000000023757", "reach"),
    ],
)
def test_results_have_an_indicator_and_values(rows, account, indicator):
    row = rows(account, fields="results,cost_per_result,spend,reach")[0]
    (results,), (cost,) = row["results"], row["cost_per_result"]
    assert results["indicator"] == cost["indicator"] == indicator
    assert results["values"][0]["attribution_windows"] == ["default"]
    number = Decimal(results["values"][0]["value"])
    each = 1000 if indicator == "reach" else 1
    spent = Decimal(cost["values"][0]["value"]) * number / each
    assert abs(spent - Decimal(row["spend"])) < Decimal("0.1")
