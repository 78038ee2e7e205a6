"""
Connections in a Supabase project: rows of the dashboard's `meta_tokens`.

What may be seen and changed is decided there, by Row-Level Security.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...errors import (
    ClientNotFound,
    ConfigError,
    ConnectionChanged,
    NotConnected,
    StoreError,
    TablesMissing,
)
from ...models import Client, Connection
from ..base import not_connected
from .client import DataAPI, Row
from .clients import all_clients
from .errors import UNIQUE_SQL, ColumnMissing
from .project import SupabaseProject, user_id_in
from .rows import COLUMNS, columns_missing, connection_of, facts_of, row_of

# What is asked back of a write: never the token.
FACTS = ("client_id", "user_facebook_id", "ad_account_id", "token_expires_at")
DATES = ("created_at", "updated_at")  # where the table keeps them


class SupabaseStore:
    """
    The connection store of one project.

    *bearer* gives the access token of the signed-in user, or the secret API
    key for the service role. Without a session it raises, and so does every
    method: nothing is ever asked as `anon`.
    """

    def __init__(self, project: SupabaseProject, bearer: Callable[[], str]) -> None:
        self._project = project
        self._api = DataAPI(project, bearer)
        self._tokens = self._api.table("meta_tokens")
        self._clients = self._api.table("clients")
        self._dates: list[tuple[str, ...]] = [DATES, ()]

    def __repr__(self) -> str:
        return f"SupabaseStore({self._project.url!r})"

    def check(self, client_id: str) -> None:
        """Three requests, one of them an upsert of no row; nothing is written."""
        client = self._visible(client_id)
        self._written(self._dry_run)
        if self._is_only_viewed(client):
            raise ClientNotFound(
                f"Client {client_id!r} is yours to see, not to change.",
                hint="Ask its owner to make you an editor.",
            )

    def clients(self) -> list[Client]:
        return all_clients(self._clients)

    def get(self, client_id: str) -> Connection:
        rows = self._read({"client_id": client_id}, _about(client_id))
        if not rows:
            raise not_connected(client_id)
        if len(rows) > 1:
            raise TablesMissing(
                f"The table meta_tokens holds several rows of {_about(client_id)}.",
                hint="Delete all but one, then:  "
                + UNIQUE_SQL.format(table="meta_tokens"),
            )
        return connection_of(rows[0])

    def only(self) -> Connection | None:
        rows = self._read({}, "")
        return connection_of(rows[0]) if len(rows) == 1 else None

    def save(self, connection: Connection) -> Connection:
        about = _about(connection.client_id)

        def upsert(returning: Sequence[str]) -> list[Row]:
            row = row_of(connection)
            return self._tokens.upsert(row, "client_id", returning, about=about)

        rows = self._written(upsert)
        if not rows:
            # Policies that let a row be written and not be seen.
            raise StoreError(f"The connection of {about} was saved but stays unseen.")
        return _stored(rows[0], connection)

    def replace(self, old: Connection, new: Connection) -> Connection:
        about = _about(old.client_id)
        before = row_of(old)
        # Only what differs: a newer token that the table cannot tell by its
        # other columns is then not overwritten with the one that was read.
        values = {n: v for n, v in row_of(new).items() if v != before[n]}
        values = values or {"ad_account_id": new.ad_account_id}

        def update(returning: Sequence[str]) -> list[Row]:
            return self._tokens.update(values, facts_of(old), returning, about=about)

        rows = self._written(update)
        if not rows:
            raise ConnectionChanged(
                f"The connection of {about} was changed meanwhile, "
                "or is no longer yours to change."
            )
        return _stored(rows[0], new)

    def delete(self, client_id: str) -> None:
        where, about = {"client_id": client_id}, _about(client_id)
        if not self._tokens.delete(where, ("client_id",), about=about):
            raise NotConnected(
                f"Client {client_id!r} is not connected, "
                "or is not yours to disconnect.",
                hint="See what there is:  metaconnect clients list",
            )

    def _read(self, where: dict[str, str], about: str) -> list[Row]:
        rows = self._tokens.select(where=where, limit=2, about=about)
        if rows:
            self._dates = [tuple(name for name in DATES if name in rows[0])]
        return rows

    def _written(self, write: Callable[[Sequence[str]], list[Row]]) -> list[Row]:
        """
        Run *write*, asking for the dates that the table keeps.

        Which these are is found out once. A column that is not there undoes
        the whole write, so that trying again is safe.
        """
        for dates in tuple(self._dates):
            try:
                rows = write((*FACTS, *dates))
            except ColumnMissing:
                continue
            self._dates = [dates]
            return rows
        raise self._columns_missing()

    def _columns_missing(self) -> TablesMissing:
        missing = []
        for name in COLUMNS:
            try:
                self._tokens.select((name,), limit=0)
            except ColumnMissing:
                missing.append(name)
        return columns_missing(missing)

    def _dry_run(self, returning: Sequence[str]) -> list[Row]:
        self._tokens.dry_run_upsert(tuple(COLUMNS), "client_id", returning)
        return []

    def _visible(self, client_id: str) -> Row:
        where, about = {"id": client_id}, _about(client_id)
        rows = self._clients.select(where=where, limit=1, about=about)
        if not rows:
            raise ClientNotFound(
                f"Client {client_id!r} does not exist, or is not yours to see."
            )
        return rows[0]

    def _is_only_viewed(self, client: Row) -> bool:
        """
        Whether the user is a mere viewer, where our own `client_members` says it.

        Other dashboards keep other rules; there a save finds out.
        """
        user_id = user_id_in(self._api.bearer())
        if user_id is None or client.get("owner_id") == user_id:
            return False
        where = {"client_id": str(client["id"]), "user_id": user_id}
        try:
            rows = self._api.table("client_members").select(("role",), where)
        except (ConfigError, ClientNotFound):
            return False
        return [row["role"] for row in rows] == ["viewer"]


def _stored(row: Row, written: Connection) -> Connection:
    """Return what *row* says, with the token that was not asked back."""
    return connection_of({**row, "access_token": written.token.value})


def _about(client_id: str) -> str:
    return f"client {client_id!r}"
