"""Rows as a data frame of pandas or polars, where one of them is installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final, Literal

from ..constants import Storage
from ..errors import UsageError
from ..models import Column, Row
from ..output.text import well_formed
from .plain import Numbers, plain_rows

Library = Literal["pandas", "polars"]
_NUMBERS: Final = (Storage.COUNT, Storage.DECIMAL)


def frame(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    library: Library | None = None,
    numbers: Numbers = "float",
) -> Any:
    """
    Return *rows* as a DataFrame of *library*, by default of the one installed.

    The columns and their types are those of *columns*, whatever the rows hold:
    dates are dates, ids text, counts integers that may be missing, money and ratios
    floating point, or with *numbers* "decimal" exact; action lists stay Python
    objects in pandas, and are lists of `action_type` and `value` in polars.
    Raises UsageError where the library is not installed.
    """
    library = library or _installed()
    values = plain_rows(rows, numbers)
    series = {
        column.name: [_utf8(row.get(column.name)) for row in values]
        for column in columns
    }
    make = _pandas if _require(library) == "pandas" else _polars
    return make(series, columns, numbers)


def _installed() -> Library:
    return "polars" if find_spec("polars") and not find_spec("pandas") else "pandas"


def _require(library: Library) -> Library:
    if library not in ("pandas", "polars"):
        raise UsageError(f"A data frame is of pandas or polars, not {library!r}.")
    if find_spec(library) is None:
        raise UsageError(
            f"{library} is not installed.", hint=f"Install it:  pip install {library}"
        )
    return library


def _pandas(
    series: dict[str, list[Any]], columns: Sequence[Column], numbers: Numbers
) -> Any:
    import pandas as pd

    def typed(column: Column) -> Any:
        values = series[column.name]
        if column.kind.storage is Storage.DATE:
            return pd.to_datetime(pd.Series(values, dtype="object"), format="%Y-%m-%d")
        return pd.Series(values, dtype=_pandas_type(column, values, numbers))

    return pd.DataFrame({column.name: typed(column) for column in columns})


def _pandas_type(column: Column, values: Sequence[Any], numbers: Numbers) -> str:
    storage = column.kind.storage
    if storage is Storage.COUNT and _are_whole(values):
        return "Int64"
    if storage in _NUMBERS and numbers == "float":
        return "Float64"
    return "string" if column.kind.is_text else "object"


def _polars(
    series: dict[str, list[Any]], columns: Sequence[Column], numbers: Numbers
) -> Any:
    import polars as pl

    number = {
        "float": pl.Float64(),
        "decimal": pl.Decimal(38, 10),
        "str": pl.String(),
    }[numbers]

    def typed(column: Column) -> Any:
        values, kind = series[column.name], column.kind
        if kind.storage is Storage.DATE:
            return pl.Series(column.name, values, pl.String).str.to_date("%Y-%m-%d")
        if kind.storage is Storage.COUNT and _are_whole(values):
            return pl.Series(column.name, values, pl.Int64)
        if kind.storage in _NUMBERS:
            return pl.Series(column.name, values, number, strict=False)
        if kind.is_text:
            return pl.Series(column.name, values, pl.String)
        if kind.is_actions and all(_is_by_type(value) for value in values):
            entry = pl.Struct({"action_type": pl.String, "value": number})
            lists = [_entries(value) for value in values]
            return pl.Series(column.name, lists, pl.List(entry), strict=False)
        return pl.Series(column.name, values, pl.Object)

    return pl.DataFrame([typed(column) for column in columns])


def _utf8(value: Any) -> Any:
    return well_formed(value) if isinstance(value, str) else value


def _are_whole(values: Sequence[Any]) -> bool:
    """Whether all counts are whole: Meta estimates some as fractions."""
    return all(value is None or isinstance(value, int) for value in values)


def _is_by_type(value: Any) -> bool:
    """Whether *value* has one number for each action type."""
    return value is None or (
        isinstance(value, dict)
        and not any(isinstance(item, (dict, list)) for item in value.values())
    )


def _entries(value: Any) -> list[dict[str, Any]] | None:
    if value is None:
        return None
    return [{"action_type": kind, "value": item} for kind, item in value.items()]
