"""One HTTP request and its reply for each connection; nothing is logged."""

from __future__ import annotations

import contextlib
import socket
import ssl
from functools import partial
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer
from typing import Any, ClassVar

from . import pages
from .endpoint import RedirectionEndpoint, Reply, Request
from .peer import is_other_user

READ_TIMEOUT = 5.0
DRAIN_TIMEOUT = 1.0

# For the errors that http.server itself detects.
ERROR_PAGES = {
    414: pages.URI_TOO_LONG,
    431: pages.HEADERS_TOO_LARGE,
    501: pages.WRONG_METHOD,
}


class RequestHandler(BaseHTTPRequestHandler):
    """Passes GET requests to the endpoint and refuses all others."""

    timeout: ClassVar[float] = READ_TIMEOUT
    # A reply follows the handshake of TLS at once: else it waits 40 ms for an ACK.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    # HTTP/0.9, the other default, would get pages without a status.
    default_request_version = "HTTP/1.1"

    def __init__(
        self,
        request: Any,
        client_address: Any,
        server: BaseServer,
        endpoint: RedirectionEndpoint,
    ) -> None:
        self._endpoint = endpoint
        super().__init__(request, client_address, server)

    def handle(self) -> None:
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()
        self.handle_one_request()

    def do_GET(self) -> None:
        from_other_user = partial(is_other_user, self.connection)
        request = Request(self.path, self.headers, from_other_user)
        self._send(self._endpoint.reply_to(request))

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Send a page of ours: the standard one quotes the request."""
        page = ERROR_PAGES.get(code, pages.BAD_REQUEST)
        allow = (("Allow", "GET"),) if page is pages.WRONG_METHOD else ()
        self._send(Reply(page, headers=allow))

    def _send(self, reply: Reply) -> None:
        try:
            self._write(reply)
        finally:
            reply.after()
        self._drain()

    def _write(self, reply: Reply) -> None:
        body = reply.page.body
        self.send_response(reply.page.status)
        for name, value in (*pages.HEADERS, *reply.headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _drain(self) -> None:
        """Read the rest: closing with unread data would reset the connection."""
        self.connection.settimeout(DRAIN_TIMEOUT)
        if isinstance(self.connection, ssl.SSLSocket):
            # Say that the page was whole (RFC 8446, 6.1). Not every browser says
            # the same in return; what it sends from here on is thrown away.
            with contextlib.suppress(OSError):
                self.connection.unwrap()
        self.connection.shutdown(socket.SHUT_WR)
        while self.connection.recv(65536):
            pass

    def version_string(self) -> str:
        return "metaconnect"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: a request line holds the code and the state."""
