"""Totals: sums only of what adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.insights.schema import columns
from metaconnect.insights.totals import total_fields, totals

from .samples import query


def total(*rows, fields=None, whole=None):
    """Return the totals of *rows*, whose keys are the columns."""
    fields = fields or list(rows[0])
    found = totals(columns(query(*fields)), rows, whole=whole)
    return {name: value for name, value in found.items() if name in fields}


def test_money_and_counts_are_summed_without_rounding():
    found = total(
        {"spend": Decimal("0.10"), "clicks": 1}, {"spend": Decimal("0.20"), "clicks": 2}
    )

    assert repr(found) == repr({"spend": Decimal("0.30"), "clicks": 3})


def test_a_missing_value_adds_nothing():
    assert total({"clicks": None}, {"clicks": 2}) == {"clicks": 2}
    assert total({"clicks": None}, {"clicks": None}) == {"clicks": None}
    assert total({"clicks": 2}, {}) == {"clicks": 2}


@pytest.mark.parametrize(
    "name", ["reach", "frequency", "unique_clicks", "cpp", "date_start", "unknown"]
)
def test_people_and_what_rests_on_them_are_never_summed(name):
    rows = [{name: 5, "spend": Decimal(1)}] * 2

    assert total(*rows)[name] is None


def test_actions_are_summed_by_type():
    found = total(
        {"actions": {"a": 1, "b": 2}, "action_values": {"a": Decimal("1.50")}},
        {"actions": {"a": 3, "c": None}, "action_values": {}},
    )

    assert found == {
        "actions": {"a": 4, "b": 2},
        "action_values": {"a": Decimal("1.50")},
    }


@pytest.mark.parametrize("name", ["unique_actions", "cost_per_action_type"])
def test_other_action_lists_have_no_total(name):
    assert total({name: {"a": Decimal(1)}}, {name: {"a": Decimal(2)}}) == {name: None}


def test_ratios_are_made_anew_from_the_sums():
    rows = [
        {"spend": Decimal(10), "clicks": 10, "impressions": 100},
        {"spend": Decimal(20), "clicks": 5, "impressions": 900},
    ]
    rows = [
        row | {"cpc": Decimal("1.00"), "ctr": Decimal("9.0000"), "cpm": Decimal("1.5")}
        for row in rows
    ]

    found = total(*rows)

    assert str(found["cpc"]) == "2.00"
    assert str(found["ctr"]) == "1.5000"
    assert str(found["cpm"]) == "30.0"


def test_a_ratio_whose_parts_were_not_asked_for_has_no_total():
    assert total(*[{"cpc": Decimal(1), "clicks": 3}] * 2)["cpc"] is None


def test_the_parts_of_a_ratio_need_no_column_of_their_own():
    row = {"cpc": Decimal("1.00"), "spend": Decimal(3), "clicks": 2}

    assert str(total(row, row, fields=["cpc"])["cpc"]) == "1.50"


def test_nothing_is_divided_by_zero():
    row = {"spend": Decimal(0), "clicks": 0, "cpc": None}

    assert total(row, row) == {"spend": Decimal(0), "clicks": 0, "cpc": None}


def sold(spend, value, roas):
    numbers = {"spend": spend, "purchase_value": value, "roas": roas}
    return {k: None if n is None else Decimal(n) for k, n in numbers.items()}


def test_sales_on_a_day_without_spend_count():
    rows = [sold("10", "30", "3.00"), sold("0", "30", None), sold("20", None, None)]

    assert str(total(*rows)["roas"]) == "2.00"


@pytest.mark.parametrize(
    "rows",
    [
        [sold("10", None, "3.00"), sold("10", "20", "2.00")],
        [{"spend": Decimal(10), "roas": Decimal(3)}] * 2,
        [sold("0", "30", None)] * 2,
        [sold("10", None, None)] * 2,
    ],
    ids=["a value is missing", "values not asked for", "no spend", "no sales"],
)
def test_a_roas_that_cannot_be_known_is_none(rows):
    assert total(*rows)["roas"] is None


def test_costs_of_one_type_are_made_of_spend_and_that_type():
    row = {
        "spend": Decimal(10),
        "purchases": 4,
        "cost_per_purchase": Decimal("2.500000"),
        "actions:lead": 2,
        "cost_per_action_type:lead": Decimal("5.00"),
    }
    empty = {"spend": Decimal(10), "purchases": None, "cost_per_purchase": None}

    found = total(row, empty, fields=list(row))

    assert str(found["cost_per_purchase"]) == "5.000000"
    assert str(found["cost_per_action_type:lead"]) == "10.00"


def test_a_total_says_which_fields_it_needs():
    wide = query("spend", "roas", "cpc", "cost_per_action_type:lead", "reach")

    assert total_fields(columns(wide)) == (
        "purchase_value",
        "spend",
        "clicks",
        "actions:lead",
    )


def test_a_single_row_is_its_own_total():
    row = {
        "campaign_name": "S",
        "reach": 5,
        "frequency": Decimal("1.2"),
        "roas": Decimal(3),
        "unique_actions": {"a": 1},
    }

    assert total(row) == row | {"campaign_name": None}


def test_meta_says_what_cannot_be_summed():
    rows = [{"reach": 5, "clicks": 1, "actions": {"a": 1}}] * 2

    found = total(*rows, whole={"reach": 7, "clicks": 9, "spend": Decimal(1)})

    assert found == {"reach": 7, "clicks": 2, "actions": {"a": 2}}


def test_windows_are_summed_each_by_itself():
    row = {"actions": {"a": {"value": 3, "1d_click": 2, "1d_view": None}}}

    assert total(row, row) == {"actions": {"a": {"value": 6, "1d_click": 4}}}


def test_what_is_kept_as_entries_is_not_summed():
    kept = {"actions": {"a": [{"action_type": "a", "value": 1}], "b": 2}}

    assert total(kept, {"actions": {"a": 1, "b": 1}}) == {"actions": {"b": 3}}
    assert total(*[{"actions": [{"value": 1}]}] * 2) == {"actions": None}


def test_no_rows_have_no_totals():
    names = ["spend", "cpc", "clicks", "roas"]

    found = totals(columns(query(*names)), [])

    assert {found[name] for name in names} == {None}
