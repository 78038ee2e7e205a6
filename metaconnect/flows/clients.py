"""Which client is meant, where the command does not say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import UsageError
from ..models import Client, Connection
from ..stores.base import ConnectionStore

Pick = Callable[[Sequence[Client]], str]


def client_to_connect(
    named: str | None, store: ConnectionStore, pick: Pick | None
) -> str:
    """
    Return *named*, else the only client, else the one picked.

    Where nobody can be asked (*pick* is None), raises UsageError with the list.
    """
    if named:
        return named
    clients = store.clients()
    if len(clients) == 1:
        return clients[0].id
    return _picked(clients, pick)


def connection_to_use(
    named: str | None, store: ConnectionStore, pick: Pick | None
) -> Connection:
    """
    Return the connection of *named*, else the only one, else that of the
    client picked. Raises NotConnected, and UsageError as above.
    """
    if named:
        return store.get(named)
    if connection := store.only():
        return connection
    clients = store.clients()
    if len(clients) == 1:
        return store.get(clients[0].id)
    return store.get(_picked(clients, pick))


def _picked(clients: Sequence[Client], pick: Pick | None) -> str:
    if pick:
        return pick(clients)
    if not clients:
        raise UsageError(
            "Which client? None is connected yet.",
            hint="Name one:  metaconnect connect --client NAME",
        )
    listed = ", ".join(
        c.id if c.id == c.name else f"{c.id} ({c.name})" for c in clients
    )
    raise UsageError(
        f"Which client? There are {len(clients)}: {listed}.",
        hint="Say it with --client, or set METACONNECT_CLIENT.",
    )
