"""Rows go into DuckDB through a file that it reads itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..models import Row
from . import sql

if TYPE_CHECKING:  # loaded where a file is opened
    from duckdb import DuckDBPyConnection


@contextmanager
def scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="metaconnect-") as folder:
        yield Path(folder)


class Loader:
    """Reads rows by DuckDB's own reader: inserted one by one they take a minute."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        folder: Path,
        types: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._types = types

    def load(self, table: str, rows: Sequence[Row]) -> None:
        """Insert *rows*, which have the same keys, all of them columns of *table*."""
        if rows:
            self._run(f"insert into {table} by name", table, rows)

    def read(self, table: str, rows: Sequence[Row]) -> str:
        """Put *rows*, as for `load`, into a passing table, and return its name."""
        self._run(f"create or replace temp table fresh_{table} as", table, rows)
        return f"temp.fresh_{table}"

    def _run(self, what: str, table: str, rows: Sequence[Row]) -> None:
        path = self._folder / f"{table}.ndjson"
        # Decimals as texts: as numbers they would become floats on the way.
        path.write_bytes(msgspec.json.Encoder().encode_lines(rows))
        types = {name: self._types[table][name] for name in rows[0]}
        # JSON as text: DuckDB would write its numbers anew, and lose digits.
        given = {n: "VARCHAR" if t == "JSON" else t for n, t in types.items()}
        names = {name: sql.quoted(name) for name in types}
        chosen = ", ".join(f"{names[n]}::{t} as {names[n]}" for n, t in types.items())
        self._connection.execute(
            f"{what} select {chosen} from read_json(?, columns = ?, "
            "format = 'newline_delimited', maximum_object_size = 67108864)",
            (str(path), given),
        )
