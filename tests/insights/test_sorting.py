"""The order of rows: who sorts by what, and how it is done here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.insights.query import insights_query
from metaconnect.insights.sorting import order_fields, sorted_rows


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("spend", "spend_ascending"),
        ("-spend", "spend_descending"),
        ("spend desc", "spend_descending"),
        ("Spend_Descending".lower(), "spend_descending"),
        ("actions:link_click DESC", "actions:link_click_descending"),
        (["-reach"], "reach_descending"),
    ],
)
def test_meta_sorts_by_one_number_of_its_own(given, sent):
    query = insights_query(sort=given)

    assert (query.sort, query.order) == ((sent,), ())


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        ("-purchases", [("purchases", True)]),
        ("spend desc, campaign_name", [("spend", True), ("campaign_name", False)]),
        ("actions:purchase:1d_click", [("actions:purchase:1d_click", False)]),
        ("date_start desc", [("date_start", True)]),
        ("spend,-spend,clicks", [("spend", True), ("clicks", False)]),
    ],
)
def test_the_rest_is_sorted_here(given, columns):
    query = insights_query(sort=given)

    assert query.sort == ()
    assert [(o.column, o.descending) for o in query.order] == columns


def test_rows_without_a_value_come_last_and_equal_ones_keep_their_order():
    rows = [
        {"n": 1, "roas": None},
        {"n": 2, "roas": Decimal("1.5")},
        {"n": 3, "roas": Decimal(10)},
        {"n": 4, "roas": Decimal("1.50")},
        {"n": 5},
    ]

    def ordered(descending):
        query = insights_query(sort="-roas" if descending else "roas")
        return [row["n"] for row in sorted_rows(query, rows)]

    assert ordered(descending=True) == [3, 2, 4, 1, 5]
    assert ordered(descending=False) == [2, 4, 3, 1, 5]


def test_the_second_key_orders_what_the_first_leaves_equal():
    rows = [
        {"campaign_name": "b", "leads": 1},
        {"campaign_name": "A", "leads": 2},
        {"campaign_name": "C", "leads": 2},
    ]
    query = insights_query(sort="-leads,campaign_name")

    assert [row["campaign_name"] for row in sorted_rows(query, rows)] == [*"ACb"]


def test_what_is_sorted_by_is_asked_for():
    query = insights_query(fields="spend,clicks", sort="-roas,spend,date_start")

    assert order_fields(query) == ("roas",)
