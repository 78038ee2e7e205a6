"""The interface of the connection stores, and the error for an unknown client."""

from __future__ import annotations

from typing import Protocol

from ..errors import NotConnected
from ..models import Client, Connection
from ..redact import command


class ConnectionStore(Protocol):
    """
    Stores at most one connection for each client; may be called from any thread.

    Every method may raise StoreError where the store cannot be reached, and
    NotSignedIn where it requires a session.
    """

    @property
    def name(self) -> str:
        """How a person knows this store: "this machine", or the project's URL."""

    def check(self, client_id: str) -> None:
        """Raise, with a next step, unless `save` for that client could work."""

    def clients(self) -> list[Client]:
        """Return the clients that a connection may belong to, by name."""

    def get(self, client_id: str) -> Connection:
        """Return the client's connection, or raise NotConnected."""

    def only(self) -> Connection | None:
        """Return the connection if there is exactly one, else None."""

    def connections(self) -> list[Connection]:
        """Return all connections, in any order, at about the cost of one."""

    def save(self, connection: Connection) -> Connection:
        """
        Store *connection* in the place of the client's former one, completely
        or not at all, and return it as stored.
        """

    def replace(self, old: Connection, new: Connection) -> Connection:
        """
        Like `save`, but only while the stored connection is still *old*;
        else raise ConnectionChanged and leave it as it is.
        """

    def delete(self, client_id: str) -> None:
        """Delete the client's connection. Raises NotConnected if there is none."""


def not_connected(client_id: str, why: str = "is not connected") -> NotConnected:
    """Return the error for a client without a connection."""
    return NotConnected(
        f"Client {client_id!r} {why}.",
        hint=f"Connect it with:  {command('connect', client_id)}",
    )
