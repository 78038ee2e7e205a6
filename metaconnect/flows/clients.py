"""Which client is meant, and whether its connection may be used as things are set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from ..constants import META_GRAPH_URL
from ..errors import ConfigError, MetaconnectError, NotConnected, UsageError
from ..models import AccessToken, Client, Connection, MetaHost
from ..output.text import one_line
from ..redact import command, name_client
from ..stores.base import ConnectionStore
from .threads import in_thread

# Returns the client that a person picked, None where they picked nothing.
PickClient = Callable[[Sequence[Client]], str | None]
MAX_LISTED = 10  # clients in an error message
EXPIRES_SOON = timedelta(days=7)


def once(notice: Callable[[str], None]) -> Callable[[Iterable[str]], None]:
    """Return what tells *notice* of notes, of each only once."""
    told = set[str]()

    def tell(notes: Iterable[str]) -> None:
        for note in notes:
            if note not in told:
                told.add(note)
                notice(note)

    return tell


@contextmanager
def naming(client_id: str) -> Iterator[None]:
    """Name *client_id* in every command that the hint of an error advises."""
    try:
        yield
    except MetaconnectError as error:
        error.hint = name_client(error.hint, client_id)
        raise


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
            hint="Name one with --client, or set METACONNECT_CLIENT.",
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
            hint="Connect a client:  metaconnect connect\n"
            "Or look around without a Meta app:  metaconnect demo",
        )
    if len(clients) == 1:
        return await in_thread(store.get, clients[0].id)
    return await in_thread(store.get, _picked(clients, pick))


async def chosen_connections(
    store: ConnectionStore, clients: Collection[str] | None
) -> tuple[list[Connection], list[str]]:
    """
    Return the connections of *clients*, of all where that is None, by client; and
    the clients that have none.
    """
    stored = await in_thread(store.connections)
    found = sorted(stored, key=lambda connection: connection.client_id)
    if clients is None:
        return found, []
    known = {connection.client_id for connection in found}
    missing = [client for client in dict.fromkeys(clients) if client not in known]
    return [c for c in found if c.client_id in clients], missing


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
    for setting, issuer, now in (
        ("META_GRAPH_URL", connection.graph_url, host.graph_url),
        ("META_APP_ID", connection.app_id, app_id),
    ):
        if issuer and now and issuer != now:
            anew = f" Or log in anew:  {command('connect --force', client)}"
            raise ConfigError(
                f"Client {client!r} was connected with {setting}={issuer}, "
                f"and now it is {now}.",
                hint=f"Set {setting}={issuer} again."
                # A real token is not given up for that of a sandbox.
                + ("" if issuer == META_GRAPH_URL else anew),
            )


def has_same_issuer(connection: Connection, host: MetaHost, app_id: str | None) -> bool:
    """Whether `require_same_issuer` would let the token be used."""
    try:
        require_same_issuer(connection, host, app_id)
    except ConfigError:
        return False
    return True


def note_on_host(host: MetaHost) -> list[str]:
    """Return what a person should know where *host* is not Meta's."""
    if host.is_meta:
        return []
    said = f"The Graph API host is {host.graph_url}, not Meta's"
    return [f"{said}: the numbers may be invented."]


def expires_soon(token: AccessToken, now: datetime) -> bool:
    """Whether *token* still works, but for seven days at most."""
    expires_at = token.expires_at
    return expires_at is not None and now < expires_at <= now + EXPIRES_SOON


def notes_on(connection: Connection, host: MetaHost, now: datetime) -> list[str]:
    """Return what a person should know before the connection is used."""
    notes = note_on_host(host)
    if soon := days_left(connection, now):
        notes.append(
            f"The token of client {connection.client_id!r} expires in {soon}. "
            f"Log in again:  {command('connect --force', connection.client_id)}"
        )
    return notes


def days_left(connection: Connection, now: datetime) -> str:
    """Return in how many days the token expires, "" where that is not soon."""
    expires_at = connection.token.expires_at
    if expires_at is None or not expires_soon(connection.token, now):
        return ""
    days = -(-(expires_at - now) // timedelta(days=1))
    return f"{days} day{'s' * (days > 1)}"


async def _connection(client_id: str, store: ConnectionStore) -> Connection:
    try:
        return await in_thread(store.get, client_id)
    except NotConnected as error:
        hints = [f"Searched: {store.name}.", error.hint]
        if similar := await _similar(client_id, store):
            hints.insert(0, f"Did you mean {similar!r}?")
        error.hint = "\n".join(hints)
        raise


async def _similar(client_id: str, store: ConnectionStore) -> str | None:
    """Return the client whose id or name is most like *client_id*, if any is."""
    from difflib import get_close_matches

    try:
        clients = await in_thread(store.clients)
    except MetaconnectError:
        return None  # what went wrong first is what the person should read
    by_text: dict[str, str] = {}
    for client in clients:
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
        one_line(c.id if c.id == c.name else f"{c.id} ({c.name})")
        for c in clients[:MAX_LISTED]
    )
    more = ", …" if len(clients) > MAX_LISTED else ""
    raise UsageError(
        f"Which client? There are {len(clients)}: {listed}{more}.",
        hint="Name it with --client, or set METACONNECT_CLIENT.",
    )
