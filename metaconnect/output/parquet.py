"""
Rows as Parquet, through DuckDB's COPY: numbers, dates and maps stay what they are.

https://duckdb.org/docs/stable/data/parquet/overview
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from ..constants import FieldKind
from ..errors import MetaconnectError
from ..models import Column, Row
from .json import cell_text, ndjson
from .scratch import move_into, scratch_folder
from .sql_types import TEXT, Shape, sql_type

_AT_ONCE: Final = 1000  # rows
_OFFLINE: Final[Mapping[str, bool]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class ParquetSink:
    """
    A file of typed columns: written whole by `close`, or not at all.

    Money, costs and ratios are DECIMAL with every digit, counts BIGINT, action lists
    MAP (by window: a map of maps), dates DATE. What may hold anything, and an action
    list that is no map, is VARCHAR with JSON. Until `close` the rows lie on disk.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[Column]) -> None:
        self._file = file
        self._columns = columns
        self._shapes = [Shape() for _ in columns]
        self._folder = scratch_folder(self)
        self._rows = self._folder / "rows.ndjson"
        self._rows.touch()

    def write(self, rows: Sequence[Row]) -> None:
        lines = [self._line(row) for row in rows]
        with self._rows.open("ab") as file:
            file.write(ndjson(lines))

    def close(self) -> None:
        types = [
            sql_type(column.kind, shape)
            for column, shape in zip(self._columns, self._shapes, strict=True)
        ]
        mixed = [
            place
            for place, shape in enumerate(self._shapes)
            if types[place] == TEXT and not shape.is_text
        ]
        rows = self._with_texts(mixed) if mixed else self._rows
        done = self._folder / "rows.parquet"
        _copy(rows, done, [column.name for column in self._columns], types)
        move_into(self._file, done)

    def _line(self, row: Row) -> dict[str, Any]:
        """Return *row* with short names, and what has no type as a text."""
        line = {}
        for place, column in enumerate(self._columns):
            value = _plain(row.get(column.name), column.kind)
            self._shapes[place].see(value)
            line[f"c{place}"] = value
        return line

    def _with_texts(self, places: Sequence[int]) -> Path:
        """Return the rows with texts in the columns whose values have no one type."""
        names = [f"c{place}" for place in places]
        decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
        path = self._folder / "texts.ndjson"
        with self._rows.open("rb") as lines, path.open("wb") as texts:
            for line in lines:
                row = decode(line)
                row |= {name: _text(row[name]) for name in names}
                texts.write(ndjson([row]))
        return path


def _plain(value: object, kind: FieldKind) -> object:
    """Return *value* as JSON has it; a Decimal that is no number is nothing."""
    if kind is FieldKind.OBJECTS:
        return _text(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if value is None or isinstance(value, (str, int, dict, list)):
        return value
    return cell_text(value)


def _text(value: object) -> str | None:
    return None if value is None else cell_text(value)


def _copy(rows: Path, done: Path, names: Iterable[str], types: Sequence[str]) -> None:
    import duckdb

    read = ", ".join(
        f"'c{place}': {_quoted(type_)}" for place, type_ in enumerate(types)
    )
    shown = ", ".join(f"c{place} AS {_name(name)}" for place, name in enumerate(names))
    source = (
        f"read_json({_quoted(rows)}, format='newline_delimited', columns={{{read}}})"
    )
    chosen = f"SELECT {shown} FROM {source}"  # noqa: S608  every name is quoted
    query = f"COPY ({chosen}) TO {_quoted(done)} (FORMAT parquet, COMPRESSION zstd)"
    folder = str(rows.parent)
    try:
        with duckdb.connect(config={**_OFFLINE, "temp_directory": folder}) as database:
            database.execute(query)
    except duckdb.Error as exc:
        reason = str(exc).splitlines()[0]
        raise MetaconnectError(f"DuckDB could not write Parquet: {reason}") from exc


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
