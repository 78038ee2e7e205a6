"""Receivers: the ways in which an authorization response can arrive."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

from ..errors import AuthError, AuthorizationTimeout
from .pending import PendingAuthorization

T = TypeVar("T")


class Receiver(Protocol):
    """Receives authorization responses inside its `with` block."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    @property
    def redirect_uri(self) -> str:
        """Where the response is to be sent (RFC 6749, section 3.1.2)."""

    async def receive(self, pending: PendingAuthorization) -> dict[str, str]:
        """
        Return the parameters of the first response that *pending* claims.

        Waits without limit: the time-out is the caller's. Raises AuthError
        where no response can come any more.
        """


async def first_response(
    receivers: Sequence[Receiver], pending: PendingAuthorization, timeout: float
) -> dict[str, str]:
    """
    Wait on all *receivers*, for at most *timeout* seconds, for one response.

    After an AuthError of one of them the wait goes on with the others; when
    all have failed, the first such error is raised. Raises AuthorizationTimeout.
    """
    waiting = {asyncio.create_task(r.receive(pending)) for r in receivers}
    try:
        return await _first_result(waiting, timeout)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _first_result(
    waiting: set[asyncio.Task[dict[str, str]]], timeout: float
) -> dict[str, str]:
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    failures: list[AuthError] = []
    while waiting:
        left = deadline - clock()
        done, waiting = await asyncio.wait(
            waiting, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            raise AuthorizationTimeout(f"No answer within {timeout:g} seconds.")
        for task in done:
            try:
                return task.result()
            except AuthError as error:
                failures.append(error)
    raise failures[0]


def set_result(future: asyncio.Future[T], value: T) -> None:
    """Set the result of a future that may have been cancelled."""
    if not future.done():
        future.set_result(value)


def set_result_threadsafe(future: asyncio.Future[T], value: T) -> None:
    """Set the result from another thread; the loop may have been closed."""
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(set_result, future, value)
