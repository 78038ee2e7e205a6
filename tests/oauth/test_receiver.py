from __future__ import annotations

import asyncio
from typing import Self

import pytest

from metaconnect.errors import AuthError, AuthorizationTimeout
from metaconnect.oauth.receiver import first_response

from .conftest import authorization_request

pytestmark = pytest.mark.anyio


class Scripted:
    """Answers, or gives up, after a while."""

    redirect_uri = "http://localhost/callback"

    def __init__(self, after: float, outcome: dict[str, str] | Exception) -> None:
        self._after = after
        self._outcome = outcome
        self.cancelled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    async def receive(self, expected) -> dict[str, str]:
        try:
            await asyncio.sleep(self._after)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


async def test_the_first_one_wins_and_the_others_are_cancelled():
    slow = Scripted(60, {})
    receivers = [slow, Scripted(0.01, {"code": "CODE"})]

    response = await first_response(receivers, authorization_request().pending, 5)

    assert response == {"code": "CODE"}
    assert slow.cancelled


async def test_one_that_gives_up_leaves_the_race_to_the_others():
    receivers = [
        Scripted(0, AuthError("no more input")),
        Scripted(0.05, {"code": "CODE"}),
    ]

    response = await first_response(receivers, authorization_request().pending, 5)

    assert response == {"code": "CODE"}


async def test_when_all_give_up_the_first_reason_is_raised():
    receivers = [Scripted(0.02, AuthError("second")), Scripted(0, AuthError("first"))]

    with pytest.raises(AuthError, match="first"):
        await first_response(receivers, authorization_request().pending, 5)


async def test_an_unforeseen_error_ends_the_race():
    waits = Scripted(60, {})

    with pytest.raises(ZeroDivisionError):
        await first_response(
            [waits, Scripted(0, ZeroDivisionError())],
            authorization_request().pending,
            5,
        )
    assert waits.cancelled


async def test_a_timeout_ends_the_wait():
    waits = Scripted(60, {})

    with pytest.raises(AuthorizationTimeout, match=r"within 0\.05 seconds"):
        await first_response([waits], authorization_request().pending, 0.05)

    assert waits.cancelled


async def test_cancelling_the_race_cancels_the_receivers():
    waits = Scripted(60, {})
    race = asyncio.create_task(
        first_response([waits], authorization_request().pending, 60)
    )
    await asyncio.sleep(0.01)
    race.cancel()

    with pytest.raises(asyncio.CancelledError):
        await race
    assert waits.cancelled
