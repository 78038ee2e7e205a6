"""Limits on the rows of a query and of a page."""

import json

import pytest

from .conftest import error

FIRST = "act_101000000000000"
TOO_MUCH, LATER_PAGE = "act_103000000000007", "act_103000000000008"
PAGES, A_DAY = "act_103000000000009", "act_103000000000010"


def days(first, last):
    span = {"since": f"2026-11-{first:02d}", "until": f"2026-11-{last:02d}"}
    return {"level": "ad", "time_increment": 1, "time_range": json.dumps(span)}


@pytest.mark.parametrize(
    ("limit", "last", "wanted"),
    [(25, 5, None), (25, 6, (1, None)), (500, 6, (1, None))],
)
def test_a_query_of_too_many_rows_fails_at_once(get, limit, last, wanted):
    response = get(f"/{TOO_MUCH}/insights", **days(1, last), limit=limit)
    if wanted is None:
        assert response.is_success
    else:
        assert response.status_code == 500
        assert error(response) == wanted


def test_it_may_fail_on_a_later_page(get, meta):
    first = get(f"/{LATER_PAGE}/insights", **days(1, 4), limit=200).json()
    assert len(first["data"]) == 200
    second = meta.get(first["paging"]["next"])
    assert second.status_code == 400
    assert error(second) == (100, 1487534)
    assert get(f"/{LATER_PAGE}/insights", **days(1, 3), limit=500).is_success


def test_a_page_may_be_too_large(get):
    assert error(get(f"/{PAGES}/insights", **days(1, 1), limit=51)) == (1, None)
    assert len(get(f"/{PAGES}/insights", **days(1, 1), limit=50).json()["data"]) == 50


def test_a_single_day_may_be_too_large(get):
    asked = days(1, 1)
    assert error(get(f"/{A_DAY}/insights", **asked)) == (1, None)
    assert get(f"/{A_DAY}/insights", **{**asked, "level": "campaign"}).is_success


def test_switches_limit_any_ad_account(get, control):
    control("switches", query_rows=30, too_much="100/1487534", too_much_after=25)
    asked = days(1, 5)
    first = get(f"/{FIRST}/insights", **asked, limit=25)
    assert first.is_success
    after = first.json()["paging"]["cursors"]["after"]
    second = get(f"/{FIRST}/insights", **asked, limit=25, after=after)
    assert error(second) == (100, 1487534)
    assert get(f"/{FIRST}/insights", **days(1, 2)).is_success
    control("switches", query_rows=0, row_budget=24)
    assert error(get(f"/{FIRST}/insights", **asked, limit=25)) == (100, 1487534)


def test_the_error_must_be_one_of_the_list(meta):
    refused = meta.post("/_sandbox/switches", json={"too_much": "7"})
    assert refused.status_code == 400
    assert "too_much" in refused.json()["error"]
