"""Rows as Spark and Arrow have them, with all of Meta's digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import pyarrow as pa
from pyspark.sql.types import (
    DataType,
    DateType,
    DecimalType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from ..constants import Storage
from ..errors import UsageError
from ..models import Column, Row
from ..output.json import json_text
from ..output.text import well_formed
from ..warehouse.scale import DIGITS, SCALE

# What has none of these is text, or JSON.
_SPARK_TYPES: Final[Mapping[Storage, DataType]] = {
    Storage.DATE: DateType(),
    Storage.COUNT: LongType(),
    Storage.DECIMAL: DecimalType(DIGITS, SCALE),
}
_ARROW_TYPES: Final[Mapping[Storage, pa.DataType]] = {
    Storage.DATE: pa.date32(),
    Storage.COUNT: pa.int64(),
    Storage.DECIMAL: pa.decimal128(DIGITS, SCALE),
}


def spark_schema(columns: Iterable[Column]) -> StructType:
    """Return the types of *columns* in Spark; rows of objects are JSON."""
    return StructType(
        [
            StructField(c.name, _SPARK_TYPES.get(c.kind.storage, StringType()))
            for c in columns
        ]
    )


def record_batch(columns: Sequence[Column], rows: Sequence[Row]) -> pa.RecordBatch:
    """
    Return *rows* as Arrow has them, with all of Meta's digits.

    Raises UsageError for a number that does not fit its column.
    """

    def array(column: Column) -> pa.Array:
        storage = column.kind.storage
        try:
            values = [_value(storage, row.get(column.name)) for row in rows]
            return pa.array(values, type=_ARROW_TYPES.get(storage, pa.string()))
        except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
            raise UsageError(
                f"{column.name} does not fit its column: {error}.",
                hint="Leave it out, or read it without Spark.",
            ) from None

    arrays = [array(column) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, names=[c.name for c in columns])


def _value(storage: Storage, value: object) -> object:
    if value is None:
        return None
    if storage is Storage.DATE:
        return date.fromisoformat(str(value))
    if storage is Storage.COUNT and not isinstance(value, int):
        raise ValueError(f"{value} is no whole number")  # Arrow would cut it
    if storage in _ARROW_TYPES:
        return value
    return well_formed(value) if isinstance(value, str) else json_text(value).decode()
