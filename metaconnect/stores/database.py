"""The SQLite database of the data folder: opening, schema, transactions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from ..errors import ConfigError, StoreError, UsageError
from ..private_files import OTHER_FOLDER, mend_mode, private_folder, require_private
from .secrets import LOOK_AT_THE_FOLDER

SCHEMA_VERSION = 2
SCHEMA = """
create table meta_tokens (
  client_id        text primary key,
  secret_name      text not null unique,
  user_facebook_id text not null,
  user_name        text,
  ad_account_id    text,
  ad_account_name  text,
  currency         text,
  timezone_name    text,
  graph_url        text,
  app_id           text,
  token_expires_at text,
  created_at       text not null,
  updated_at       text not null
) strict
"""
ADDED_IN_2 = (
    "user_name",
    "ad_account_name",
    "currency",
    "timezone_name",
    "graph_url",
    "app_id",
)
BUSY_TIMEOUT = 10.0  # seconds to wait for another process's transaction

_creation = Lock()


class Database:
    """The database file *path*. Each use opens it anew, in any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        require_private(self.path.parent)
        return os.path.lexists(self.path)

    @contextmanager
    def opened(self, timeout: float = BUSY_TIMEOUT) -> Iterator[sqlite3.Connection]:
        """Open the database, which is created where there is none."""
        try:
            private_folder(self.path.parent)
            _make_private(self.path)
            with closing(_connect(self.path, timeout)) as db:
                _prepare(db, self.path)
                yield db
        except UnicodeEncodeError as exc:
            # For example a command-line argument that is not valid UTF-8.
            raise UsageError(f"{exc.object!r} is not valid text.") from exc
        except (sqlite3.Error, OSError) as exc:
            raise StoreError(
                f"{self.path} cannot be used: {exc}.", hint=LOOK_AT_THE_FOLDER
            ) from exc

    @contextmanager
    def transaction(
        self, timeout: float = BUSY_TIMEOUT
    ) -> Iterator[sqlite3.Connection]:
        """Open the database as its only writer; commit unless an error arises."""
        with self.opened(timeout) as db:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                if db.in_transaction:
                    db.execute("rollback")
                raise
            db.execute("commit")


def _connect(path: Path, timeout: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


def _make_private(path: Path) -> None:
    """Create the file as 0600; SQLite gives its journals the same mode."""
    if path.is_symlink():  # SQLite would follow it
        raise ConfigError(f"{path} is a symbolic link.", hint=OTHER_FOLDER)
    # Closing a file drops every POSIX lock that this process, another thread's
    # SQLite included, holds on it: nobody may open it between our two lines.
    # https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled
    with _creation, suppress(FileExistsError):
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    mend_mode(path)


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date."""
    version = _version(db)
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise ConfigError(
            f"{path} was made by a newer metaconnect.", hint="Update metaconnect."
        )
    db.execute("pragma journal_mode = wal")
    db.execute("begin immediate")
    # Another process may have been first while we waited for the lock.
    _migrate(db, _version(db))
    db.execute("commit")


def _migrate(db: sqlite3.Connection, version: int) -> None:
    if version == 0:
        db.execute(SCHEMA)
    elif version == 1:
        for column in ADDED_IN_2:
            db.execute(f"alter table meta_tokens add column {column} text")
    db.execute(f"pragma user_version = {SCHEMA_VERSION}")


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("pragma user_version").fetchone()[0]
    return version
