"""Rows of every recorded file, and a hostile one, in every format."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import BytesIO, StringIO

import pytest

from metaconnect.constants import Format
from metaconnect.insights.rows import row_reader
from metaconnect.insights.schema import columns
from metaconnect.output.base import open_sink

from ..insights.test_corpus import KEYS, QUERIES, raw_rows
from . import reading

HOSTILE = {
    "date_start": "2026-11-16",
    "date_stop": "2026-11-16",
    "campaign_name": "=HYPERLINK(1)|`x`\r\n\x00\x1b]0;t\x07\u202e\ud83d<b>",
    "spend": "0.0000001",
    "actions": [{"action_type": 'a"|\n\x00', "value": "1"}],
}


@pytest.fixture(scope="module", params=["every field", "windows", "lists"])
def answer(request):
    """Return the columns and rows of a query, of all files."""
    query = QUERIES[request.param]
    raw = [row for key in KEYS for row in raw_rows(key)[:2]]  # the others are alike
    return columns(query, currency="EUR"), [*map(row_reader(query), [*raw, HOSTILE])]


def written(form, answer):
    shown, rows = answer
    file = BytesIO()
    sink = open_sink(form, file, shown)
    for start in range(0, len(rows), 50):
        sink.write(rows[start : start + 50])
    sink.close()
    return file.getvalue()


def spends(answer):
    return [row["spend"] for row in answer[1]]


def test_json(answer):
    found = json.loads(written(Format.json, answer), parse_float=Decimal)

    assert [row["spend"] for row in found] == spends(answer)


def test_ndjson(answer):
    lines = written(Format.ndjson, answer).splitlines()

    found = [json.loads(line, parse_float=Decimal) for line in lines]
    assert [row["spend"] for row in found] == spends(answer)


def test_csv(answer):
    text = written(Format.csv, answer).decode()

    found = list(csv.DictReader(StringIO(text, newline="")))
    assert [row["spend"] for row in found] == [
        "" if spend is None else f"{spend:f}" for spend in spends(answer)
    ]


def test_markdown(answer):
    heading, rule, *lines = reading.markdown(written(Format.markdown, answer))

    assert {len(line) for line in [heading, rule, *lines]} == {len(answer[0])}
    place = heading.index("spend")
    assert [line[place] for line in lines] == [
        "" if spend is None else f"{spend:f}" for spend in spends(answer)
    ]


def test_parquet(answer, tmp_path):
    types, found = reading.parquet(written(Format.parquet, answer), tmp_path)

    assert list(types) == [column.name for column in answer[0]]
    assert types["spend"].startswith("DECIMAL")
    assert [row["spend"] for row in found] == spends(answer)


def test_xlsx(answer):
    lines = reading.sheet(written(Format.xlsx, answer))

    place = next(cell for cell, name in lines[0].items() if name == "spend")
    assert [line.get(place) for line in lines[1:]] == spends(answer)


def test_table(answer):
    lines = written(Format.table, answer).decode().splitlines()

    assert len(lines) > len(answer[1])
    assert not any(ord(char) < ord(" ") for line in lines for char in line)
