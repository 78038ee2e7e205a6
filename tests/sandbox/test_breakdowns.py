"""Breakdowns: which go together, which need opting in, what hours leave out."""

import itertools
import json
from collections import Counter
from decimal import Decimal

import pytest

from metaconnect.sandbox.breakdowns import BREAKDOWNS, COMBINATIONS, POSITIONS

from .conftest import error

FIRST = "act_101000000000000"
OPTED_IN = "act_103000000000026"
HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
OPT_IN = [
    "publisher_platform,impression_device",
    "publisher_platform,platform_position,impression_device",
    "hourly_stats_aggregated_by_audience_time_zone",
    "frequency_value",
]
DAY = {"date_preset": "yesterday"}


def spend(found, *names):
    """Add up the spend by these breakdowns."""
    sums = Counter()
    for row in found:
        sums[tuple(row[name] for name in names)] += Decimal(row["spend"])
    return sums


def test_the_shares_are_whole():
    for shares in (*BREAKDOWNS.values(), *POSITIONS.values()):
        assert sum(shares.values()) == 100


@pytest.mark.parametrize("names", sorted(filter(None, COMBINATIONS)), ids=",".join)
def test_every_combination_adds_up(rows, names):
    whole = spend(rows(OPTED_IN, **DAY, fields="spend"))
    broken = rows(OPTED_IN, **DAY, fields="spend", breakdowns=",".join(names))
    assert len(broken) > 1
    assert set(names) <= set(broken[0])
    assert spend(broken) == whole


def test_positions_are_those_of_their_platform(rows):
    asked = {**DAY, "fields": "spend"}
    both = rows(FIRST, **asked, breakdowns="platform_position,publisher_platform")
    for row in both:
        assert row["platform_position"] in POSITIONS[row["publisher_platform"]]
    alone = rows(FIRST, **asked, breakdowns="publisher_platform")
    assert spend(both, "publisher_platform") == spend(alone, "publisher_platform")


@pytest.mark.parametrize("names", ["platform_position", "impression_device"])
def test_some_do_not_go_alone(get, names):
    response = get(f"/{FIRST}/insights", breakdowns=names)
    assert error(response) == (100, None)
    assert "Current combination of data breakdown" in response.text


@pytest.mark.parametrize("names", OPT_IN)
def test_without_opting_in_they_are_empty_and_no_error(get, rows, control, names):
    asked = {**DAY, "fields": "spend", "breakdowns": names}
    assert get(f"/{FIRST}/insights", **asked).json() == {"data": []}
    assert rows(OPTED_IN, **asked)
    control("switches", opted_in=True)
    assert rows(FIRST, **asked)


def test_hours_count_nobody_once(rows):
    fields = "spend,reach,frequency,cpp,unique_clicks,impressions"
    found = rows(FIRST, **DAY, fields=fields, breakdowns=HOURLY)
    assert [row[HOURLY] for row in found][:2] == [
        "00:00:00 - 00:59:59",
        "01:00:00 - 01:59:59",
    ]
    assert len(found) == 24
    for row in found:
        assert (row["reach"], row["frequency"]) == ("0", "0")
        assert not {"cpp", "unique_clicks"} & set(row)


@pytest.mark.parametrize("name", ["action_device", "action_destination"])
def test_action_lists_are_cut_and_add_up(rows, name):
    windows = '["7d_click","1d_view"]'
    asked = {"fields": "actions,action_values,spend", "level": "campaign"}
    asked |= {**DAY, "action_attribution_windows": windows}
    whole = rows(FIRST, **asked)
    cut = rows(FIRST, **asked, action_breakdowns=f'["action_type","{name}"]')
    assert [row["spend"] for row in cut] == [row["spend"] for row in whole]
    for before, after in zip(whole, cut, strict=True):
        for field in ("actions", "action_values"):
            assert all(name in entry for entry in after[field])
            assert by_type(after[field]) == by_type(before[field])


def by_type(entries):
    sums = Counter()
    for entry, key in itertools.product(entries, ("value", "7d_click", "1d_view")):
        sums[entry["action_type"], key] += Decimal(entry.get(key, 0))
    return sums


def test_other_action_breakdowns_are_refused(get):
    for names in ("action_device", "action_type,action_reaction", "action_type,x,y"):
        response = get(f"/{FIRST}/insights", action_breakdowns=names)
        assert "The sandbox does not do action_breakdowns" in response.text


@pytest.mark.parametrize("window", ["7d_view", "28d_view"])
def test_view_windows_of_old_are_empty_and_no_error(rows, window):
    asked = {**DAY, "fields": "actions"}
    windows = json.dumps([window])
    plain = rows(FIRST, **asked)
    assert rows(FIRST, **asked, action_attribution_windows=windows) == plain
