"""Limits across processes: what a store keeps of Meta's quotas, for the throttle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from ..errors import MetaconnectError
from ..graph.shared import SharedPauses
from ..models import QuotaPause
from ..stores.quotas import QuotaStore
from .threads import in_thread

_log = logging.getLogger("metaconnect")


def shared_pauses(store: QuotaStore) -> SharedPauses:
    """Return the pauses in *store*, which is left alone once it has failed."""
    link = _Link(store)
    return SharedPauses(link.read, link.keep)


class _Link:
    def __init__(self, store: QuotaStore) -> None:
        self._store = store
        self._works = True

    async def read(self) -> Sequence[QuotaPause]:
        return await in_thread(self._lasting) if self._works else ()

    def keep(self, pause: QuotaPause) -> None:
        """Keep *pause* in a thread, which `asyncio.run` waits for before it returns."""
        if self._works:
            asyncio.get_running_loop().run_in_executor(None, self._keep, pause)

    def _lasting(self) -> Sequence[QuotaPause]:
        try:
            return self._store.lasting()
        except MetaconnectError as error:
            self._failed(error)
            return ()

    def _keep(self, pause: QuotaPause) -> None:
        try:
            self._store.keep(pause)
        except MetaconnectError as error:
            self._failed(error)

    def _failed(self, error: MetaconnectError) -> None:
        self._works = False
        _log.debug("limits are not shared: %s", error)
