"""The order of rows, days without delivery, and days far from UTC."""

import itertools
import json

import pytest

FIRST = "act_101000000000000"
BY_DAY, NEWEST, SHUFFLED = (f"act_1030000000000{n}" for n in (20, 21, 22))
KIRITIMATI, PAGO_PAGO, GAPS = (f"act_1030000000000{n}" for n in (23, 24, 25))
ASKED = {"level": "ad", "fields": "ad_id,spend", "time_increment": 1}


def days(found):
    return [row["date_start"] for row in found]


def window(first, last):
    return json.dumps({"since": f"2026-11-{first:02d}", "until": f"2026-11-{last:02d}"})


def test_the_ad_account_decides_about_the_order(rows):
    week = {**ASKED, "time_range": window(1, 7)}
    by_object = days(rows(FIRST, **week))
    assert by_object[:7] == sorted(set(by_object))
    assert days(rows(BY_DAY, **week)) == sorted(by_object)
    assert days(rows(NEWEST, **week)) == sorted(by_object, reverse=True)
    shuffled = days(rows(SHUFFLED, **week))
    assert sorted(shuffled) == sorted(by_object)
    assert shuffled not in (by_object, sorted(shuffled), sorted(shuffled)[::-1])


@pytest.mark.parametrize("order", ["by-day", "newest-first", "shuffled"])
def test_so_does_a_switch_and_the_rows_are_the_same(rows, control, order):
    week = {**ASKED, "time_range": window(1, 7)}
    before = rows(FIRST, **week)
    control("switches", row_order=order)
    after = rows(FIRST, **week)
    assert after == rows(FIRST, **week) != before
    assert sorted(after, key=str) == sorted(before, key=str)


def test_an_unknown_order_is_refused(meta):
    refused = meta.post("/_sandbox/switches", json={"row_order": "reverse"})
    assert refused.status_code == 400


def test_the_order_is_fixed_whatever_the_window(rows):
    whole = rows(SHUFFLED, **ASKED, time_range=window(1, 10))
    part = rows(SHUFFLED, **ASKED, time_range=window(3, 6))
    inside = {f"2026-11-{day:02d}" for day in range(3, 7)}
    assert [row for row in whole if row["date_start"] in inside] == part


def test_sorting_goes_before_the_order(rows):
    found = rows(SHUFFLED, **ASKED, time_range=window(1, 7), sort="spend_descending")
    spend = [float(row["spend"]) for row in found]
    assert spend == sorted(spend, reverse=True)


def test_windows_make_the_rows_of_the_whole(rows):
    whole = rows(GAPS, **ASKED, time_range=window(1, 20))
    parts = [rows(GAPS, **ASKED, time_range=window(d, d + 4)) for d in (1, 6, 11, 16)]
    assert sorted(itertools.chain(*parts), key=str) == sorted(whole, key=str)


def test_some_days_have_no_delivery_and_some_ads_not_on_all_others(rows):
    found = rows(GAPS, **ASKED, time_range=window(1, 22))
    by_day = {day: days(found).count(day) for day in days(found)}
    assert 3 < len(by_day) < 22
    assert min(by_day.values()) < max(by_day.values()) <= 12
    account = rows(GAPS, fields="spend", time_increment=1, time_range=window(1, 22))
    assert days(account) == sorted(by_day)
    assert all(float(row["spend"]) > 0 for row in found)


def test_today_is_far_from_that_of_utc(get, sandbox):
    def today(account):
        answer = get(f"/{account}/insights", date_preset="today").json()
        return answer["data"][0]["date_start"]

    # 12:00 UTC on the 23rd is 02:00 on the 24th, and 01:00 on the 23rd.
    assert (today(KIRITIMATI), today(PAGO_PAGO)) == ("2026-11-24", "2026-11-23")
    sandbox.advance(-2 * 3600)
    assert (today(KIRITIMATI), today(PAGO_PAGO)) == ("2026-11-24", "2026-11-22")
    offsets = {
        get(f"/{each}", fields="timezone_offset_hours_utc").json()[
            "timezone_offset_hours_utc"
        ]
        for each in (KIRITIMATI, PAGO_PAGO)
    }
    assert offsets == {14, -11}
