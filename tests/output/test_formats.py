"""JSON and CSV: exactly the digits, and never anything invalid."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest

from metaconnect.output.csv import csv_header, csv_rows
from metaconnect.output.json import json_array, json_text, ndjson

ROW = {
    "date_start": "2026-11-16",
    "spend": Decimal("2778.21"),
    "clicks": 210,
    "actions": {"link_click": 210, "ünï": Decimal("0.50")},
    "ctr": Decimal("0.466190"),
    "roas": None,
}
AS_JSON = (
    '{"date_start":"2026-11-16","spend":2778.21,"clicks":210,'
    '"actions":{"link_click":210,"ünï":0.50},"ctr":0.466190,"roas":null}'
)


def test_a_row_is_one_line_of_json_with_metas_digits():
    assert ndjson([ROW]) == f"{AS_JSON}\n".encode()


def test_an_array_has_a_row_a_line():
    assert json_array([ROW, ROW]) == f"[\n{AS_JSON},\n{AS_JSON}\n]\n".encode()
    assert json.loads(json_array(iter([ROW])))[0]["clicks"] == 210


def test_no_rows_are_an_empty_array():
    assert json_array([]) == b"[]\n"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.0000001", b"0.0000001"),
        ("0E-10", b"0.0000000000"),
        ("1E+3", b"1000"),
        ("-0.50", b"-0.50"),
        ("NaN", b"null"),
        ("sNaN", b"null"),
        ("Infinity", b"null"),
        ("-Infinity", b"null"),
    ],
)
def test_a_decimal_is_written_in_full_or_not_at_all(number, text):
    assert json_text(Decimal(number)) == text
    assert json_text({"a": [Decimal(number)]}) == b'{"a":[' + text + b"]}"


def test_a_text_that_looks_like_a_number_stays_a_text():
    assert json_text({"name": "NaN 1E+5 Infinity"}) == b'{"name":"NaN 1E+5 Infinity"}'


def read_back(columns, rows):
    text = (csv_header(columns) + csv_rows(columns, rows)).decode()
    return list(csv.reader(StringIO(text, newline="")))


def test_csv_has_the_columns_that_it_is_told_and_metas_digits():
    lines = csv_header(list(ROW)) + csv_rows(list(ROW), [ROW])

    assert lines.decode() == (
        "date_start,spend,clicks,actions,ctr,roas\n"
        '2026-11-16,2778.21,210,"{""link_click"":210,""ünï"":0.50}",0.466190,\n'
    )


def test_a_csv_cell_may_hold_anything():
    name = '=1+1;"quoted", and\nbroken\r\nlines'

    assert read_back(["name", "none"], [{"name": name}]) == [
        ["name", "none"],
        [name, ""],
    ]


def test_small_numbers_are_written_in_full_in_csv_too():
    assert csv_rows(["cpc"], [{"cpc": Decimal("1E-7")}]) == b"0.0000001\n"


def test_an_empty_action_list_is_an_empty_object():
    assert csv_rows(["a", "b"], [{"a": {}, "b": 1}]) == b"{},1\n"
