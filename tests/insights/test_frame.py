"""Rows for what cannot take Decimal: `json.dumps`, pandas and polars."""

import json
from datetime import date
from decimal import Decimal

import pandas as pd
import polars as pl
import pytest

from metaconnect.errors import UsageError
from metaconnect.insights import frame as frames
from metaconnect.insights.frame import frame
from metaconnect.insights.plain import plain_rows
from metaconnect.insights.query import insights_query
from metaconnect.insights.schema import columns

QUERY = insights_query(fields="spend,reach,ctr,actions,results", level="campaign")
COLUMNS = columns(QUERY)
ROW = {
    "date_start": "2026-11-16",
    "date_stop": "2026-11-16",
    "campaign_id": "120200000000000001",
    "campaign_name": "Brand",
    "spend": Decimal("12.10"),
    "reach": 900,
    "ctr": Decimal("0.466190"),
    "actions": {"link_click": 210, "omni_purchase": Decimal("1.5")},
    "results": [{"indicator": "reach", "values": [{"value": Decimal("1.10")}]}],
}
NOTHING = dict.fromkeys(ROW) | {"date_start": "2026-11-17", "actions": {}}


@pytest.mark.parametrize(
    ("numbers", "spend", "purchases"),
    [("float", 12.1, 1.5), ("str", "12.10", "1.5")],
)
def test_numbers_that_json_takes(numbers, spend, purchases):
    (row,) = json.loads(json.dumps(plain_rows([ROW], numbers)))

    assert row["spend"] == spend
    assert row["actions"] == {"link_click": 210, "omni_purchase": purchases}
    assert type(row["reach"]) is int
    assert not isinstance(row["results"][0]["values"][0]["value"], Decimal)


def test_other_words_are_refused():
    with pytest.raises(UsageError, match="decimal, float or str"):
        plain_rows([ROW], "int")


@pytest.mark.parametrize("rows", [[ROW, NOTHING], [ROW], []])
def test_the_query_alone_decides_the_types_of_pandas(rows):
    found = frame(rows, COLUMNS, library="pandas")

    assert list(found.columns) == [column.name for column in COLUMNS]
    types = found.dtypes
    assert pd.api.types.is_datetime64_any_dtype(types["date_start"])
    assert types["campaign_id"] == "string"
    assert types["spend"] == types["ctr"] == "Float64"
    assert types["reach"] == "Int64"
    assert len(found) == len(rows)


@pytest.mark.parametrize("rows", [[ROW, NOTHING], [ROW], []])
def test_the_query_alone_decides_the_types_of_polars(rows):
    found = frame(rows, COLUMNS, library="polars")

    assert found.schema["date_start"] == pl.Date
    assert found.schema["campaign_id"] == pl.String
    assert found.schema["spend"] == pl.Float64
    assert found.schema["reach"] == pl.Int64
    assert isinstance(found.schema["actions"], pl.List)
    assert found.height == len(rows)


def test_values_of_polars():
    row = frame([ROW], COLUMNS, library="polars", numbers="decimal").row(0, named=True)

    assert row["date_start"] == date(2026, 11, 16)
    assert row["spend"] == Decimal("12.10")
    assert row["actions"] == [
        {"action_type": "link_click", "value": Decimal(210)},
        {"action_type": "omni_purchase", "value": Decimal("1.5")},
    ]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_half_a_character_is_a_text_like_any_other(library):
    found = frame([{**ROW, "campaign_name": "Brand \ud83d"}], COLUMNS, library=library)

    assert list(found["campaign_name"]) == ["Brand \ufffd"]


def test_exact_numbers_of_pandas():
    found = frame([ROW], COLUMNS, library="pandas", numbers="decimal")

    assert found["spend"].sum() == Decimal("12.10")


def test_a_library_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(frames, "find_spec", lambda _name: None)

    with pytest.raises(UsageError, match="pandas is not installed") as caught:
        frame([ROW], COLUMNS)
    assert "pip install pandas" in caught.value.hint
