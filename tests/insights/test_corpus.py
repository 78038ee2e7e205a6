"""Every recorded answer of the Insights edge, through the functions that read it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from metaconnect.constants import Level
from metaconnect.errors import InvalidRequest
from metaconnect.insights.fetch import Source
from metaconnect.insights.fields import FIELDS
from metaconnect.insights.query import InsightsQuery
from metaconnect.insights.rows import row_reader
from metaconnect.insights.schema import TABLE_FIELDS, column_names, columns
from metaconnect.insights.totals import totals

CORPUS = Path(__file__).parent.parent / "corpus"
FILES = {"-".join(p.name.split("-")[:2]): p for p in sorted(CORPUS.glob("*.json"))}
TOPICS = ("insights", "async", "paging")
KEYS = [key for key in FILES if key.rpartition("-")[0] in TOPICS]
WINDOWS = ("1d_view", "1d_click", "7d_click", "incrementality")
EVERYTHING = tuple(dict.fromkeys((*InsightsQuery().fields, *TABLE_FIELDS, *FIELDS)))
QUERIES = {
    "default": InsightsQuery(),
    "table": InsightsQuery(fields=TABLE_FIELDS, level=Level.ad),
    "every field": InsightsQuery(fields=EVERYTHING, level=Level.ad),
    "windows": InsightsQuery(fields=EVERYTHING, action_attribution_windows=WINDOWS),
    "lists": InsightsQuery(
        fields=tuple(FIELDS), action_breakdowns=("action_type", "action_reaction")
    ),
    "country": InsightsQuery(fields=("spend",), breakdowns=("country",)),
}


def recorded(key):
    return json.loads(FILES[key].read_text("utf-8"))


def rows_in(body):
    """Every Insights row, however deep the envelope that it lies in."""
    if isinstance(body, list):
        return [row for item in body for row in rows_in(item)]
    if not isinstance(body, dict):
        return []
    if {"date_start", "spend"} & body.keys():
        return [body]
    return [row for value in body.values() for row in rows_in(value)]


def raw_rows(key):
    return rows_in(recorded(key).get("body"))


def is_nested_number(value):
    """Return whether all values in an action list or object are numbers or none."""
    if isinstance(value, dict):
        return all(map(is_nested_number, value.values()))
    if isinstance(value, list):
        return all(isinstance(entry, dict) for entry in value)
    return value is None or isinstance(value, (int, Decimal))


def test_the_corpus_holds_many_rows():
    assert sum(len(raw_rows(key)) for key in KEYS) > 150


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("key", KEYS)
def test_every_recorded_row_takes_the_shape_of_the_query(key, name):
    query = QUERIES[name]
    problems = []
    read_row = row_reader(query, problems=problems.append)

    rows = [read_row(raw) for raw in raw_rows(key)]

    assert problems == []
    for row in rows:
        assert tuple(row) == column_names(query)
        for column in columns(query):
            value = row[column.name]
            if column.kind.is_actions:
                assert is_nested_number(value), column.name
                assert isinstance(value, list) is query.splits_actions
            elif column.kind.is_text:
                assert value is None or isinstance(value, str), column.name
            elif column.kind.value not in ("objects", "unknown"):
                assert isinstance(value, (int, Decimal, type(None))), column.name


@pytest.mark.parametrize("key", KEYS)
def test_every_recorded_digit_is_kept(key):
    read_row = row_reader(InsightsQuery(fields=("spend", "cpm", "frequency")))

    for raw in raw_rows(key):
        row = read_row(raw)

        for name in ("spend", "cpm", "frequency"):
            assert str(row[name]) == str(raw.get(name))


@pytest.mark.parametrize("key", KEYS)
def test_every_recorded_report_has_totals(key):
    query = QUERIES["every field"]
    rows = [row_reader(query)(raw) for raw in raw_rows(key)]

    found = totals(columns(query), rows)

    assert tuple(found) == column_names(query)
    spends = [row["spend"] for row in rows if row["spend"] is not None]
    assert found["spend"] == (sum(spends) if spends else None)


def test_an_empty_value_is_null():
    (raw,) = raw_rows("insights-44")

    assert row_reader(InsightsQuery())(raw)["actions"] == {
        "post_engagement": 3,
        "comment": 1,
        "omni_purchase": None,
    }


def test_reactions_that_came_twice_are_both_kept():
    raw = raw_rows("insights-20")[0]

    row = row_reader(InsightsQuery())(raw)

    assert [e["value"] for e in row["actions"]["post_reaction"]] == [13, 8]
    assert row["actions"]["link_click"] == 101


def test_windows_are_read_from_a_recorded_answer():
    (raw,) = raw_rows("insights-43")

    row = row_reader(QUERIES["windows"])(raw)

    assert row["actions"]["omni_purchase"] == {
        "value": 471,
        "1d_view": 401,
        "1d_click": None,
        "7d_click": 70,
        "incrementality": 136,
    }
    assert row["purchases"] == 471


@pytest.mark.anyio
async def test_a_recorded_refusal_of_fields_names_what_to_leave_out(meta, graph, token):
    meta.will_replay(FILES["error-06"].name)

    with pytest.raises(InvalidRequest) as caught:
        await Source(graph, token, "act_1", InsightsQuery()).page(InsightsQuery())

    assert caught.value.hint == "Leave out labels. Leave out location."
