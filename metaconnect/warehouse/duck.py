"""Insights in a DuckDB file: https://duckdb.org"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ..constants import Storage
from ..models import Row
from . import sql
from .base import (
    CHANGES,
    ROW_KEY,
    TABLE,
    WINDOWS,
    Change,
    Columns,
    Part,
    Series,
    Window,
)
from .changes import changes, comparable
from .duck_errors import opened, speaking
from .duck_loading import Loader, scratch_folder
from .scale import SCALE, scale_for
from .values import stored_rows

if TYPE_CHECKING:  # loaded where a file is opened
    from duckdb import DuckDBPyConnection

_TYPES: Final = {
    Storage.TEXT: "varchar",
    Storage.DATE: "date",
    Storage.TIME: "timestamptz",
    Storage.COUNT: "bigint",
    Storage.DECIMAL: f"decimal(38,{SCALE})",
    Storage.JSON: "json",
}
_DECIMAL = re.compile(r"DECIMAL\(38,(\d+)\)")
_STORAGES: Final = {
    "VARCHAR": Storage.TEXT,
    "DATE": Storage.DATE,
    "TIMESTAMP WITH TIME ZONE": Storage.TIME,
    "BIGINT": Storage.COUNT,
    "JSON": Storage.JSON,
}
_LISTED = (
    "select table_name, column_name, data_type from information_schema.columns "
    "where table_schema = current_schema() and table_catalog = current_database() "
    "order by ordinal_position"
)


class DuckTarget:
    """
    One file, which is ours alone while it is open: DuckDB locks it.

    A key is not declared: DuckDB would refuse to delete and insert a row in one
    transaction. `replace` deletes before it inserts, and rows come without doubles.
    """

    def __init__(self, path: Path) -> None:
        self.most_rows: int | None = None
        self.name = str(path)
        self._connection = opened(path)
        self._lock = Lock()
        self._types: dict[str, dict[str, str]] = {}

    def prepare(self, columns: Columns) -> None:
        with self._working() as connection:
            there = self._read_types(connection)
            sql.require_ours(
                self.name,
                columns,
                {
                    table: {name: _storage(kind) for name, kind in found.items()}
                    for table, found in there.items()
                },
            )
            with _transaction(connection):
                for statement in sql.missing(columns, there, _TYPES):
                    connection.execute(statement)
            self._read_types(connection)

    @contextmanager
    def session(self, series: Series) -> Iterator[DuckSession]:
        yield DuckSession(self, series)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def windows(self, series: Series) -> dict[date, Window]:
        with self._working() as connection:
            return _windows(connection, series)

    def replace(self, part: Part) -> list[Change]:
        with self._working() as connection, scratch_folder() as folder:
            self._make_room(connection, part)
            loader = Loader(connection, folder, self._types)
            with _transaction(connection):
                before = comparable(part, _windows(connection, part.series))
                rows, fresh = list(stored_rows(part)), None
                found: list[Change] = []
                if before:
                    fresh = loader.read(TABLE, rows) if rows else None
                    found = _changes(connection, part, fresh, before)
                _replace(connection, part, loader, rows, fresh)
                connection.execute(sql.delete_days(WINDOWS, "?"), sql.days_of(part))
                loader.load(WINDOWS, sql.window_rows(part))
                loader.load(CHANGES, sql.change_rows(found))
            return found

    def _make_room(self, connection: DuckDBPyConnection, part: Part) -> None:
        """Widen the columns whose type does not hold every digit of *part*."""
        for name, kind in part.columns.items():
            if kind not in (Storage.COUNT, Storage.DECIMAL):
                continue
            there = _scale_of(self._types[TABLE][name])
            needed = scale_for(name, (row[name] for row in part.rows), there)
            if needed != there:
                wide = f"DECIMAL(38,{needed})"
                connection.execute(
                    f"alter table {TABLE} alter column {sql.quoted(name)} type {wide}"
                )
                self._types[TABLE][name] = wide

    def _read_types(
        self, connection: DuckDBPyConnection
    ) -> Mapping[str, Mapping[str, str]]:
        self._types = {}
        for table, column, kind in connection.execute(_LISTED).fetchall():
            self._types.setdefault(table, {})[column] = kind
        return self._types

    @contextmanager
    def _working(self) -> Iterator[DuckDBPyConnection]:
        with self._lock, speaking(self.name):
            yield self._connection


class DuckSession:
    """One series in the file."""

    def __init__(self, target: DuckTarget, series: Series) -> None:
        self._target = target
        self._series = series

    def windows(self) -> dict[date, Window]:
        return self._target.windows(self._series)

    def replace(self, part: Part) -> list[Change]:
        return self._target.replace(part)


def _windows(connection: DuckDBPyConnection, series: Series) -> dict[date, Window]:
    found = connection.execute(sql.select_windows("?"), series.values).fetchall()
    return sql.by_day(map(sql.window_of, found))


def _changes(
    connection: DuckDBPyConnection,
    part: Part,
    fresh: str | None,
    before: Mapping[date, Window],
) -> list[Change]:
    """
    Return what Meta restated.

    DuckDB itself leaves out the rows that are as they were, nearly all of them: to hand
    them over takes longer than to write them.
    """
    columns = sql.compared_columns(part)
    kept, days = sql.select_rows(columns, (), "?"), sql.days_of(part)
    if fresh is None:
        old = connection.execute(kept, days).fetchall()
        return changes(part, sql.fetched(columns, old), before)
    came = f"select {sql.listed(columns)} from {fresh}"
    old = connection.execute(f"{kept} except {came}", days).fetchall()
    others = f"select {sql.listed(ROW_KEY)} from ({came} except {kept})"
    new = set(connection.execute(others, days).fetchall())
    rows = [row for row in part.rows if tuple(row[n] for n in ROW_KEY) in new]
    return changes(replace(part, rows=rows), sql.fetched(columns, old), before)


def _replace(
    connection: DuckDBPyConnection,
    part: Part,
    loader: Loader,
    rows: Sequence[Row],
    fresh: str | None,
) -> None:
    """Put *rows* in the place of what was kept; *fresh* is where they are already."""
    connection.execute(sql.delete_days(TABLE, "?"), sql.days_of(part))
    named = (part.report, *part.series.values, part.report)
    connection.execute(sql.rename_report("?"), named)
    if fresh:
        connection.execute(f"insert into {TABLE} by name from {fresh}")
    else:
        loader.load(TABLE, rows)


@contextmanager
def _transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    connection.begin()
    try:
        yield
    except BaseException:
        with suppress(Exception):  # after an error of the disk it is gone already
            connection.rollback()
        raise
    connection.commit()


def _storage(kind: str) -> Storage | None:
    if _DECIMAL.fullmatch(kind):
        return Storage.DECIMAL
    return _STORAGES.get(kind)


def _scale_of(kind: str) -> int | None:
    """Return how many decimals a column holds, None for a whole number."""
    found = _DECIMAL.fullmatch(kind)
    return int(found[1]) if found else None
