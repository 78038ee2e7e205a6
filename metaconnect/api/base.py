"""What every verb of the program works with, and finding a connection."""

from __future__ import annotations

import os
from typing import Self

from ..flows.clients import (
    PickClient,
    connection_to_use,
    notes_on,
    once,
    require_same_issuer,
)
from ..flows.threads import in_thread
from ..graph.waits import MAX_WAIT
from ..models import Client, Connection
from ..parts import Notice, Parts, log_notice, read_stored_settings
from ..settings import Settings, load_settings, working_folder


class Program:
    """The settings, the parts that are built from them, and where notices go."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        notice: Notice = log_notice,
        max_wait: float = MAX_WAIT,
    ) -> None:
        self.settings = settings or load_settings(
            os.environ, working_folder(), read_stored=read_stored_settings
        )
        self.parts = Parts(self.settings, notice, max_wait=max_wait)
        self._notice = notice
        self._note_once = once(notice)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.parts.aclose()

    async def connections(self) -> list[Connection]:
        """Return every connection of the store, by client."""
        return await in_thread(self.parts.store.connections)

    async def connection(
        self, client_id: str | None = None, *, pick: PickClient | None = None
    ) -> Connection:
        """
        Return the client's connection; without a name the only one, else the one
        that *pick* picks. Raises NotConnected, and ConfigError where its token was
        issued by another Graph host or app than the settings name.
        """
        return self._noted(await self._found(client_id, pick))

    async def clients(self) -> list[Client]:
        """Return whom a connection may belong to, by name."""
        return await in_thread(self.parts.store.clients)

    async def _found(
        self, client_id: str | None, pick: PickClient | None
    ) -> Connection:
        named = client_id or self.settings.client
        found = await connection_to_use(named, self.parts.store, pick)
        require_same_issuer(found, self.settings.meta_host, self.settings.meta_app_id)
        return found

    def _noted(self, found: Connection) -> Connection:
        host = self.settings.meta_host
        self._note_once(notes_on(found, host, self.parts.now()))
        return found
