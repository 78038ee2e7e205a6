"""Insights: strict about the question, consistent in the answer."""

import asyncio
import json
import random
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from facebook_business.adobjects.adsinsights import AdsInsights

from metaconnect.sandbox import Sandbox, create_app

from .conftest import error

FIRST = "act_101000000000000"
WEEKDAYS_ONLY = "act_101000000007919"
YEN = "act_101000000015838"
NOTHING = "act_101000000055433"
BIG = "act_101000000047514"
WRONG_FIELD = (
    "(#100) roas is not valid for fields param. please check https://developers."
    "facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values"
)
EVERYTHING = (
    "spend,impressions,clicks,reach,frequency,ctr,cpc,cpm,actions,action_values,"
    "purchase_roas,conversions,inline_link_clicks,cost_per_action_type"
)


@pytest.fixture
def rows(get):
    def rows(account=FIRST, **params):
        params = {"fields": EVERYTHING, "limit": 500, **params}
        response = get(f"/{account}/insights", **params)
        assert response.is_success, response.text
        return response.json()["data"]

    return rows


def actions(row, name="actions"):
    return {each["action_type"]: Decimal(each["value"]) for each in row[name]}


def test_a_week_by_day_is_seven_rows_up_to_yesterday(rows):
    week = rows(date_preset="last_7d", time_increment=1)
    days = [row["date_start"] for row in week]
    assert days == [f"2026-11-{day}" for day in range(16, 23)]
    assert all(row["date_stop"] == row["date_start"] for row in week)


def test_every_metric_is_a_string_and_every_list_is_typed(rows):
    for row in rows(time_increment=1):
        for name, value in row.items():
            if isinstance(value, list):
                assert all(set(each) == {"action_type", "value"} for each in value)
                assert all(isinstance(each["value"], str) for each in value)
            else:
                assert isinstance(value, str), name


def test_ratios_follow_from_the_counts(rows):
    for row in [*rows(), *rows(level="ad", time_increment=1)]:
        spend, impressions = Decimal(row["spend"]), Decimal(row["impressions"])
        six = Decimal("0.000001")
        assert Decimal(row["cpm"]) == (spend / impressions * 1000).quantize(six)
        ctr = 100 * Decimal(row["clicks"]) / impressions
        assert abs(Decimal(row["ctr"]) - ctr) <= six
        if "cpc" in row:
            assert abs(Decimal(row["cpc"]) - spend / Decimal(row["clicks"])) <= six
        if "purchase_roas" in row:
            value = actions(row, "action_values")["omni_purchase"]
            roas = actions(row, "purchase_roas")["omni_purchase"]
            assert abs(roas - value / spend) <= six


def test_levels_and_slices_of_time_add_up_to_the_same(rows):
    whole = rows(date_preset="last_30d")
    assert len(whole) == 1
    for level in ("account", "campaign", "adset", "ad"):
        for increment in ("all_days", "1", "7", "monthly"):
            parts = rows(level=level, time_increment=increment, date_preset="last_30d")
            for metric in ("spend", "impressions", "clicks"):
                total = sum(Decimal(part[metric]) for part in parts)
                assert total == Decimal(whole[0][metric]), (level, increment)


def test_reach_is_never_the_sum_of_its_parts(rows):
    whole = Decimal(rows(date_preset="last_7d")[0]["reach"])
    days = [Decimal(r["reach"]) for r in rows(date_preset="last_7d", time_increment=1)]
    assert max(days) < whole < sum(days)


def test_the_same_purchase_stands_under_several_types(rows):
    found = actions(rows(date_preset="last_7d")[0])
    assert found["omni_purchase"] == found["purchase"] > 0
    assert found["offsite_conversion.fb_pixel_purchase"] == found["purchase"]


def test_the_first_account_is_a_believable_business(rows):
    for row in rows(date_preset="last_90d", time_increment=1):
        assert 250 < Decimal(row["spend"]) < 600
        assert Decimal("0.5") < Decimal(row["ctr"]) < 3
        assert 1 < actions(row, "purchase_roas")["omni_purchase"] < 6


