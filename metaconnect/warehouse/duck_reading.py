"""SQL for a DuckDB file that is opened for reading only."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Final

from ..errors import UsageError
from .duck_errors import opened
from .reading import Answer, built, refused

# Connections of one process to one file share their configuration, which is locked.
_ONE_AT_A_TIME: Final = Lock()


def answer_of_duckdb(path: Path, statement: str) -> Answer:
    """Return what *statement* finds in the file. See `reading.answer`."""
    with _ONE_AT_A_TIME:
        return _answer(path, statement)


def _answer(path: Path, statement: str) -> Answer:
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
