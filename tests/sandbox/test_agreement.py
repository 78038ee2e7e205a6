"""Levels, days, breakdowns and the summary agree in every number that adds up."""

from collections import Counter
from decimal import Decimal

import pytest

from metaconnect.sandbox.metrics import LISTS, NUMBERS

SHOP = "act_101000000000000"
LEADS = "act_101000000007919"
AWARENESS = "act_101000000023757"
YEN = "act_101000000015838"
LATE_SALES = "act_103000000000002"
RATIOS = {"ctr", "cpc", "cpm", "cpp", "frequency", "inline_link_click_ctr"}
RATIOS |= {"cost_per_inline_link_click", "cost_per_action_type"}
RATIOS |= {"cost_per_conversion", "cost_per_result", "website_ctr"}
RATIOS |= {"purchase_roas", "website_purchase_roas"}
# People are counted once, so these do not add up at Meta either.
UNIQUE = {"reach", "unique_clicks", "unique_actions"}
ADDS_UP = sorted({*NUMBERS, *LISTS} - RATIOS - UNIQUE)
WINDOWS = '["1d_click","7d_click","1d_view","28d_click","1d_ev"]'
HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
WEEK = {"date_preset": "last_7d", "fields": ",".join(ADDS_UP)}
ACCOUNTS = pytest.mark.parametrize("account", [SHOP, LEADS, AWARENESS, YEN, LATE_SALES])


def sums(rows):
    """Add up each metric, each action type and each of its windows."""
    found = Counter()
    for row in rows:
        for name in set(row) & set(ADDS_UP):
            for part, number in parts(row[name]):
                found[name, part] += Decimal(number)
    return {key: number for key, number in found.items() if number}


def parts(value):
    if isinstance(value, str):
        yield "", value
        return
    for entry in value:
        if "indicator" in entry:
            yield entry["indicator"], entry["values"][0]["value"]
        else:
            for key in entry.keys() - {"action_type"}:
                yield (entry["action_type"], key), entry[key]


def test_something_of_each_is_compared(rows):
    found = {
        name
        for account in (SHOP, LEADS, AWARENESS)
        for name, _ in sums(rows(account, **WEEK))
    }
    assert found == set(ADDS_UP)
    assert {"actions", "conversions", "action_values", "spend"} <= found


@ACCOUNTS
@pytest.mark.parametrize("level", ["campaign", "adset", "ad"])
def test_levels_agree(rows, account, level):
    whole = sums(rows(account, **WEEK, action_attribution_windows=WINDOWS))
    assert whole
    finer = rows(account, **WEEK, level=level, action_attribution_windows=WINDOWS)
    assert without_reach(sums(finer)) == without_reach(whole)


@ACCOUNTS
@pytest.mark.parametrize("level", ["account", "campaign", "ad"])
def test_days_add_up_to_all_days(rows, account, level):
    asked = {**WEEK, "level": level, "action_attribution_windows": WINDOWS}
    whole = sums(rows(account, **asked))
    by_day = sums(rows(account, **asked, time_increment=1))
    assert without_reach(by_day) == without_reach(whole)


@ACCOUNTS
@pytest.mark.parametrize(
    "breakdowns",
    ["age", "region", "publisher_platform,platform_position", "gender,age", HOURLY],
)
def test_breakdowns_add_up_to_the_row_without(rows, account, breakdowns):
    asked = {**WEEK, "time_increment": 1, "action_attribution_windows": WINDOWS}
    whole = sums(rows(account, **asked))
    broken = rows(account, **asked, breakdowns=breakdowns)
    assert set(breakdowns.split(",")) <= set(broken[0])
    assert without_reach(sums(broken)) == without_reach(whole)


def without_reach(found):
    """Drop the results that are people reached: they are counted once."""
    return {key: number for key, number in found.items() if key[1] != "reach"}


def test_two_breakdowns_agree_with_one(rows):
    one = rows(SHOP, **WEEK, breakdowns="age")
    two = rows(SHOP, **WEEK, breakdowns="age,gender")
    assert len(one) == 6
    assert len(two) == 18
    for row in one:
        same = [each for each in two if each["age"] == row["age"]]
        assert sums(same) == sums([row])


def test_a_window_never_holds_more_than_the_whole(rows):
    asked = {"fields": "actions,conversions,action_values", "level": "ad"}
    found = rows(SHOP, **asked, action_attribution_windows=WINDOWS, time_increment=1)
    entries = [
        each
        for row in found
        for name in ("actions", "conversions", "action_values")
        for each in row.get(name, [])
    ]
    assert any("1d_view" not in each for each in entries)
    assert any("7d_click" in each for each in entries)
    for entry in entries:
        clicks, views = entry.get("7d_click", "0"), entry.get("1d_view", "0")
        both = Decimal(clicks) + Decimal(views)
        assert abs(both - Decimal(entry["value"])) < Decimal("0.02")
        assert Decimal(entry.get("1d_click", "0")) <= Decimal(clicks)


@pytest.mark.parametrize("level", ["account", "campaign"])
def test_the_summary_is_the_row_of_everything(get, rows, level):
    fields = "spend,reach,frequency,actions,purchase_roas"
    asked = {"fields": fields, "date_preset": "last_7d"}
    body = get(
        f"/{SHOP}/insights",
        **asked,
        level=level,
        time_increment=1,
        limit=2,
        default_summary="true",
    ).json()
    assert len(body["data"]) == 2
    assert [body["summary"]] == rows(SHOP, **asked)


def test_without_delivery_there_is_no_summary(get):
    nothing = "act_101000000055433"
    body = get(f"/{nothing}/insights", default_summary="true").json()
    assert body == {"data": []}
