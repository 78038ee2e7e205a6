"""A line on a terminal's stderr that says how far a read has come."""

from __future__ import annotations

import asyncio
import os
import sys
from time import monotonic
from typing import Self

from ..insights.progress import ReadProgress

BEGINS_AFTER = 1.0  # seconds; what is quicker needs no line
INTERVAL = 0.2  # seconds
ERASE_LINE = "\r\x1b[K"


class Progress:
    """
    Shows pages, rows and seconds while its block runs; nothing where stderr is no
    terminal, or is one that cannot erase a line.
    """

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown and _can_erase()
        self.read = ReadProgress()
        self._visible = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._shown:
            self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.hide()

    def hide(self) -> None:
        """Erase the line, so that something else can be printed."""
        if self._visible:
            print(end=ERASE_LINE, file=sys.stderr, flush=True)  # noqa: T201
            self._visible = False

    async def _show(self) -> None:
        began = monotonic()
        await asyncio.sleep(BEGINS_AFTER)
        while True:
            seconds = monotonic() - began
            text = f"Reading: {self.read.rows:,} rows, page {self.read.pages + 1}, "
            print(  # noqa: T201
                end=f"{ERASE_LINE}{text}{seconds:.0f} s", file=sys.stderr, flush=True
            )
            self._visible = True
            await asyncio.sleep(INTERVAL)


def _can_erase() -> bool:
    """Whether stderr is a terminal that can erase a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") not in (None, "dumb")
