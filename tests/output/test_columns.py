"""`--column` chooses and orders the columns of every format."""

from __future__ import annotations

from io import BytesIO

import pytest

from metaconnect.errors import UsageError
from metaconnect.output.base import Format, open_sink
from metaconnect.output.columns import ColumnsSink, selected

from .conftest import columns

COLUMNS = columns("date_start", "spend", "clicks", "actions:a b")


def test_columns_come_in_the_order_that_they_are_named_in():
    found = selected(COLUMNS, ["clicks, spend", "actions:a b", "spend"])

    assert [column.name for column in found] == ["clicks", "spend", "actions:a b"]


def test_a_mistake_is_told_with_the_nearest_name():
    with pytest.raises(UsageError, match=r"'click'\. Did you mean clicks\?") as e:
        selected(COLUMNS, ["spend", "click"])
    assert e.value.hint == "The columns are: date_start, spend, clicks, actions:a b."


def test_none_at_all_is_a_mistake():
    with pytest.raises(UsageError, match="no column"):
        selected(COLUMNS, [" , "])


@pytest.mark.parametrize("form", [Format.json, Format.ndjson, Format.csv])
def test_rows_are_cut_to_the_columns(form):
    file = BytesIO()
    chosen = selected(COLUMNS, ["clicks", "spend"])
    sink = ColumnsSink(open_sink(form, file, chosen), chosen)

    sink.write([{"date_start": "2026-11-16", "spend": 1}])
    sink.close()

    written = file.getvalue().decode().replace("[", "").replace("]", "").strip()
    assert written in ('{"clicks":null,"spend":1}', "clicks,spend\n,1")
