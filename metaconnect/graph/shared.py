"""What other processes have learnt of Meta's quotas, heard every few seconds."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from ..errors import RateLimited
from ..models import QuotaPause
from .usage import DAY
from .waits import reason_of

EVERY: Final = 5.0  # seconds

Read = Callable[[], Awaitable[Sequence[QuotaPause]]]
Keep = Callable[[QuotaPause], None]


class SharedPauses:
    """
    Pauses that are kept where every process sees them.

    *read* returns those that last still, and *keep* keeps one without waiting for it.
    Neither raises: without what others know, each process learns it from Meta.
    """

    def __init__(self, read: Read, keep: Keep) -> None:
        self._read = read
        self._keep = keep
        self._due = -math.inf
        self._reading = asyncio.Lock()

    async def news(self, now: float) -> Sequence[QuotaPause]:
        """Return what is kept, where that was not read lately; *now* is in seconds."""
        async with self._reading:  # nobody goes on before the first has read
            if now < self._due:
                return ()
            self._due = now + EVERY
            return await self._read()

    def tell(
        self,
        app_id: str | None,
        ad_account_id: str | None,
        seconds: float,
        error: RateLimited,
    ) -> None:
        """Keep a pause of so many *seconds*."""
        if not app_id and not ad_account_id:
            return  # whose app it is that must pause is not known
        self._keep(
            QuotaPause(
                app_id=app_id or "",
                ad_account_id=ad_account_id or "",
                paused_until=datetime.now(UTC) + timedelta(seconds=seconds),
                why=reason_of(error),
                code=error.code,
            )
        )


def seconds_left(pause: QuotaPause) -> float:
    """Return how long *pause* lasts: no more than a day, whatever its clock said."""
    return min((pause.paused_until - datetime.now(UTC)).total_seconds(), DAY)
