"""What can go wrong between a client and its project, on demand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

Fault = Callable[[], Response | None]


ABORT = "tests.stack.abort"


class Dropped(Response):
    """No answer at all: the gateway left in the scope how to cut the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ABORT]()
        await asyncio.sleep(0.01)


def captive_portal() -> Response:
    """A hotel's login page in the place of the answer."""
    return HTMLResponse("<html><title>Welcome to our Wi-Fi</title></html>")


def unavailable() -> Response:
    """The gateway reaches nobody, and says so in JSON."""
    body = {"message": "An invalid response was received from the upstream server"}
    return JSONResponse(body, 503)


def bad_gateway() -> Response:
    """The edge reaches nobody, and says so in HTML."""
    return HTMLResponse("<html><title>502 Bad Gateway</title></html>", 502)


def paused() -> Response:
    """The project sleeps: 540 is Supabase's own status."""
    return JSONResponse({"message": "Project paused"}, 540)


def rate_limited() -> Response:
    """As the Auth server says it."""
    message = "Request rate limit reached"
    body = {"code": "over_request_rate_limit", "message": message}
    return JSONResponse(body, 429, {"x-supabase-api-version": "2024-01-01"})


def bad_jwt() -> Response:
    """The Auth server does not know the key that signed the token."""
    body = {"code": "bad_jwt", "message": "invalid JWT: unable to parse or verify"}
    return JSONResponse(body, 403, {"x-supabase-api-version": "2024-01-01"})


def jwt_rejected() -> Response:
    """PostgREST does not know the key that signed the token."""
    message = "No suitable key was found to decode the JWT"
    body = {"code": "PGRST301", "details": None, "hint": None, "message": message}
    return JSONResponse(body, 401)


def drop() -> Response:
    """The connection breaks."""
    return Dropped(status_code=0)


def delay(seconds: float) -> Fault:
    """Answer, but late."""

    def wait() -> None:
        time.sleep(seconds)

    return wait


@dataclass
class Armed:
    """A fault, and how many calls it still spoils (None: all)."""

    fault: Fault
    service: str
    left: int | None


class Faults:
    """`faults.add(unavailable, service="rest", times=1)`."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def add(self, fault: Fault, *, service: str = "", times: int | None = None) -> None:
        """Spoil the calls to *service* (``rest``, ``auth``; all by default)."""
        self._armed.append(Armed(fault, service, times))

    def clear(self) -> None:
        self._armed.clear()

    def spoil(self, service: str) -> Response | None:
        for armed in list(self._armed):
            if armed.service not in ("", service):
                continue
            if armed.left is not None:
                armed.left -= 1
                if not armed.left:
                    self._armed.remove(armed)
            if (response := armed.fault()) is not None:
                return response
        return None
