"""Which client is meant, and whether its connection may be used as things are set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ..errors import ConfigError, NotConnected, UsageError
from ..models import Client, Connection, MetaHost
from ..redact import command
from ..stores.base import ConnectionStore
from .threads import in_thread

# Returns the client that a person picked, None where they picked nothing.
PickClient = Callable[[Sequence[Client]], str | None]
MAX_LISTED = 10  # clients in an error message
EXPIRES_SOON = timedelta(days=7)


async def client_to_connect(
    named: str | None, store: ConnectionStore, pick: PickClient | None
) -> str:
    """
    Return *named*, else the only client, else the one picked.

    Raises UsageError where nothing was picked, and with the list of clients
    where nobody can be asked (*pick* is None).
    """
    if named:
        return named
    clients = await in_thread(store.clients)
    if len(clients) == 1:
        return clients[0].id
    if not clients and not pick:
        raise UsageError(
            "Which client? None is connected yet.",
            hint="Name one:  metaconnect connect --client NAME",
        )
    return _picked(clients, pick)


async def connection_to_use(
    named: str | None, store: ConnectionStore, pick: PickClient | None
) -> Connection:
    """
    Return the connection of *named*, else the only one, else that of the client
    picked.

    Raises NotConnected where there is none, and UsageError as `client_to_connect`.
    """
    if named:
        return await _connection(named, store)
    if connection := await in_thread(store.only):
        return connection
    clients = await in_thread(store.clients)
    if not clients:
        raise NotConnected(
            f"Nothing is connected yet on {store.name}.",
            hint="Connect a client:  metaconnect connect --client NAME\n"
            "Or look around without a Meta app:  metaconnect demo",
        )
    if len(clients) == 1:
        return await in_thread(store.get, clients[0].id)
    return await in_thread(store.get, _picked(clients, pick))


def require_same_issuer(
    connection: Connection, host: MetaHost, app_id: str | None
) -> None:
    """
    Raise ConfigError where another Graph API host or app issued the token.

    A token is sent only to the host that issued it, and only with the proof of the
    app that issued it. Where the table has no columns for these, the settings
    decide alone: they never come from a file of the working folder.
    """
    client = connection.client_id
    if connection.graph_url not in (None, host.graph_url):
        raise ConfigError(
            f"Client {client!r} was connected at {connection.graph_url}, "
            f"and META_GRAPH_URL is {host.graph_url}.",
            hint=f"Set META_GRAPH_URL={connection.graph_url}, or log in anew:  "
            + command("connect --force", client),
        )
    if app_id and connection.app_id not in (None, app_id):
        raise ConfigError(
            f"Client {client!r} was connected with the app {connection.app_id}, "
            f"and META_APP_ID is {app_id}.",
            hint=f"Set META_APP_ID={connection.app_id} (and its secret), or log in "
            f"anew:  {command('connect --force', client)}",
        )


def notes_on(connection: Connection, host: MetaHost, now: datetime) -> list[str]:
    """Return what a person should know before the connection is used."""
    notes = []
    if not host.is_meta:
        notes.append(
            f"The Graph API host is {host.graph_url}, not Meta's: "
            "the numbers may be invented."
        )
    expires_at = connection.token.expires_at
    if expires_at and now < expires_at <= now + EXPIRES_SOON:
        days = -(-(expires_at - now) // timedelta(days=1))
        notes.append(
            f"The token of client {connection.client_id!r} expires in "
            f"{days} day{'s' * (days > 1)}. Log in again:  "
            + command("connect --force", connection.client_id)
        )
    return notes


async def _connection(client_id: str, store: ConnectionStore) -> Connection:
    try:
        return await in_thread(store.get, client_id)
    except NotConnected as error:
        similar = await _similar(client_id, store)
        if similar:
            error.hint = f"Did you mean {similar!r}? {error.hint}"
        raise


async def _similar(client_id: str, store: ConnectionStore) -> str | None:
    """Return the client whose id or name is most like *client_id*, if any is."""
    from difflib import get_close_matches

    by_text: dict[str, str] = {}
    for client in await in_thread(store.clients):
        by_text |= {client.id.casefold(): client.id, client.name.casefold(): client.id}
    close = get_close_matches(client_id.casefold(), by_text, n=1)
    found = by_text[close[0]] if close else None
    return None if found == client_id else found


def _picked(clients: Sequence[Client], pick: PickClient | None) -> str:
    if pick:
        if picked := pick(clients):
            return picked
        raise UsageError("No client was chosen: nothing was done.", hint="")
    listed = ", ".join(
        c.id if c.id == c.name else f"{c.id} ({c.name})" for c in clients[:MAX_LISTED]
    )
    more = ", …" if len(clients) > MAX_LISTED else ""
    raise UsageError(
        f"Which client? There are {len(clients)}: {listed}{more}.",
        hint="Name it with --client, or set METACONNECT_CLIENT.",
    )
