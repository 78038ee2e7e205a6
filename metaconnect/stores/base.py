"""What every connection store can do, and what each says of a stranger."""

from __future__ import annotations

from typing import Protocol

from ..errors import NotConnected
from ..models import Client, Connection
from ..redact import command


class ConnectionStore(Protocol):
    """
    Keeps one connection a client. Every method may raise StoreError where
    the store cannot be reached, and NotSignedIn where it wants a session.
    """

    def check(self, client_id: str) -> None:
        """Raise, with a next step, unless `save` for that client could work."""

    def clients(self) -> list[Client]:
        """Return whom a connection may belong to, by name."""

    def get(self, client_id: str) -> Connection:
        """Return the client's connection, or raise NotConnected."""

    def only(self) -> Connection | None:
        """Return the connection if there is exactly one, else None."""

    def save(self, connection: Connection) -> Connection:
        """
        Store *connection* in the place of the client's former one, whole or
        not at all, and return it as stored.
        """

    def replace(self, old: Connection, new: Connection) -> Connection:
        """
        Like `save`, but only while the stored connection is still *old*;
        else raise ConnectionChanged and leave it.
        """

    def delete(self, client_id: str) -> None:
        """Forget the client's connection. Raises NotConnected if there is none."""


def not_connected(client_id: str, why: str = "is not connected") -> NotConnected:
    return NotConnected(
        f"Client {client_id!r} {why}.",
        hint=f"Connect it with:  {command('connect', client_id)}",
    )
