"""
The listening sockets; each connection gets a short-lived thread of its own.

A browser opens connections that it may never use (Chrome's preconnect), so
nothing here ever waits for a connection to end. The handshake of TLS belongs to
the connection's thread too, and to its time: one server does for http and https.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import sys
import threading
from socketserver import BaseRequestHandler, ThreadingTCPServer
from time import monotonic
from typing import Any

from .endpoint import RedirectionEndpoint
from .handler import RequestHandler

CONNECTION_LIFETIME = 15.0
MAX_CONNECTIONS = 64
CLOSE_TIMEOUT = 0.5
POLL_INTERVAL = 0.05
FREE_PORT_ATTEMPTS = 20
# The kernel has no IPv6, or the loopback interface has no ::1. With any other
# error another process may hold ::1, and the browser could go there.
NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


class Listener(ThreadingTCPServer):
    """
    Listens on one address. Raises OSError where that is not possible.

    Connections are accepted once `serve` has been called; the earlier ones
    wait in the backlog.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = MAX_CONNECTIONS
    # On Windows the option lets any process take the port over.
    allow_reuse_address = os.name == "posix"
    _endpoint: RedirectionEndpoint

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._open: dict[socket.socket, float] = {}
        self._closed = threading.Condition()
        self._thread: threading.Thread | None = None
        super().__init__((host, port), BaseRequestHandler)

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()

    def serve(self, endpoint: RedirectionEndpoint) -> None:
        """Reply from *endpoint*, in other threads."""
        self._endpoint = endpoint
        self._thread = threading.Thread(
            target=self.serve_forever,
            args=(POLL_INTERVAL,),
            name=f"loopback-{self.port}",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening, and close all connections, idle ones too."""
        if self._thread:
            # It wakes up, where the system can do that, and need not be waited for.
            _shut_down(self.socket)
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._closed:
            for connection in self._open:
                _shut_down(connection)
            self._closed.wait_for(lambda: not self._open, CLOSE_TIMEOUT)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls:
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._closed:
            if len(self._open) >= MAX_CONNECTIONS:
                oldest = next(iter(self._open))
                del self._open[oldest]
                _shut_down(oldest)
            self._open[connection] = monotonic() + CONNECTION_LIFETIME
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        RequestHandler(request, client_address, self, self._endpoint)

    def service_actions(self) -> None:
        """End connections that are older than CONNECTION_LIFETIME."""
        now = monotonic()
        with self._closed:
            for connection, deadline in self._open.items():
                if deadline <= now:
                    _shut_down(connection)

    def close_request(self, request: Any) -> None:
        super().close_request(request)
        with self._closed:
            self._open.pop(request, None)
            self._closed.notify_all()

    def handle_error(self, *_: Any) -> None:
        """Ignore connections that the browser dropped."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            raise error


def _shut_down(connection: socket.socket) -> None:
    # Not close: its thread does that, and the number could be reused by now. And not
    # SSLSocket.shutdown, which drops the TLS state that its thread is using.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def listen(host: str, port: int, tls: ssl.SSLContext | None = None) -> list[Listener]:
    """
    Listen on every address of *host*, on one port; 0 means any free one.

    `localhost` is both 127.0.0.1 and ::1, because browsers differ in which of
    them they try first. Raises OSError.
    """
    addresses = ["127.0.0.1", "::1"] if host == "localhost" else [host]
    for _ in range(FREE_PORT_ATTEMPTS - 1):
        try:
            return _listen_on_all(addresses, port, tls)
        except OSError as exc:
            if port or exc.errno != errno.EADDRINUSE:
                raise
    return _listen_on_all(addresses, port, tls)


def _listen_on_all(
    addresses: list[str], port: int, tls: ssl.SSLContext | None
) -> list[Listener]:
    first, *others = addresses
    listeners = [Listener(first, port, tls)]
    try:
        for address in others:
            listeners.append(Listener(address, listeners[0].port, tls))
    except OSError as exc:
        if exc.errno not in NO_IPV6:
            listeners[0].close()
            raise
    return listeners
