"""A line on a terminal's stderr that says how far a read has come."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from time import monotonic
from typing import Self

from ..insights.progress import ReadProgress

BEGINS_AFTER = 1.0  # seconds; what is quicker needs no line
INTERVAL = 0.2  # seconds
ERASE_LINE = "\r\x1b[K"


class Progress:
    """
    Shows how far a read has come while its block runs; nothing where stderr is no
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
            text = progress_text(self.read, monotonic() - began)
            # A line that wraps could not be erased.
            shown = text[: shutil.get_terminal_size().columns - 1]
            print(end=f"{ERASE_LINE}{shown}", file=sys.stderr, flush=True)  # noqa: T201
            self._visible = True
            await asyncio.sleep(INTERVAL)


def progress_text(read: ReadProgress, seconds: float) -> str:
    """Return how far *read* has come, on one line."""
    parts = [f"{read.rows:,} rows", f"page {read.pages + 1}"]
    if read.windows:
        parts.append(f"{read.windows_done} of {read.windows} windows")
    if read.ad_accounts:
        parts.append(f"{read.ad_accounts_done} of {read.ad_accounts} ad accounts")
    parts.append(f"{seconds:.0f} s")
    if read.waiting:
        parts.append(f"waiting: {read.waiting}")
    return f"Reading: {', '.join(parts)}"


def _can_erase() -> bool:
    """Whether stderr is a terminal that can erase a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") not in (None, "dumb")
