"""The one boundary between the event loop and what blocks: stores, keyrings, files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """
    Run *call* in a worker thread.

    Cancelling the wait does not stop the call: a write that has begun is completed,
    and `asyncio.run` waits for it before it returns.
    """
    return await asyncio.to_thread(call, *args, **kwargs)
