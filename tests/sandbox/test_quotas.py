"""Quotas: the headers rise with each request, and say when to stop."""

import json

import pytest

from .conftest import error

FIRST, SECOND = "act_101000000000000", "act_101000000007919"
SMALL = "act_103000000000019"


def usage(response, account):
    (entry,) = header(response, "x-business-use-case-usage")[account[4:]]
    return entry["call_count"], entry["estimated_time_to_regain_access"]


def header(response, name):
    return json.loads(response.headers[name])


def test_the_use_rises_with_each_request(get, control):
    control("switches", quota=4)
    seen = [usage(get(f"/{FIRST}/insights"), FIRST) for _ in range(4)]
    assert seen == [(25, 0), (50, 0), (75, 0), (100, 60)]


def test_above_100_it_is_refused_until_the_clock_has_moved(get, control):
    control("switches", quota=4)
    for _ in range(4):
        assert get(f"/{FIRST}/insights").is_success
    refused = get(f"/{FIRST}/insights")
    assert refused.status_code == 400
    assert error(refused) == (80000, 2446079)
    assert usage(refused, FIRST) == (125, 60)
    control("clock", advance=1800)
    assert usage(get(f"/{FIRST}/insights"), FIRST) == (150, 30)
    control("clock", advance=1800)
    fresh = get(f"/{FIRST}/insights")
    assert fresh.is_success
    assert usage(fresh, FIRST) == (25, 0)


def test_a_client_that_heeds_the_headers_never_sees_the_error(get, control):
    for _ in range(50):
        answer = get(f"/{SMALL}/insights")
        assert answer.is_success
        if usage(answer, SMALL)[0] >= 95:
            seconds = header(answer, "x-ad-account-usage")["reset_time_duration"]
            control("clock", advance=seconds)


def test_one_throttled_account_does_not_hold_up_another(get, control):
    control("switches", quota=1)
    get(f"/{FIRST}/insights")
    assert error(get(f"/{FIRST}/insights")) == (80000, 2446079)
    other = get(f"/{SECOND}/insights")
    assert other.is_success
    assert usage(other, SECOND)[0] == 100
    # The header names other ad accounts too.
    assert usage(other, FIRST)[0] == 200


def test_the_quota_of_the_app_is_that_of_all_accounts(get, control):
    control("switches", app_quota=2)
    first, second = get(f"/{FIRST}/insights"), get(f"/{SECOND}/insights")
    assert header(first, "x-app-usage")["call_count"] == 50
    assert header(second, "x-app-usage")["call_count"] == 100
    assert header(second, "x-fb-ads-insights-throttle")["app_id_util_pct"] == 100
    assert error(get(f"/{FIRST}/insights")) == (4, 1504022)
    assert get("/me/adaccounts").is_success
    control("clock", advance=3600)
    assert get(f"/{FIRST}/insights").is_success


def test_report_runs_count_too(meta, token, get, control):
    control("switches", quota=10)
    form = {"access_token": token}
    run = meta.post(f"/{FIRST}/insights", data=form).json()["report_run_id"]
    polled = get(f"/{run}")
    assert usage(polled, FIRST) == (20, 0)
    assert "x-fb-ads-insights-throttle" not in polled.headers
    early = get(f"/{run}/insights")
    assert usage(early, FIRST) == (30, 0)
    assert header(early, "x-fb-ads-insights-throttle")["acc_id_util_pct"] == 30


@pytest.mark.parametrize(("planned", "account"), [("80000", FIRST), ("17", FIRST)])
def test_a_planned_throttle_says_how_long(get, control, planned, account):
    control("next", path=f"/{account}/insights", error=planned)
    assert usage(get(f"/{account}/insights"), account) == (100, 12)
    assert usage(get(f"/{account}/insights"), account) == (1, 0)


def test_the_header_names_at_most_32_ad_accounts(get, control):
    control("switches", quota=5, ad_accounts=80)
    for number in range(40):
        answer = get(f"/act_{102000000000031 + number}/insights")
    named = header(answer, "x-business-use-case-usage")
    assert len(named) == 32
    assert "102000000000070" in named
