"""What stands in a table's cells."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.constants import FieldKind
from metaconnect.models import Column
from metaconnect.output.cells import cell
from metaconnect.output.numbers import NOTHING, number_text

from .conftest import column

PIXEL = "actions:offsite_conversion.fb_pixel_purchase"


def text(value, name="campaign_name", unit=""):
    lines = cell(value, column(name, unit))
    return "\n".join(" ".join(part for part in line if part) for line in lines)


@pytest.mark.parametrize(
    ("number", "currency", "shown"),
    [
        ("7.348789", "EUR", "7.35"),
        ("7.345", None, "7.35"),
        ("0", "EUR", "0.00"),
        ("0", "JPY", "0"),
        ("0.411", "JPY", "0"),
        ("325998216", "IDR", "325,998,216"),
        ("1234.5", "JPY", "1,235"),
        ("1234.5", "KWD", "1,234.500"),
        ("-12.5", "BHD", "-12.500"),
        ("-0.5", "USD", "-0.50"),
    ],
)
@pytest.mark.parametrize("kind", [FieldKind.MONEY, FieldKind.ACTION_VALUES])
def test_money_has_the_decimals_of_its_currency(kind, number, currency, shown):
    assert number_text(Decimal(number), kind, currency or "") == shown


@pytest.mark.parametrize(
    ("number", "currency", "shown"),
    [
        ("0.411", "JPY", "0.41"),
        ("4.567", "JPY", "4.6"),
        ("13.5", "JPY", "14"),
        ("411.2", "KRW", "411"),
        ("0.0034", "EUR", "0.0034"),
        ("0.003456", "EUR", "0.0035"),
        ("-0.003456", "EUR", "-0.0035"),
        ("0.5", "EUR", "0.50"),
        ("0", "JPY", "0"),
        ("13.225", "", "13.23"),
        ("0.00041", "KWD", "0.00041"),
    ],
)
@pytest.mark.parametrize("kind", [FieldKind.COST, FieldKind.ACTION_COSTS])
def test_a_cost_has_two_significant_digits_at_least(kind, number, currency, shown):
    assert number_text(Decimal(number), kind, currency) == shown


@pytest.mark.parametrize(
    ("number", "kind", "shown"),
    [
        (Decimal("0.466190"), FieldKind.RATIO, "0.47"),
        (3, FieldKind.RATIO, "3.00"),
        (Decimal("1.5"), FieldKind.COUNT, "1.5"),
        (45046, FieldKind.COUNT, "45,046"),
        (-3, FieldKind.COUNT, "-3"),
        (Decimal("NaN"), FieldKind.RATIO, NOTHING),
        (Decimal("sNaN"), FieldKind.COUNT, NOTHING),
        (Decimal("-Infinity"), FieldKind.COST, NOTHING),
        (Decimal("12345678901234567890123456789012345.678"), FieldKind.MONEY,
         "12,345,678,901,234,567,890,123,456,789,012,345.68"),
        (Decimal("1E+999999"), FieldKind.MONEY, "1.0E+999999"),
        (Decimal("1E-999999"), FieldKind.COST, "1.0E-999999"),
        (Decimal("1234.50"), FieldKind.TEXT, "1234.50"),
    ],
)  # fmt: skip
def test_other_numbers(number, kind, shown):
    assert number_text(number, kind) == shown


def test_a_number_of_any_length_is_shown():
    assert number_text(10**6000, FieldKind.COUNT) == "1.0E+6000"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, NOTHING),
        ("", NOTHING),
        (True, "yes"),
        (False, "no"),
        (["ads_read", "business\n_management"], "ads_read, business _management"),
        ("Süße 👩‍💻", "Süße 👩‍💻"),
        ("広告\u30001\u00a0", "広告 1 "),
    ],
)
def test_a_text(value, shown):
    assert text(value) == shown


@pytest.mark.parametrize("name", ["spend", "results", "actions"])
@pytest.mark.parametrize("value", [None, [], {}])
def test_nothing_in_a_column_of_numbers_is_a_dash_at_the_right(name, value):
    assert cell(value, column(name)) == (("", NOTHING),)


def test_the_largest_actions_are_shown_and_the_rest_counted_never_summed():
    actions = {f"type_{n}": n for n in range(1, 8)}

    assert text(actions, "actions") == "type_7 7\ntype_6 6\ntype_5 5\n+4 more"


def test_what_ads_are_bought_for_stands_before_what_is_merely_large():
    actions = {"post_engagement": 9000, "link_click": 40, "omni_purchase": 2}

    found = text(actions, "actions")

    assert found == "omni_purchase 2\nlink_click 40\npost_engagement 9,000"


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        ({"a": Decimal("9.5")}, "action_values", "a 9.50"),
        ({"a": Decimal("0.0411")}, "cost_per_action_type", "a 0.041"),
        ({"a": None}, "actions", f"a {NOTHING}"),
        ({"lead": {"7d_click": 4, "1d_view": 1}}, "actions",
         "lead 7d_click 4\nlead 1d_view 1"),
        ([{"action_type": "lead", "action_device": "desktop", "value": 4}], "actions",
         "lead desktop 4"),
        ([{"action_type": "lead", "value": 4, "1d_view": 1}], "actions",
         "lead 4\nlead 1d_view 1"),
        ([{"action_type": "lead", "1d_view": 1}], "actions", "lead 1d_view 1"),
    ],
)  # fmt: skip
def test_an_action_list_of_any_shape(value, name, shown):
    assert text(value, name) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([{"indicator": PIXEL, "values": [{"value": 4}]}], f"{PIXEL} 4"),
        ([{"indicator": PIXEL, "values": [{"value": "4"}]}], f"{PIXEL} 4"),
        ([{"indicator": PIXEL, "values": [{"value": Decimal("13.229571"),
           "attribution_windows": ["default"]}]}], f"{PIXEL} 13.23"),
        ([{"indicator": PIXEL, "values": [
            {"value": 4, "attribution_windows": ["7d_click"]},
            {"value": 1, "attribution_windows": ["1d_view"]}]}],
         f"{PIXEL} 7d_click 4\n{PIXEL} 1d_view 1"),
        ([{"indicator": PIXEL}], f"{PIXEL} {NOTHING}"),
        ([{"indicator": PIXEL, "values": []}], f"{PIXEL} {NOTHING}"),
        ({"indicator": PIXEL, "value": 4}, f"{PIXEL} 4"),
        ([{"indicator": "a", "value": n} for n in range(5)],
         "a 0\na 1\na 2\n+2 more"),
        ([{"indicator": "a", "value": "n/a"}], "a n/a"),
        ([{"value": "1"}, 2, [3]], "1\n2\n3"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["results", "cost_per_result"])
def test_results_show_what_was_counted_and_how_many(name, value, shown):
    assert text(value, name) == shown


def test_a_cost_per_result_has_the_decimals_of_its_currency():
    cost = Column(name="cost_per_result", kind=FieldKind.OBJECTS, unit="JPY")

    assert cell([{"indicator": "a", "value": Decimal("411.27")}], cost) == (
        ("a", "411"),
    )
