"""The clients of the signed-in user: the dashboard's own table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...errors import ClientNotFound, ConfigError, ErrorTemplate, UsageError
from ...models import Client, Row
from .client import DataAPI, Table
from .errors import ColumnMissing
from .project import SupabaseProject

_IN_THE_DASHBOARD = "Add the client in the dashboard."
# What the codes mean where a row of `clients` is written.
OVERRIDES: Mapping[str, ErrorTemplate] = {
    "23502": ErrorTemplate(
        ConfigError,
        "The table {table} requires more columns: {reason}",
        "Add the client in the dashboard. (The service role is no user and owns "
        "no client: log in instead.)",
    ),
    "23503": ErrorTemplate(
        UsageError,
        "Rows of other tables still refer to {about}: {reason}",
        "Remove it in the dashboard.",
    ),
    "23505": ErrorTemplate(UsageError, "{About} already exists.", ""),
    "23514": ErrorTemplate(
        UsageError, "The table {table} refuses {about}: {reason}", ""
    ),
    "policy": ErrorTemplate(
        ConfigError,
        "The policies of the table {table} do not let you add a client.",
        _IN_THE_DASHBOARD,
    ),
}


class ClientAdmin:
    """Adds and removes clients. Raises as a connection store does."""

    def __init__(
        self,
        project: SupabaseProject,
        bearer: Callable[[], str],
        renew: Callable[[str], str] | None = None,
    ) -> None:
        self._table = DataAPI(project, bearer, renew).table("clients", OVERRIDES)

    def clients(self) -> list[Client]:
        """Return the clients that the user may see, by name."""
        return all_clients(self._table)

    def add_client(self, name: str) -> Client:
        """Add a client of the signed-in user and return it with its new id."""
        about = f"client {name!r}"
        (row,) = self._table.insert({"name": name}, ("id", "name"), about=about)
        return _client(row)

    def remove_client(self, id_or_name: str) -> Client:
        """
        Remove a client and, with it, its connection; return what was removed.

        Raises ClientNotFound, also where the client is not the user's own, and
        UsageError where several have that name.
        """
        client = self.named(id_or_name)
        about = f"client {client.name!r}"
        if not self._table.delete({"id": client.id}, ("id",), about=about):
            raise ClientNotFound(
                f"Client {client.name!r} is not yours to remove: its owner can."
            )
        return client

    def named(self, id_or_name: str) -> Client:
        """Return the client that is meant. Raises ClientNotFound, and UsageError."""
        clients = self.clients()
        found = [client for client in clients if client.id == id_or_name]
        found = found or [client for client in clients if client.name == id_or_name]
        if not found:
            raise ClientNotFound(f"There is no client {id_or_name!r}.")
        if len(found) > 1:
            ids = ", ".join(client.id for client in found)
            raise UsageError(
                f"{len(found)} clients are called {id_or_name!r}: {ids}.",
                hint="Say which one by its id.",
            )
        return found[0]


def all_clients(table: Table) -> list[Client]:
    """Return every client that *table* shows, by name."""
    try:
        rows = table.all(("id", "name"), "id")
    except ColumnMissing:
        rows = table.all(("id",), "id")  # the dashboard has no column `name`
    return sorted(map(_client, rows), key=lambda client: (client.name, client.id))


def _client(row: Row) -> Client:
    client_id = str(row["id"])
    return Client(id=client_id, name=str(row.get("name") or client_id))
