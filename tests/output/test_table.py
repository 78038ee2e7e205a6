"""The table as a terminal shows it."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from metaconnect.constants import FieldKind
from metaconnect.output.cells import NOTHING, cell
from metaconnect.output.table import insights_table

KINDS = {
    "date_start": FieldKind.TEXT,
    "date_stop": FieldKind.TEXT,
    "campaign_name": FieldKind.TEXT,
    "spend": FieldKind.MONEY,
    "impressions": FieldKind.COUNT,
    "reach": FieldKind.UNIQUE_COUNT,
    "actions": FieldKind.ACTIONS,
    "action_values": FieldKind.ACTION_VALUES,
    "ctr": FieldKind.RATIO,
    "cpm": FieldKind.COST,
}
DAY = {"date_start": "2026-11-16", "date_stop": "2026-11-16"}


def shown(rows, *columns, currency="EUR", width=160):
    table = insights_table(
        ["date_start", "date_stop", *columns], rows, currency, kinds=KINDS
    )
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(table)
    return out.getvalue()


def lines(*args, **options):
    return [" ".join(line.split()) for line in shown(*args, **options).splitlines()]


def test_money_names_its_currency_and_numbers_have_separators():
    rows = [DAY | {"spend": Decimal("2778.21"), "impressions": 45046}] * 2

    found = [line for line in lines(rows, "spend", "impressions") if line]

    assert found[0] == "date spend (EUR) impressions"
    assert found[2] == "2026-11-16 2,778.21 45,046"
    assert found[-1] == "total 5,556.42 90,092"


def test_both_dates_are_shown_where_they_differ():
    rows = [{"date_start": "2026-11-01", "date_stop": "2026-11-07"}]

    text = shown(rows)

    assert "date_start" in text
    assert "2026-11-07" in text


def test_the_largest_actions_are_shown_and_the_rest_counted():
    actions = {f"type_{n}": n for n in range(1, 8)}

    text = shown([DAY | {"actions": actions}], "actions")

    assert "type_7 7" in text
    assert "type_5 5" in text
    assert "type_4" not in text
    assert "+4 more" in text
    assert "28" not in text


def test_what_ads_are_bought_for_stands_before_what_is_merely_large():
    actions = {"post_engagement": 9000, "link_click": 40, "omni_purchase": 2}

    found = shown([DAY | {"actions": actions}], "actions")

    assert found.index("omni_purchase 2") < found.index("link_click 40")
    assert found.index("link_click 40") < found.index("post_engagement 9,000")


def test_what_is_missing_is_a_dash_and_so_is_a_total_that_would_lie():
    rows = [DAY | {"reach": 5, "spend": None, "actions": {}}] * 2

    found = lines(rows, "reach", "spend", "actions")

    assert f"2026-11-16 5 {NOTHING} {NOTHING}" in found
    assert f"total {NOTHING} {NOTHING} {NOTHING}" in found


def test_names_cannot_drive_the_terminal_nor_rich():
    name = "[bold]sale[/] \x1b[31mred\x1b[0m \x1b]0;x\x07\u202e[link=http://x]y"

    text = shown([DAY | {"campaign_name": name}], "campaign_name")

    assert "[bold]sale[/] red [link=http://x]y" in text
    assert "\x1b" not in text


def test_emoji_and_umlauts_stay():
    assert cell("Süße 👩‍💻", FieldKind.TEXT) == "Süße 👩‍💻"


def test_no_rows_are_a_heading_without_totals():
    text = shown([], "spend")

    assert "spend (EUR)" in text
    assert "total" not in text


def test_without_a_currency_the_heading_stays_bare():
    assert "spend  " in shown([], "spend", "impressions", currency=None)


def test_a_number_is_never_cut_short():
    rows = [DAY | {"spend": Decimal("1234567.89")}]

    text = shown(rows, "campaign_name", "spend", "impressions", width=24)

    assert "…" not in text
    assert len([char for char in text if char in "789"]) >= 3 * 2  # and its total


def test_a_narrow_terminal_gets_the_action_lists_in_a_table_of_their_own():
    actions = {"landing_page_view": 180, "link_click": 1210}
    metrics = dict.fromkeys(("ctr", "cpm", "spend"), Decimal("1.50"))
    row = DAY | metrics | {"actions": actions, "campaign_name": "Sale"}
    columns = ("campaign_name", "actions", *metrics)

    wide, narrow = lines([row], *columns), lines([row], *columns, width=60)

    assert "date campaign_name actions ctr cpm (EUR) spend (EUR)" in wide
    assert "date campaign_name ctr cpm (EUR) spend (EUR)" in narrow
    assert "2026-11-16 Sale 1.50 1.50 1.50" in narrow
    assert "2026-11-16 Sale link_click 1,210," in narrow


@pytest.mark.parametrize(
    ("value", "kind", "currency", "text"),
    [
        (Decimal("7.348789"), FieldKind.MONEY, "EUR", "7.35"),
        (Decimal("13.225"), FieldKind.COST, None, "13.23"),
        (Decimal(325998216), FieldKind.MONEY, "IDR", "325,998,216"),
        (Decimal("13.5"), FieldKind.COST, "JPY", "14"),
        (Decimal("0.0034"), FieldKind.COST, "EUR", "0.0034"),
        (Decimal(0), FieldKind.MONEY, "EUR", "0.00"),
        (Decimal("0.466190"), FieldKind.RATIO, "JPY", "0.47"),
        (Decimal("NaN"), FieldKind.RATIO, None, NOTHING),
        (Decimal("1.5"), FieldKind.COUNT, None, "1.5"),
        (None, FieldKind.TEXT, None, NOTHING),
        ([{"a": 1}], FieldKind.OBJECTS, None, "1 entry"),
        ({"a": Decimal("9.5")}, FieldKind.ACTION_VALUES, "EUR", "a 9.50"),
        ({"a": None}, FieldKind.ACTIONS, None, "+1 more"),
    ],
)
def test_a_cell_reads_as_people_write(value, kind, currency, text):
    assert cell(value, kind, currency) == text
