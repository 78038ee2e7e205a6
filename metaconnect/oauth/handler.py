"""HTTP for one connection: one request, one answer, nothing logged."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer
from typing import Any, ClassVar

from . import pages
from .endpoint import Answer, RedirectionEndpoint

READ_TIMEOUT = 5.0
LINGER = 1.0

# The errors that http.server finds by itself.
ERROR_PAGES = {
    414: pages.URI_TOO_LONG,
    431: pages.HEADERS_TOO_LARGE,
    501: pages.WRONG_METHOD,
}


class RequestHandler(BaseHTTPRequestHandler):
    """Passes a GET to the endpoint, and refuses everything else."""

    timeout: ClassVar[float] = READ_TIMEOUT
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
        self.handle_one_request()

    def do_GET(self) -> None:
        hosts = self.headers.get_all("Host", [])
        self._send(self._endpoint.answer(self.path, hosts))

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Answer with a page of ours: theirs quotes the request."""
        page = ERROR_PAGES.get(code, pages.BAD_REQUEST)
        allow = (("Allow", "GET"),) if page is pages.WRONG_METHOD else ()
        self._send(Answer(page, headers=allow))

    def _send(self, answer: Answer) -> None:
        try:
            self._write(answer)
        finally:
            answer.written()
        self._drain()

    def _write(self, answer: Answer) -> None:
        body = answer.page.body
        self.send_response(answer.page.status)
        for name, value in (*pages.HEADERS, *answer.headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _drain(self) -> None:
        """Read what is left: closing on it would reset the answer on its way."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(LINGER)
        while self.connection.recv(65536):
            pass

    def version_string(self) -> str:
        return "metaconnect"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: a request line holds the code and the state."""
