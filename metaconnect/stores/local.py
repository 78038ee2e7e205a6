"""
Connections on this machine: the facts in SQLite, the tokens in the secret store.

A row names the secret that belongs to it. A save stores the token under a new
name first, and then lets the row point to it: whenever the process is killed,
the former or the new connection is complete. A token that no row names is an
orphan, and is deleted by the next write.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from logging import getLogger
from pathlib import Path
from uuid import uuid4

from ..errors import ConnectionChanged, MetaconnectError, NotConnected
from ..models import Client, Connection
from ..redact import command
from . import local_rows
from .base import not_connected
from .database import BUSY_TIMEOUT, Database
from .secrets import SecretStore

TOKEN = "token "  # noqa: S105  how the names of its secrets begin
CLEANUP_TIMEOUT = 1.0  # seconds; what is not cleaned up now, the next write does

logger = getLogger("metaconnect")


class LocalStore:
    """The connection store of one data folder."""

    name = "this machine"

    def __init__(self, folder: Path, secrets: SecretStore) -> None:
        self._database = Database(folder / "connections.db")
        self._secrets = secrets

    def __repr__(self) -> str:
        return f"LocalStore({str(self._database.path)!r})"

    def check(self, client_id: str) -> None:
        del client_id  # any client may be connected here
        self._secrets.check()
        self._delete_orphans()

    def clients(self) -> list[Client]:
        ids = [row["client_id"] for row in self._rows()]
        return [Client(id=client_id, name=client_id) for client_id in ids]

    def get(self, client_id: str) -> Connection:
        # Twice: between row and secret another process may save anew.
        for _ in range(2):
            row = next(iter(self._rows("where client_id = ?", client_id)), None)
            if row is None:
                raise not_connected(client_id)
            token = self._secrets.get(row["secret_name"])
            if token is not None:
                return local_rows.connection(row, token)
        raise _token_lost(client_id)

    def only(self) -> Connection | None:
        clients = self.clients()
        return self.get(clients[0].id) if len(clients) == 1 else None

    def connections(self) -> list[Connection]:
        rows = self._rows()
        tokens = self._secrets.get_all() if rows else {}
        if any(row["secret_name"] not in tokens for row in rows):  # as in `get`
            rows, tokens = self._rows(), self._secrets.get_all()
        found = []
        for row in rows:
            if row["secret_name"] in tokens:
                found.append(local_rows.connection(row, tokens[row["secret_name"]]))
            else:
                logger.warning("%s", _token_lost(row["client_id"]))
        return found

    def save(self, connection: Connection) -> Connection:
        return self._put(connection, None)

    def replace(self, old: Connection, new: Connection) -> Connection:
        return self._put(new, old)

    def delete(self, client_id: str) -> None:
        with self._database.transaction() as db:
            query = "delete from meta_tokens where client_id = ?"
            if not db.execute(query, (client_id,)).rowcount:
                raise not_connected(client_id)
        self._delete_orphans()

    def _put(self, new: Connection, old: Connection | None) -> Connection:
        secret_name = f"{TOKEN}{new.client_id} {uuid4().hex}"
        try:
            with self._database.transaction() as db:
                if old:
                    _require_unchanged(db, old)
                self._secrets.set(secret_name, new.token.value)
                row = local_rows.upsert(db, new, secret_name, datetime.now(UTC))
        finally:
            # After an error too, and not by where it arose: a signal can raise
            # one when the commit is done. What the database says decides which
            # of the two tokens is the orphan.
            with suppress(MetaconnectError):
                self._delete_orphans(CLEANUP_TIMEOUT)
        return local_rows.connection(row, new.token.value)

    def _delete_orphans(self, timeout: float = BUSY_TIMEOUT) -> None:
        # Whoever saves stores the token and its row in one write transaction:
        # no token can be between the two while this one is open.
        with self._database.transaction(timeout) as db:
            rows = db.execute("select secret_name from meta_tokens")
            named = {row["secret_name"] for row in rows}
            tokens = {n for n in self._secrets.get_all() if n.startswith(TOKEN)}
            self._secrets.delete(*(tokens - named))

    def _rows(self, where: str = "", *values: str) -> list[sqlite3.Row]:
        if not self._database.exists():
            return []
        with self._database.opened() as db:
            return local_rows.select(db, where, *values)


def _require_unchanged(db: sqlite3.Connection, old: Connection) -> None:
    rows = local_rows.select(db, "where client_id = ?", old.client_id)
    if not rows or local_rows.moment(rows[0]["updated_at"]) != old.updated_at:
        raise ConnectionChanged(
            f"The connection of client {old.client_id!r} was changed meanwhile."
        )


def _token_lost(client_id: str) -> NotConnected:
    return NotConnected(
        f"The token of client {client_id!r} is gone from the secret store.",
        hint="Connect it again, or see whether METACONNECT_SECRETS was another:  "
        + command("connect", client_id),
    )
