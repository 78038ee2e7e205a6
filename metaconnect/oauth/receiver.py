"""Receivers: the ways in which an authorization response reaches us."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol, Self

from ..errors import AuthError, AuthorizationTimeout

# What the dialog shows instead of coming back.
USUAL_REASONS = """\
If the browser shows an error page of Meta's, it is usually one of these:
  URL Blocked, Can't Load URL: the redirect URI is not among the app's Valid OAuth
    Redirect URIs, or the app is Live (http://localhost works in Development mode).
  Invalid Scopes: the app lacks the Marketing API use case, or is a Facebook Login
    for Business app and needs META_CONFIG_ID.
  App Not Setup, App not active: the app is in Development mode and this person has
    no role on it."""
PASTE_HINT = (
    "If the browser runs on another machine, paste its address instead:"
    "  metaconnect connect --paste"
)


class PendingAuthorization(Protocol):
    """What a receiver waits for: AuthorizationRequest is one."""

    @property
    def url(self) -> str:
        """Where a browser has to go first."""

    def claim(self, params: Mapping[str, str]) -> bool:
        """Return True for the one response that is ours, from any thread."""


class Receiver(Protocol):
    """Inside its `with` block a receiver is ready: it listens, say."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    @property
    def redirect_uri(self) -> str:
        """Where the response is to be sent (RFC 6749, section 3.1.2)."""

    async def receive(self, expected: PendingAuthorization) -> dict[str, str]:
        """
        Return the parameters of the first response that *expected* claims.

        Waits for ever; the caller owns the time-out. Raises AuthError where
        no response can come any more.
        """


async def first_response(
    receivers: Sequence[Receiver], expected: PendingAuthorization, timeout: float
) -> dict[str, str]:
    """
    Let the *receivers* race for at most *timeout* seconds; the first one wins.

    One that gives up (AuthError) leaves the race to the others. Raises the
    first such error when all did, and AuthorizationTimeout.
    """
    racing = {asyncio.create_task(r.receive(expected)) for r in receivers}
    try:
        return await _winner(racing, timeout)
    finally:
        for task in racing:
            task.cancel()
        await asyncio.gather(*racing, return_exceptions=True)


async def _winner(
    racing: set[asyncio.Task[dict[str, str]]], timeout: float
) -> dict[str, str]:
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    gave_up: list[AuthError] = []
    pending = racing
    while pending:
        left = deadline - clock()
        done, pending = await asyncio.wait(
            pending, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            raise AuthorizationTimeout(
                f"No answer from Meta within {timeout:g} seconds.\n{USUAL_REASONS}",
                hint=PASTE_HINT,
            )
        for task in done:
            try:
                return task.result()
            except AuthError as error:
                gave_up.append(error)
    raise gave_up[0]
