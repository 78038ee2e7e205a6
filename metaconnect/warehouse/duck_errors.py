"""A DuckDB file is opened, and what DuckDB says becomes one of our errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, MetaconnectError, StoreError, UsageError
from ..redact import clean

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NO_DUCKDB = "Install it:  pip install 'metaconnect[duckdb]'"


def opened(path: Path, *, read_only: bool = False) -> DuckDBPyConnection:
    """
    Open the file at *path*, which is made where it is missing and may be written.

    Raises UsageError for what is no DuckDB file, and StoreError where another program
    has it.
    """
    try:
        import duckdb
    except ImportError:
        raise ConfigError("DuckDB is not installed.", hint=NO_DUCKDB) from None
    _require_place(path, read_only=read_only)
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as exc:
        raise _not_opened(path, str(exc)) from None
    # A time is printed in UTC, wherever it is read.
    connection.execute("set timezone = 'UTC'")
    return connection


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Raise what DuckDB says about the file *name* as StoreError or ConfigError."""
    import duckdb

    try:
        yield
    except (
        duckdb.IOException,
        duckdb.OutOfMemoryException,
        duckdb.FatalException,  # what every call says after an error of the disk
        OSError,
    ) as exc:
        raise StoreError(f"{name} cannot be written: {_reason(exc)}") from None
    except duckdb.Error as exc:
        raise ConfigError(f"DuckDB refused to write {name}: {_reason(exc)}") from None


def _require_place(path: Path, *, read_only: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it.")
    if not path.exists() and read_only:
        raise UsageError(f"There is no file {path}.")
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no such folder.")


def _not_opened(path: Path, text: str) -> MetaconnectError:
    if "lock" in text:
        who = re.search(r"PID (\d+)", text)
        by = f" (process {who[1]})" if who else ""
        return StoreError(
            f"{path} is in use by another program{by}.",
            hint="DuckDB lets one program write at a time: try again when it is done.",
        )
    if "not a valid DuckDB" in text:
        return UsageError(f"{path} is not a DuckDB file.")
    if "Permission denied" in text:
        return UsageError(f"{path} cannot be opened: Permission denied.")
    return StoreError(f"{path} cannot be opened: {clean(text)}")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror}."
    return clean(re.sub(r"^[A-Za-z ]+Error: ", "", str(error))).rstrip(".") + "."
