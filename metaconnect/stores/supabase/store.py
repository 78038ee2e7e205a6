"""
Connections in a Supabase project: rows of the dashboard's `meta_tokens`.

What may be seen and changed is decided there, by Row-Level Security.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from ...errors import (
    ClientNotFound,
    ConnectionChanged,
    MetaconnectError,
    NotConnected,
    StoreError,
    TablesMissing,
)
from ...models import Client, Connection, Row
from ..base import not_connected
from .client import DataAPI
from .clients import all_clients
from .columns import Names, OptionalColumns
from .errors import UNIQUE_SQL
from .exposure import ExposureProbe, as_stranger, exposed
from .project import SupabaseProject
from .rows import connection_of, row_of, versions_of
from .trial import UpsertTrial

# What is asked back of a write: never the token.
FACTS = ("client_id", "user_facebook_id", "ad_account_id", "token_expires_at")


class SupabaseStore:
    """
    The connection store of one project. Any number of threads may use it.

    *bearer* gives the access token of the signed-in user, or the secret API
    key for the service role. Without a session it raises, and so does every
    method: nothing is asked as `anon`, except whether `anon` is shut out.
    *renew* gives another token in the place of one that was refused.
    """

    def __init__(
        self,
        project: SupabaseProject,
        bearer: Callable[[], str],
        renew: Callable[[str], str] | None = None,
    ) -> None:
        self._project = project
        self._api = DataAPI(project, bearer, renew)
        self._tokens = self._api.table("meta_tokens")
        self._clients = self._api.table("clients")
        self._optional = OptionalColumns(self._tokens)
        self._trial = UpsertTrial(self._api)
        self._probe: ExposureProbe | None = None

    def __repr__(self) -> str:
        return f"SupabaseStore({self._project.url!r})"

    @property
    def name(self) -> str:
        return self._project.url

    def check(self, client_id: str) -> None:
        """Raise unless a save would work and nobody else could read it."""
        self._require_visible(client_id)
        self.check_exposure(client_id)
        self._try_to_save(client_id)

    def check_saving(self, client_id: str) -> None:
        """Like `check`, without asking what strangers can read."""
        self._require_visible(client_id)
        self._try_to_save(client_id)

    def check_columns(self) -> None:
        """Raise TablesMissing unless every column that is needed can be read."""
        self._optional.require_needed()

    def check_exposure(self, client_id: str) -> None:
        """
        Raise TokensExposed where the publishable key alone reaches tokens.

        *client_id* is an id that exists. Nothing is written.
        """
        probe = ExposureProbe(self._stranger())
        probe.check(client_id)
        self._probe = probe if probe.undecided else None

    def clients(self) -> list[Client]:
        return all_clients(self._clients)

    def get(self, client_id: str) -> Connection:
        rows = self._read({"client_id": client_id}, client_id)
        if not rows:
            raise not_connected(client_id)
        if len(rows) > 1:
            raise _several_rows(client_id)
        return connection_of(rows[0])

    def only(self) -> Connection | None:
        rows = self._read({})
        return connection_of(rows[0]) if len(rows) == 1 else None

    def connections(self) -> list[Connection]:
        rows = self._tokens.all(("*",), "client_id")
        return [
            connection_of(row)
            for row in rows
            if row.get("client_id") is not None and row.get("access_token", True)
        ]

    def save(self, connection: Connection) -> Connection:
        client_id = connection.client_id

        def upsert(names: Names) -> list[Row]:
            row = row_of(connection, names)
            returning = (*FACTS, *names)
            return self._tokens.upsert(row, "client_id", returning, client_id=client_id)

        rows = self._optional.run(upsert)
        if not rows:
            # Policies that let a row be written and not be seen.
            raise StoreError(
                f"The connection of client {client_id!r} was saved but cannot be read."
            )
        self._require_unseen(client_id)
        return _stored(rows[0], connection)

    def replace(self, old: Connection, new: Connection) -> Connection:
        for version in versions_of(old):
            if rows := self._optional.run(partial(self._update, old, new, version)):
                return _stored(rows[0], new)
        raise ConnectionChanged(
            f"The connection of client {old.client_id!r} was changed meanwhile, "
            "or is no longer yours to change."
        )

    def delete(self, client_id: str) -> None:
        where = {"client_id": client_id}
        if not self._tokens.delete(where, ("client_id",), client_id=client_id):
            raise NotConnected(
                f"Client {client_id!r} is not connected, "
                "or is not yours to disconnect.",
                hint="See what there is:  metaconnect clients list",
            )

    def _read(self, where: Row, client_id: str | None = None) -> list[Row]:
        rows = self._tokens.select(where=where, limit=2, client_id=client_id)
        if rows:
            self._optional.seen(rows[0])
        return rows

    def _update(
        self, old: Connection, new: Connection, version: Row, names: Names
    ) -> list[Row]:
        before, after = row_of(old, names), row_of(new, names)
        # Only what differs: a newer token that the table cannot tell by its
        # other columns is then not overwritten with the one that was read.
        values = {name: value for name, value in after.items() if value != before[name]}
        values = values or {"ad_account_id": after["ad_account_id"]}
        returning = (*FACTS, *names)
        about = {"client_id": old.client_id}
        return self._tokens.update(values, version, returning, **about)

    def _try_to_save(self, client_id: str) -> None:
        self._optional.run(partial(self._trial.run, client_id, FACTS))

    def _require_visible(self, client_id: str) -> None:
        rows = self._clients.select(
            ("id",), {"id": client_id}, limit=1, client_id=client_id
        )
        if not rows:
            raise ClientNotFound(
                f"Client {client_id!r} does not exist, or is not yours to see."
            )

    def _stranger(self) -> DataAPI:
        is_service_role = self._api.bearer() == self._project.key
        return as_stranger(self._project, is_service_role=is_service_role)

    def _require_unseen(self, client_id: str) -> None:
        """Take a token back that turns out to be visible to strangers."""
        if self._probe and self._probe.sees(client_id):
            with suppress(MetaconnectError):
                self.delete(client_id)
            raise exposed("meta_tokens")


def _several_rows(client_id: str) -> TablesMissing:
    return TablesMissing(
        f"The table meta_tokens holds several rows of client {client_id!r}; "
        "one row for each client is needed.",
        hint="Where each row is for another ad account: METACONNECT_STORE=local "
        "keeps connections on this machine. Else delete all but one, then:  "
        + UNIQUE_SQL.format(table="meta_tokens"),
    )


def _stored(row: Row, written: Connection) -> Connection:
    """Return what *row* says, with the token that was not asked back."""
    return connection_of({**row, "access_token": written.token.value})
