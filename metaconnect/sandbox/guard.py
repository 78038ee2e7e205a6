"""Refuse requests that a web page could have sent: wrong Host, no JSON."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SIDE_DOOR = "/_sandbox"
# On every answer, so that a client can tell invented numbers from Meta's.
HEADER = "x-metaconnect-sandbox"
HOSTS = ("localhost", "127.0.0.1", "[::1]")


class GuardMiddleware:
    """
    The outermost ASGI middleware: it checks Host and content type.

    A page whose name resolves to this machine (DNS rebinding) sends its own
    name as Host. A page of another origin cannot POST JSON without asking
    first, and nothing here answers that question with yes.
    https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        app = _refusal(scope) or self.app
        await app(scope, receive, _marked(send))


def _refusal(scope: Scope) -> JSONResponse | None:
    headers = Headers(scope=scope)
    if headers.get("host", "").lower() not in _own_hosts(scope):
        # RFC 9110, section 15.5.20: Misdirected Request
        return JSONResponse({"error": "the Host is not this server's"}, 421)
    side_door = scope["path"].startswith(SIDE_DOOR)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if side_door and scope["method"] == "POST" and kind != "application/json":
        return JSONResponse({"error": "send content-type: application/json"}, 415)
    return None


def _own_hosts(scope: Scope) -> set[str]:
    _, port = scope.get("server") or ("", None)
    own = {f"{host}:{port}" for host in HOSTS}
    # Clients leave the default port out; without one there is no socket.
    return own | set(HOSTS) if port in (80, None) else own


def _marked(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = "1"
        await send(message)

    return wrapped