def test_the_same_call_gives_the_same_numbers_in_any_sandbox(get, rows):
    at_noon = Sandbox(clock=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    bearer = {"Authorization": f"Bearer {at_noon.issue_token(scopes=('ads_read',))}"}
    params = {"fields": EVERYTHING, "time_increment": 1, "limit": 500}

    async def other():
        transport = httpx.ASGITransport(create_app(at_noon))
        async with httpx.AsyncClient(transport=transport, headers=bearer) as client:
            return await client.get(f"http://localhost/{FIRST}/insights", params=params)

    assert asyncio.run(other()).json()["data"] == rows(time_increment=1)


def test_a_day_has_the_same_numbers_whatever_range_it_is_asked_in(rows):
    by_day = {
        r["date_start"]: r for r in rows(date_preset="last_90d", time_increment=1)
    }
    for row in rows(date_preset="last_7d", time_increment=1):
        assert by_day[row["date_start"]] == row


def test_days_without_delivery_are_absent(rows):
    days = [r["date_start"] for r in rows(WEEKDAYS_ONLY, time_increment=1)]
    assert "2026-11-20" in days
    assert "2026-11-21" not in days
    assert "2026-11-22" not in days


def test_what_has_no_value_is_absent(rows):
    row = rows(WEEKDAYS_ONLY, fields="purchase_roas,action_values,spend,buying_type")[0]
    assert set(row) == {"spend", "date_start", "date_stop"}
    small = rows("act_101000000134623", level="ad", time_increment=1)
    assert any("purchase_roas" not in each for each in small)
    assert any("purchase_roas" in each for each in small)


def test_nothing_delivered_is_an_empty_list_without_paging(get):
    assert get(f"/{NOTHING}/insights").json() == {"data": []}
    early = json.dumps({"since": "2024-01-01", "until": "2024-01-31"})
    closed = get("/act_101000000110866/insights", date_preset="today")
    assert closed.json() == {"data": []}
    assert get(f"/{YEN}/insights", time_range=early).json() == {"data": []}


def test_a_currency_without_cents_has_none(rows):
    assert rows(YEN)[0]["spend"].isdecimal()
    assert "." in rows()[0]["spend"]


@pytest.mark.parametrize(
    ("level", "number", "ids"),
    [("campaign", 3, 1), ("adset", 6, 2), ("ad", 12, 3)],
)
def test_levels_have_ids_and_names(rows, level, number, ids):
    names = [
        f"{kind}_{part}"
        for kind in ("campaign", "adset", "ad")[:ids]
        for part in ("id", "name")
    ]
    found = rows(level=level, fields=",".join(names))
    assert len({row[f"{level}_id"] for row in found}) == number
    for row in found:
        assert set(row) == {*names, "date_start", "date_stop"}
        assert row[f"{level}_id"].isdecimal()


def test_an_id_below_the_level_stays_out(rows):
    row = rows(level="campaign", fields="campaign_name,ad_id,account_name")[0]
    assert set(row) == {"campaign_name", "account_name", "date_start", "date_stop"}


def test_without_fields_spend_and_impressions_come_with_the_ids(get):
    row = get(f"/{FIRST}/insights", level="campaign").json()["data"][0]
    assert list(row) == [
        "account_id",
        "campaign_id",
        "impressions",
        "spend",
        "date_start",
        "date_stop",
    ]


def test_pages_are_25_rows_and_cursors_lead_over_all(get):
    params = {"fields": "spend", "time_increment": 1, "date_preset": "last_90d"}
    days = []
    while True:
        body = get(f"/{FIRST}/insights", **params).json()
        assert len(body["data"]) <= 25
        days += [row["date_start"] for row in body["data"]]
        if "next" not in body["paging"]:
            break
        params["after"] = body["paging"]["cursors"]["after"]
    assert len(days) == len(set(days)) == 90
    assert body["paging"]["cursors"] == {"before": "NzUZD", "after": "ODkZD"}


def test_attribution_windows_add_parts_beside_the_value(get):
    windows = ["1d_view", "7d_click", "28d_view"]
    response = get(
        f"/{FIRST}/insights",
        fields="actions",
        action_attribution_windows=json.dumps(windows),
    )
    entry = response.json()["data"][0]["actions"][0]
    assert set(entry) == {"action_type", "value", "1d_view", "7d_click"}
    assert int(entry["1d_view"]) + int(entry["7d_click"]) <= int(entry["value"])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"fields": "spend,roas"},
            WRONG_FIELD,
        ),
        (
            {"fields": "leads,purchases"},
            "(#100) leads, purchases are not valid for fields param. please check",
        ),
        ({"fields": '["roas"]'}, "(#100) roas is not valid for fields param."),
        (
            {"fields": "labels,location"},
            "(#100) labels, location are not valid for fields param after V19.0",
        ),
        (
            {"date_preset": "last_30_days"},
            "(#100) date_preset must be one of the following values: today, yesterday,",
        ),
        ({"date_preset": "lifetime"}, "(#100) date_preset must be one of"),
        (
            {"level": "adgroup"},
            "(#100) level must be one of the following values: ad, adset, campaign, a",
        ),
        ({"time_increment": "0"}, "(#100) time_increment must be"),
        ({"time_increment": "91"}, "(#100) time_increment must be"),
        ({"time_increment": "weekly"}, "(#100) time_increment must be"),
        ({"time_range": "{}"}, "(#100) param time_range must be non-empty."),
        ({"time_range": '{"since":"2026-11-01"}'}, "(#100) time_range must hold"),
        ({"time_range": "yesterday"}, "(#100) time_range must hold"),
        ({"time_range": '"2026-11-01"'}, "(#100) time_range must hold"),
        (
            {"time_range": '{"since":"20261101","until":"20261102"}'},
            "(#100) time_range",
        ),
        ({"time_range": "[" * 9999}, "(#100) time_range must hold"),
        ({"fields": "[" * 9999}, "(#100) Must be a valid JSON array"),
        ({"limit": "9" * 5000}, "(#100) param limit"),
        ({"time_range": "[1,2]"}, "(#100) time_range must hold"),
        (
            {"time_range": '{"since":"2026-11-02","until":"2026-11-01"}'},
            "(#100) time_range: until must not be before since",
        ),
        (
            {"time_range": '{"since":"2027-01-01","until":"2027-01-02"}'},
            "(#100) time_range: since must not be in the future",
        ),
        (
            {"action_attribution_windows": '["7d_click","9d"]'},
            "(#100) action_attribution_windows[1] must be one of the following values:",
        ),
        ({"limit": "0"}, "(#100) param limit"),
        (
            {"breakdowns": "ages"},
            "(#100) ages is not valid for breakdowns param. please check",
        ),
        ({"breakdowns": "zip"}, "(#100) The sandbox does not do breakdown zip"),
        (
            {"breakdowns": "country,age"},
            "(#100) Current combination of data breakdown columns (action_type, age, c",
        ),
        ({"filtering": "[{}]"}, "(#100) filtering must be a list of objects"),
        ({"filtering": "{}}"}, "(#100) filtering must be a list of objects"),
        ({"filtering": "[" * 9999}, "(#100) filtering must be a list of objects"),
        (
            {"filtering": '[{"field":"spend","operator":"GREATER_THAN","value":"x"}]'},
            "(#100) filtering must be a list of objects",
        ),
        (
            {"filtering": '[{"field":"spend","operator":"IN","value":["1"]}]'},
            "(#100) The sandbox does not do filtering spend with IN",
        ),
        (
            {"filtering": '[{"field":"ad.age","operator":"IN","value":["1"]}]'},
            "(#100) The sandbox does not do filtering by ad.age",
        ),
        ({"sort": "nothing_descending"}, "(#100) sort: nothing_descending is not"),
        ({"sort": '["spend","clicks"]'}, "(#100) sort: spend is not"),
        ({"summary": "spend"}, "(#100) The sandbox does not do summary"),
        ({"time_ranges": "[1]"}, "(#100) The sandbox does not do time_ranges"),
    ],
)
def test_a_bad_parameter_fails_the_call_in_metas_words(get, params, message):
    response = get(f"/{FIRST}/insights", **params)
    assert response.status_code == 400
    assert error(response) == (100, None)
    assert response.json()["error"]["message"].startswith(message)
    assert response.json()["error"]["type"] == "OAuthException"


