"""JSON and CSV: exactly the digits, and never anything invalid or obeyed."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest

from metaconnect.models import Column
from metaconnect.output.base import Format, open_sink
from metaconnect.output.json import json_text

from .conftest import written

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
# What a terminal obeys, and what turns the direction of the text around it.
CONTROLS = [chr(0x7F), *map(chr, range(0x80, 0xA0))]
DIRECTIONS = list(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
LINE_BREAKS = ["\u2028", "\u2029"]
HARMLESS = "ÿÀ¡\u00a0ĀØ\u0600\u061b\u200b\u200c\u200d\u2010–…\u202f\u2065\u206a‰⁠😀"


def test_a_row_is_one_line_of_json_with_metas_digits():
    assert written(Format.ndjson, [ROW]) == f"{AS_JSON}\n".encode()


def test_an_array_has_a_row_a_line():
    array = written(Format.json, [ROW, ROW])

    assert array == f"[\n{AS_JSON},\n{AS_JSON}\n]\n".encode()
    assert json.loads(array)[0]["clicks"] == 210


def test_a_line_break_in_a_name_does_not_end_a_row():
    rows = [{"name": "a\n]\n["}, {"name": "b"}]

    assert json.loads(written(Format.json, rows)) == rows


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


@pytest.mark.parametrize("form", [Format.json, Format.ndjson])
@pytest.mark.parametrize("char", CONTROLS + DIRECTIONS + LINE_BREAKS, ids=ascii)
def test_json_escapes_what_a_terminal_would_obey(form, char):
    rows = [{"name": f"a{char}b", f"k{char}": [char * 2], "plain": HARMLESS}]

    text = written(form, rows)

    assert char not in text.decode()
    assert f"a\\u{ord(char):04x}b".encode() in text
    assert json.loads(text if form == "json" else b"[" + text + b"]") == rows


def test_json_leaves_all_other_text_as_it_is():
    assert json_text(HARMLESS) == f'"{HARMLESS}"'.encode()


def read_back(rows, **options):
    text = written(Format.csv, rows, **options).decode()
    return list(csv.reader(StringIO(text, newline="")))


def test_csv_has_the_columns_that_it_is_told_and_metas_digits():
    assert written(Format.csv, [ROW | {"other": 1}], list(ROW)).decode() == (
        "date_start,spend,clicks,actions,ctr,roas\n"
        '2026-11-16,2778.21,210,"{""link_click"":210,""ünï"":0.50}",0.466190,\n'
    )


@pytest.mark.parametrize(
    "name", ['=1+1;"quoted", and\nbroken\r\nlines', "a\rb", "\r", "\n", "\x1b[31mred"]
)
def test_a_csv_cell_may_hold_anything(name):
    assert read_back([{"name": name, "none": None}]) == [["name", "none"], [name, ""]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("NaN"), ""),
        ({}, "{}"),
        (True, "true"),
        (["a", "b"], '["a","b"]'),
        (datetime(2026, 11, 16, 9, tzinfo=UTC), "2026-11-16T09:00:00Z"),
    ],
)
def test_a_csv_cell_is_what_json_has(value, text):
    assert read_back([{"a": value, "b": 1}])[1] == [text, "1"]


class Terminal(BytesIO):
    def isatty(self):
        return True


CRAFTED = "x\x1b]0;title\x07\x9b31m\u202e\r\nforged,row\ttab"


def test_csv_on_a_terminal_shows_control_characters():
    text = written(Format.csv, [{"name": CRAFTED}], terminal=True).decode()

    assert text == (
        "name\n"
        r'"x\u001b]0;title\u0007\u009b31m\u202e\u000d\u000aforged,row\u0009tab"'
        "\n"
    )


def test_csv_asks_the_file_whether_it_is_a_terminal():
    file = Terminal()
    sink = open_sink(Format.csv, file, [Column(name="\x1bname")])
    sink.write([{"\x1bname": "\x1b[2J"}])

    assert file.getvalue() == rb"\u001bname" + b"\n" + rb"\u001b[2J" + b"\n"


def test_csv_on_a_terminal_leaves_readable_text_alone():
    text = "Süße 👩‍💻 広告\u3000\u00a0–"

    assert read_back([{"name": text}], terminal=True)[1] == [text]
