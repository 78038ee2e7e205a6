"""Totals: sums only of what adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.constants import FieldKind
from metaconnect.insights.totals import totals

KINDS = {
    "date_start": FieldKind.TEXT,
    "spend": FieldKind.MONEY,
    "impressions": FieldKind.COUNT,
    "clicks": FieldKind.COUNT,
    "reach": FieldKind.UNIQUE_COUNT,
    "frequency": FieldKind.RATIO,
    "unique_clicks": FieldKind.UNIQUE_COUNT,
    "ctr": FieldKind.RATIO,
    "cpc": FieldKind.COST,
    "cpm": FieldKind.COST,
    "cpp": FieldKind.COST,
    "roas": FieldKind.RATIO,
    "actions": FieldKind.ACTIONS,
    "unique_actions": FieldKind.UNIQUE_ACTIONS,
    "action_values": FieldKind.ACTION_VALUES,
    "cost_per_action_type": FieldKind.ACTION_COSTS,
}


def total(*rows, columns=None):
    return totals(columns or list(rows[0]), rows, KINDS)


def test_money_and_counts_are_summed_without_rounding():
    found = total(
        {"spend": Decimal("0.10"), "clicks": 1}, {"spend": Decimal("0.20"), "clicks": 2}
    )

    assert repr(found) == repr({"spend": Decimal("0.30"), "clicks": 3})


def test_a_missing_value_adds_nothing():
    assert total({"clicks": None}, {"clicks": 2}) == {"clicks": 2}
    assert total({"clicks": None}, {"clicks": None}) == {"clicks": None}


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
    assert total({"cpc": Decimal(1), "clicks": 3})["cpc"] is None


def test_nothing_is_divided_by_zero():
    row = {"spend": Decimal(0), "clicks": 0, "cpc": None, "roas": Decimal(1)}

    assert total(row) == {"spend": Decimal(0), "clicks": 0, "cpc": None, "roas": None}


def test_roas_is_weighed_by_spend_and_a_day_without_sales_counts():
    rows = [
        {"spend": Decimal(10), "roas": Decimal("3.000000")},
        {"spend": Decimal(30), "roas": Decimal("1.000000")},
        {"spend": Decimal(20), "roas": None},
    ]

    assert str(total(*rows)["roas"]) == "1.000000"


def test_roas_without_spend_or_sales_has_no_total():
    assert total({"roas": Decimal(1)})["roas"] is None
    assert total({"roas": None, "spend": Decimal(1)})["roas"] is None


def test_no_rows_have_no_totals():
    assert totals(["spend", "cpc", "clicks", "roas"], [], KINDS) == {
        "spend": None,
        "cpc": None,
        "clicks": None,
        "roas": None,
    }
