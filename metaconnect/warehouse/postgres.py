"""Insights in PostgreSQL: https://www.postgresql.org/docs/current/sql-copy.html"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ..constants import Storage
from ..models import Row
from . import sql
from .base import (
    BASE,
    CHANGES,
    KEY,
    TABLE,
    WINDOWS,
    Change,
    Columns,
    Part,
    Series,
    Window,
)
from .changes import changes, comparable
from .postgres_errors import busy, connected, described, speaking
from .values import stored_rows

if TYPE_CHECKING:  # loaded where a database is opened
    from psycopg import Connection

_TYPES: Final = {
    Storage.TEXT: "text",
    Storage.DATE: "date",
    Storage.TIME: "timestamptz",
    Storage.COUNT: "bigint",
    Storage.DECIMAL: "numeric",
    Storage.JSON: "jsonb",
}
_STORAGES: Final = {
    "text": Storage.TEXT,
    "date": Storage.DATE,
    "timestamp with time zone": Storage.TIME,
    "bigint": Storage.COUNT,
    "numeric": Storage.DECIMAL,
    "jsonb": Storage.JSON,
}
_KEY: Final = f"primary key ({', '.join(KEY)})"
_PATIENCE: Final = 3000  # milliseconds
# Where an unqualified name leads, and so every statement of ours.
_LISTED: Final = """
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.oid in (to_regclass(%s), to_regclass(%s), to_regclass(%s))
      and a.attnum > 0 and not a.attisdropped
"""
_KEY_OF: Final = "hashtextextended('metaconnect ' || %s, 0)"


class PostgresTarget:
    """
    A database. A series has a connection of its own, which holds its advisory lock.

    *dsn* may leave out what libpq's variables say (PGPASSWORD, PGSERVICE, …), and is
    never printed.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.most_rows: int | None = None
        with connected(dsn) as connection:
            self.name = described(connection)

    def prepare(self, columns: Columns) -> None:
        with self._working() as connection, connection.transaction():
            # Two that begin at once would both make the tables.
            connection.execute(f"select pg_advisory_xact_lock({_KEY_OF})", ("schema",))
            there: dict[str, dict[str, str]] = {}
            for table, column, kind in connection.execute(_LISTED, [*sql.TABLES]):
                there.setdefault(table, {})[column] = kind
            storages = {
                table: {name: _STORAGES.get(kind) for name, kind in found.items()}
                for table, found in there.items()
            }
            sql.require_ours(self.name, columns, storages)
            for statement in sql.missing(columns, there, _TYPES, key=_KEY):
                _run(connection, statement)

    @contextmanager
    def session(self, series: Series) -> Iterator[PostgresSession]:
        with self._working() as connection:
            key = (" ".join(series.values),)
            _lock(connection, key, series.client_id, self.name)
            try:
                yield PostgresSession(connection, series, self.name)
            finally:
                # The server takes its time to see that a connection is gone.
                if not connection.broken:
                    connection.execute(f"select pg_advisory_unlock({_KEY_OF})", key)

    def close(self) -> None:
        """Do nothing: each connection ends with its block."""

    @contextmanager
    def _working(self) -> Iterator[Connection[Any]]:
        with connected(self._dsn) as connection, speaking(self.name):
            yield connection


class PostgresSession:
    """One series, locked for others."""

    def __init__(self, connection: Connection[Any], series: Series, name: str) -> None:
        self._connection = connection
        self._series = series
        self._name = name

    def windows(self) -> dict[date, Window]:
        with speaking(self._name):
            found = self._fetched(sql.select_windows("%s"), self._series.values)
        return sql.by_day(map(sql.window_of, found))

    def replace(self, part: Part) -> list[Change]:
        with speaking(self._name):
            self._make_room(part)
            with self._connection.transaction():
                before = comparable(part, self.windows())
                found = changes(part, self._old_rows(part) if before else (), before)
                self._replace(part)
                self._note(part, found)
            return found

    def _old_rows(self, part: Part) -> list[Row]:
        columns = sql.compared_columns(part)
        json = [name for name, kind in columns.items() if kind is Storage.JSON]
        statement = sql.select_rows(columns, json, "%s")
        return sql.fetched(columns, self._fetched(statement, sql.days_of(part)))

    def _make_room(self, part: Part) -> None:
        """Let counts hold fractions where Meta estimated some."""
        for name, kind in part.columns.items():
            if kind is Storage.COUNT and any(
                row[name] is not None and not _is_bigint(row[name]) for row in part.rows
            ):
                _run(
                    self._connection,
                    f"alter table {TABLE} alter column {sql.quoted(name)} type numeric",
                )

    def _replace(self, part: Part) -> None:
        self._execute(sql.delete_days(TABLE, "%s"), sql.days_of(part))
        named = (part.report, *part.series.values, part.report)
        self._execute(sql.rename_report("%s"), named)
        self._copy(TABLE, [*BASE, *part.columns], stored_rows(part))

    def _note(self, part: Part, found: list[Change]) -> None:
        self._execute(sql.delete_days(WINDOWS, "%s"), sql.days_of(part))
        self._copy(WINDOWS, sql.TABLES[WINDOWS], sql.window_rows(part))
        self._copy(CHANGES, sql.TABLES[CHANGES], sql.change_rows(found))

    def _copy(self, table: str, names: Iterable[str], rows: Iterable[Row]) -> None:
        into = f"copy {table} ({sql.listed(names)}) from stdin"
        with self._connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))

    def _fetched(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        return list(self._execute(statement, values))

    def _execute(self, statement: str, values: tuple[object, ...]) -> Any:
        return self._connection.execute(statement.encode(), values)


def _lock(
    connection: Connection[Any], key: tuple[str], client_id: str, name: str
) -> None:
    """
    Take the advisory lock *key* of the database's session.

    It ends with the connection, whatever ends that; of one that was killed the server
    may learn some moments later. Raises StoreError where another holds it.
    """
    from psycopg.errors import LockNotAvailable

    connection.execute(f"set lock_timeout = {_PATIENCE}")
    try:
        connection.execute(f"select pg_advisory_lock({_KEY_OF})", key)
    except LockNotAvailable:
        raise busy(client_id, name) from None
    connection.execute("set lock_timeout = 0")


def _run(connection: Connection[Any], statement: str) -> None:
    connection.execute(statement.encode())


def _is_bigint(value: object) -> bool:
    return isinstance(value, int) and -(2**63) <= value < 2**63
