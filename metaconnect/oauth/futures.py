"""Futures that are settled from elsewhere, and may be abandoned by then."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TypeVar

T = TypeVar("T")


def settle(future: asyncio.Future[T], value: T) -> None:
    """Set the result, unless nobody waits for it any more."""
    if not future.done():
        future.set_result(value)


def settle_from_thread(future: asyncio.Future[T], value: T) -> None:
    """Do the same from another thread, even after the loop has ended."""
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(settle, future, value)
