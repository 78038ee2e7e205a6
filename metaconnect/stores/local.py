"""
Connections on this machine: the facts in SQLite, the tokens in the vault.

A row names the secret that belongs to it. A save puts the token down under a
name of its own first and lets one transaction point to it: killed half-way,
it leaves the former connection whole.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from ..errors import ConfigError, ConnectionChanged, NotConnected, StoreError
from ..models import AccessToken, Client, Connection
from .base import not_connected
from .secrets import LOOK_AT_THE_FOLDER, SecretStore

SCHEMA_VERSION = 1
SCHEMA = """
create table meta_tokens (
  client_id        text primary key,
  secret_name      text not null unique,
  user_facebook_id text not null,
  ad_account_id    text,
  token_expires_at text,
  created_at       text not null,
  updated_at       text not null
) strict
"""
BUSY_TIMEOUT = 10.0  # seconds to wait for another process's transaction

Row = tuple[str, str, str, str | None, str | None, str, str]
COLUMNS = (
    "client_id, secret_name, user_facebook_id, ad_account_id, "
    "token_expires_at, created_at, updated_at"
)


class LocalStore:
    """The connection store of one data folder."""

    def __init__(self, folder: Path, vault: SecretStore) -> None:
        self._path = folder / "connections.db"
        self._vault = vault

    def __repr__(self) -> str:
        return f"LocalStore({str(self._path)!r})"

    def check(self, client_id: str) -> None:
        del client_id  # anybody may be connected here
        self._vault.check()
        with self._transaction():
            pass

    def clients(self) -> list[Client]:
        return [Client(id=row[0], name=row[0]) for row in self._rows()]

    def get(self, client_id: str) -> Connection:
        # Twice: between row and secret another process may save anew.
        for _ in range(2):
            row = next(iter(self._rows("where client_id = ?", client_id)), None)
            if row is None:
                raise not_connected(client_id)
            if (value := self._vault.get(row[1])) is not None:
                return _connection(row, value)
        raise NotConnected(
            f"The token of client {client_id!r} is gone from the secret store."
        )

    def only(self) -> Connection | None:
        clients = self.clients()
        return self.get(clients[0].id) if len(clients) == 1 else None

    def save(self, connection: Connection) -> Connection:
        return self._put(connection, None)

    def replace(self, old: Connection, new: Connection) -> Connection:
        return self._put(new, old)

    def delete(self, client_id: str) -> None:
        with self._transaction() as db:
            former = _secret_name(db, client_id)
            db.execute("delete from meta_tokens where client_id = ?", (client_id,))
        if former is None:
            raise not_connected(client_id)
        self._vault.delete(former)

    def _put(self, new: Connection, old: Connection | None) -> Connection:
        secret_name = f"token {new.client_id} {uuid4().hex}"
        self._vault.set(secret_name, new.token.value)
        try:
            with self._transaction() as db:
                former = _secret_name(db, new.client_id)
                if old:
                    _require_unchanged(db, old)
                _upsert(db, new, secret_name)
        except BaseException:
            self._vault.delete(secret_name)
            raise
        if former:
            # Nothing points to it any more; a failure here loses nothing.
            with suppress(StoreError):
                self._vault.delete(former)
        return self.get(new.client_id)

    def _rows(self, where: str = "", *values: str) -> list[Row]:
        if not self._path.is_file():
            return []
        query = f"select {COLUMNS} from meta_tokens {where} order by client_id"  # noqa: S608  our own words
        with self._database() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._database() as db:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        db = None
        try:
            _make_private(self._path)
            db = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None)
            _prepare(db, self._path)
            yield db
        except (sqlite3.Error, OSError) as exc:
            raise StoreError(
                f"{self._path} cannot be used: {exc}.", hint=LOOK_AT_THE_FOLDER
            ) from exc
        finally:
            if db:
                db.close()


def _make_private(path: Path) -> None:
    """Create the file as 0600; SQLite gives its journals the same mode."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".connections-")
    # Closed before it has its name: closing a file drops every POSIX lock that
    # this process, another thread's SQLite included, holds on it.
    # https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled
    os.close(descriptor)
    with suppress(FileExistsError):
        os.link(fresh, path)
    Path(fresh).unlink()


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("pragma user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise ConfigError(
            f"{path} was made by a newer metaconnect.", hint="Update metaconnect."
        )
    db.execute("pragma journal_mode = wal")
    db.execute("begin immediate")
    # Another process may have been first while we waited for the lock.
    if db.execute("pragma user_version").fetchone()[0] == 0:
        db.execute(SCHEMA)
        db.execute(f"pragma user_version = {SCHEMA_VERSION}")
    db.execute("commit")


def _secret_name(db: sqlite3.Connection, client_id: str) -> str | None:
    query = "select secret_name from meta_tokens where client_id = ?"
    row = db.execute(query, (client_id,)).fetchone()
    return row[0] if row else None


def _require_unchanged(db: sqlite3.Connection, old: Connection) -> None:
    query = "select updated_at from meta_tokens where client_id = ?"
    row = db.execute(query, (old.client_id,)).fetchone()
    if row is None or row[0] != _text(old.updated_at):
        raise ConnectionChanged(
            f"The connection of client {old.client_id!r} was changed meanwhile."
        )


def _upsert(db: sqlite3.Connection, new: Connection, secret_name: str) -> None:
    now = _text(datetime.now(UTC))
    db.execute(
        f"insert into meta_tokens ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
        "on conflict (client_id) do update set secret_name = excluded.secret_name, "
        "user_facebook_id = excluded.user_facebook_id, "
        "ad_account_id = excluded.ad_account_id, "
        "token_expires_at = excluded.token_expires_at, "
        "updated_at = excluded.updated_at",
        (
            new.client_id,
            secret_name,
            new.user_facebook_id,
            new.ad_account_id,
            _text(new.token.expires_at),
            now,
            now,
        ),
    )


def _connection(row: Row, token: str) -> Connection:
    client_id, _, user_facebook_id, ad_account_id, expires_at, created, updated = row
    return Connection(
        client_id=client_id,
        token=AccessToken(
            value=token,
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        ),
        user_facebook_id=user_facebook_id,
        ad_account_id=ad_account_id,
        created_at=datetime.fromisoformat(created),
        updated_at=datetime.fromisoformat(updated),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
