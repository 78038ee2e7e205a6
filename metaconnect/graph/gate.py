"""How many requests may be under way at once against one quota."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

# Against the quota of one ad account. 90 days of 200 rows, two pages for five days,
# are 18 windows: all of them at once, where next to nothing of the quota is used.
IN_FLIGHT: Final = 18
# The app's quota is that of all its ad accounts together.
IN_FLIGHT_OF_APP: Final = 4 * IN_FLIGHT
# What part of that is let through once so many percent of a quota are used.
_STEPS: Final = ((90.0, 1 / 18), (75.0, 1 / 6), (50.0, 1 / 3), (25.0, 2 / 3))


def most_in_flight(full: int, utilisation: float) -> int:
    """Return how many of *full* requests may be under way at that percentage."""
    for used, part in _STEPS:
        if utilisation >= used:
            return max(1, round(full * part))
    return full


class Gate:
    """Lets so many in at a time; the others wait in their order."""

    def __init__(self, full: int) -> None:
        self._full = full
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.inside = 0
        self.limit = full

    async def enter(self) -> None:
        if self.inside < self.limit and not self._waiting:
            self.inside += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                with suppress(ValueError):
                    self._waiting.remove(place)
            else:  # let in, and cancelled before it could go
                self.leave()
            raise

    def leave(self) -> None:
        self.inside -= 1
        self._let_in()

    def adapt(self, utilisation: float) -> None:
        """Shrink at once where much of the quota is used; grow one by one again."""
        most = most_in_flight(self._full, utilisation)
        self.limit = min(most, self.limit + 1)
        self._let_in()

    def narrow(self) -> None:
        """Let in half as many: Meta has refused one."""
        self.limit = max(1, self.limit // 2)

    def _let_in(self) -> None:
        while self._waiting and self.inside < self.limit:
            place = self._waiting.popleft()
            if not place.done():
                self.inside += 1
                place.set_result(None)
