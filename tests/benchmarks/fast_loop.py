"""An event loop whose clock jumps to what is due next: an hour takes no time."""

import asyncio
import selectors
from typing import Any


class FastLoop(asyncio.SelectorEventLoop):
    """Only for what waits for nothing but this clock: no threads, no network."""

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.seconds


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def __init__(self, loop: FastLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("nothing is due: the simulation waits for ever")
        if timeout > 0:
            self._loop.seconds += timeout
        return super().select(0)
