"""One project's URL: the API-key guard before /rest/v1 and /auth/v1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .auth import Auth
from .call import Call
from .faults import ABORT, Faults
from .keys import role_of, role_token
from .postgrest import PostgREST

METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]
MAX_ROWS = 1000
RESERVED = {"select", "order", "limit", "offset", "columns"}


@dataclass(frozen=True)
class Recorded:
    """A request as the log keeps it: the names of its query, not the values."""

    method: str
    path: str
    query: tuple[str, ...]
    status: int


class Gateway:
    """The ASGI application, its log and its switches."""

    def __init__(self, auth: Auth, rest: PostgREST) -> None:
        self.auth, self.rest, self.faults = auth, rest, Faults()
        self.requests: list[Recorded] = []
        self.max_rows = MAX_ROWS
        self._app = Starlette(
            routes=[
                Route("/auth/v1/{path:path}", self.serve("auth"), methods=METHODS),
                Route("/rest/v1/{path:path}", self.serve("rest"), methods=METHODS),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn passes a bound method of the exchange, which has the transport.
        exchange: Any = send
        scope[ABORT] = exchange.__self__.transport.abort
        await self._app(scope, receive, send)

    def clear(self) -> None:
        self.requests.clear()
        self.faults.clear()
        self.max_rows = MAX_ROWS

    def serve(self, service: str) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            call = await Call.read(request)
            status = 0
            try:
                response = await run_in_threadpool(self.answer, service, call)
                status = response.status_code
            finally:
                names = tuple(name for name, _ in call.params)
                entry = Recorded(call.method, request.url.path, names, status)
                self.requests.append(entry)
            return response

        return endpoint

    def answer(self, service: str, call: Call) -> Response:
        if (spoilt := self.faults.spoil(service)) is not None:
            return spoilt
        # A browser that starts a provider's login sends no key.
        if service == "auth" and call.path == "authorize":
            return self.auth(call)
        key = call.headers.get("apikey") or call.param("apikey") or ""
        role = role_of(key)
        if role is None:
            return refuse(key)
        if service == "auth":
            return self.auth(call)
        if is_unfiltered_write(call):
            return refuse_unfiltered(call)
        token = call.bearer
        if token is None or token == key:
            token = role_token(role)
        return self.rest(self.limited(call), token)

    def limited(self, call: Call) -> Call:
        """As the setting `max-rows` does, which PostgREST reads only once."""
        if call.method not in ("GET", "HEAD"):
            return call
        wanted = int(call.param("limit") or self.max_rows)
        return call.with_param("limit", str(min(wanted, self.max_rows)))


def refuse(key: str) -> Response:
    message, hint = "Invalid API key", "Double check your Supabase API key."
    if not key:
        message = "No API key found in request"
        hint = "No `apikey` request header or url param was found."
    return JSONResponse({"message": message, "hint": hint}, 401)


def is_unfiltered_write(call: Call) -> bool:
    filters = {name for name, _ in call.params} - RESERVED
    return call.method in ("PATCH", "DELETE") and not filters


def refuse_unfiltered(call: Call) -> Response:
    """Hosted projects preload pg-safeupdate."""
    verb = "UPDATE" if call.method == "PATCH" else "DELETE"
    message = f"{verb} requires a WHERE clause"
    body = {"code": "21000", "details": None, "hint": None, "message": message}
    return JSONResponse(body, 400)
