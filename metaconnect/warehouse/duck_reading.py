"""SQL for a DuckDB file that is opened for reading only."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from .duck_errors import opened
from .reading import Answer, built, refused


def answer_of_duckdb(path: Path, statement: str) -> Answer:
    """Return what *statement* finds in the file. See `reading.answer`."""
    connection = opened(path, read_only=True)
    import duckdb

    try:
        # Else COPY could write another file, and a URL be asked.
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        found = connection.execute(statement)
        if found is None or not found.description:
            raise UsageError("The statement answers nothing.")
        names = [column[0] for column in found.description]
        kinds = [str(column[1]) for column in found.description]
        return built(names, kinds, found.fetchall())
    except duckdb.Error as exc:
        raise refused(exc) from None
    finally:
        connection.close()