def test_37_months_back_is_the_end(get):
    ok = json.dumps({"since": "2023-10-01", "until": "2023-10-02"})
    assert get(f"/{FIRST}/insights", time_range=ok).is_success
    old = json.dumps({"since": "2023-09-30", "until": "2023-10-02"})
    response = get(f"/{FIRST}/insights", time_range=old)
    assert error(response) == (3018, None)
    assert "beyond 37 months" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", "2026-11-23", "2026-11-23"),
        ("yesterday", "2026-11-22", "2026-11-22"),
        ("last_3d", "2026-11-20", "2026-11-22"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("this_month", "2026-11-01", "2026-11-23"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("this_quarter", "2026-10-01", "2026-11-23"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-11-23"),
        ("last_week_mon_sun", "2026-11-16", "2026-11-22"),
        ("last_week_sun_sat", "2026-11-15", "2026-11-21"),
        ("this_week_mon_today", "2026-11-23", "2026-11-23"),
        ("this_week_sun_today", "2026-11-22", "2026-11-23"),
        ("maximum", "2023-10-01", "2026-11-23"),
    ],
)
def test_presets_mean_these_days(rows, preset, first, last):
    row = rows(date_preset=preset, fields="spend")[0]
    assert (row["date_start"], row["date_stop"]) == (first, last)


def test_today_is_the_accounts_own_day(get, sandbox):
    sandbox.advance(3600 * 5)  # 17:00 UTC is already tomorrow in Tokyo + Auckland
    for account, day in ((YEN, "2026-11-24"), (FIRST, "2026-11-23")):
        row = get(f"/{account}/insights", date_preset="today").json()["data"][0]
        assert row["date_start"] == day


def test_increments_cut_from_the_first_day(rows):
    span = json.dumps({"since": "2026-10-30", "until": "2026-11-08"})
    found = rows(time_range=span, time_increment=4, fields="spend")
    assert [(r["date_start"], r["date_stop"]) for r in found] == [
        ("2026-10-30", "2026-11-02"),
        ("2026-11-03", "2026-11-06"),
        ("2026-11-07", "2026-11-08"),
    ]
    months = rows(time_range=span, time_increment="monthly", fields="spend")
    assert [(r["date_start"], r["date_stop"]) for r in months] == [
        ("2026-10-30", "2026-10-31"),
        ("2026-11-01", "2026-11-08"),
    ]


def test_every_field_of_the_official_sdk_is_accepted_or_said_to_be_gone(get):
    known = [v for k, v in vars(AdsInsights.Field).items() if not k.startswith("_")]
    message = get(f"/{FIRST}/insights", fields=",".join(known)).json()["error"][
        "message"
    ]
    assert "after V19.0" in message
    gone = message.removeprefix("(#100) ").split(" are not")[0].split(", ")
    left = [name for name in known if name not in gone]
    assert len(left) > 220
    assert get(f"/{FIRST}/insights", fields=",".join(left)).is_success


def test_a_big_account_has_thousands_of_rows(get):
    params = {"fields": "spend", "level": "ad", "time_increment": 1, "limit": 500}
    body = get(f"/{BIG}/insights", date_preset="last_7d", **params).json()
    assert len(body["data"]) == 500
    by_ad = defaultdict(int)
    after = body["paging"]["cursors"]["after"]
    for _ in range(2):
        body = get(
            f"/{BIG}/insights", date_preset="last_7d", after=after, **params
        ).json()
        after = body["paging"]["cursors"]["after"]
        by_ad[after] += len(body["data"])
    assert sum(by_ad.values()) == 900
    assert "next" not in body["paging"]


def test_too_many_rows_in_one_answer_are_a_500(get, control):
    control("switches", row_budget=20)
    params = {"time_increment": 1, "date_preset": "last_90d"}
    response = get(f"/{FIRST}/insights", **params)
    assert response.status_code == 500
    assert response.json()["error"] == {
        "message": "Please reduce the amount of data you're asking for, "
        "then retry your request",
        "code": 1,
    }
    assert get(f"/{FIRST}/insights", limit=20, **params).is_success


def test_usage_headers_come_with_insights_only(get):
    headers = get(f"/{FIRST}/insights").headers
    business = json.loads(headers["x-business-use-case-usage"])
    assert business["101000000000000"][0]["type"] == "ads_insights"
    assert business["101000000000000"][0]["estimated_time_to_regain_access"] == 0
    assert json.loads(headers["x-app-usage"])["call_count"] == 1
    assert "acc_id_util_pct" in json.loads(headers["x-fb-ads-insights-throttle"])
    assert "x-business-use-case-usage" not in get("/me").headers


def test_random_questions_never_break_it(get):
    pieces = [
        "",
        "spend",
        "{",
        "}",
        "[",
        "é",
        "act_",
        "9" * 30,
        '"',
        ",,",
        "-1",
        "null",
    ]
    names = ["fields", "level", "date_preset", "time_range", "time_increment", "limit"]
    names += ["after", "before", "action_attribution_windows", "appsecret_proof"]
    names += ["filtering", "sort", "breakdowns", "default_summary"]
    dice = random.Random(7)
    for _ in range(60):
        params = {name: dice.choice(pieces) for name in dice.sample(names, 3)}
        response = get(f"/{FIRST}/insights", **params)
        assert response.status_code in (200, 400), params
        assert set(response.json()) & {"data", "error"}
