"""The same for many clients: a few at a time, and what it means when some fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from ..errors import MetaconnectError, SomeFailed

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 8


async def each(items: Iterable[T], call: Callable[[T], Awaitable[R]]) -> list[R]:
    """
    Return what *call* returns for each item, in order; AT_ONCE are under way.

    The first error stops the others, and is raised as it is.
    """
    room = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with room:
            return await call(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def failure_of(
    errors: Sequence[MetaconnectError], *, total: int
) -> MetaconnectError | None:
    """
    Return what a command for *total* clients ends with, None where all went well.

    The errors of all clients, alike in their exit code, count as one; else it is
    SomeFailed.
    """
    if not errors:
        return None
    alike = len({error.exit_code for error in errors}) == 1
    if len(errors) == total and alike:
        return errors[0]
    return SomeFailed(f"{len(errors)} of {total} clients failed.")
