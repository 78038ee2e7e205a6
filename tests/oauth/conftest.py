from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from metaconnect.oauth.authorization import AuthorizationRequest
from metaconnect.oauth.loopback import LoopbackReceiver

from .wire import Reply, callback, connect, exchange, get, our_tls


def authorization_request(
    redirect_uri: str = "http://localhost:8765/callback", **changes
) -> AuthorizationRequest:
    values = {
        "endpoint": "https://www.facebook.com/v26.0/dialog/oauth",
        "app_id": "1234567890",
        "redirect_uri": redirect_uri,
        "scopes": ("ads_read", "business_management"),
        "client_id": "acme",
        "lifetime": 60.0,
    }
    return AuthorizationRequest(**values | changes)


@dataclass
class Login:
    """A loopback receiver that waits for the answer to a request."""

    receiver: LoopbackReceiver
    request: AuthorizationRequest
    waiting: asyncio.Task[dict[str, str]]
    tls: bool = False

    @property
    def port(self) -> int:
        return self.receiver.port

    @property
    def state(self) -> str:
        return self.request.state

    def good(self, **params: str) -> str:
        return callback(**({"code": "CODE"} | params), state=self.state)

    async def start(self, **how: str) -> Reply:
        return await self.get("/", **how)

    async def get(self, target: str, **how: str) -> Reply:
        return await asyncio.to_thread(get, self.port, target, tls=self.tls, **how)

    def connect(self) -> socket.socket:
        return connect(self.port, tls=self.tls)

    async def exchange(self, request: bytes) -> Reply:
        return await asyncio.to_thread(exchange, self.port, request, tls=self.tls)

    async def response(self) -> dict[str, str]:
        return await asyncio.wait_for(self.waiting, 10)

    async def assert_still_answers(self) -> None:
        """What came before was ignored: the right answer still counts."""
        assert not self.waiting.done()
        assert (await self.get(self.good())).status == 200
        assert (await self.response())["code"] == "CODE"


def start(receiver: LoopbackReceiver) -> Login:
    request = authorization_request(receiver.redirect_uri)
    return Login(
        receiver,
        request,
        asyncio.create_task(receiver.receive(request.pending)),
        receiver.redirect_uri.startswith("https:"),
    )


def receiver_on(tls: bool, port: int = 0, host: str = "localhost") -> LoopbackReceiver:
    scheme, context = ("https", our_tls()) if tls else ("http", None)
    return LoopbackReceiver(f"{scheme}://{host}:{port}/callback", context)


@pytest.fixture
def tls() -> bool:
    """Whether the listener speaks TLS: the conformance matrix asks for both."""
    return False


@pytest.fixture
async def login(anyio_backend, tls) -> AsyncIterator[Login]:
    with receiver_on(tls) as receiver:
        login = start(receiver)
        yield login
        login.waiting.cancel()
        await asyncio.gather(login.waiting, return_exceptions=True)


def state_in(reply: Reply) -> str:
    """Return the state in the authorization URL that the start page leads to."""
    (state,) = parse_qs(urlsplit(reply.headers["Location"]).query)["state"]
    return state
