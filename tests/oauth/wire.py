"""An HTTP client that sends exactly the bytes that it is given."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from metaconnect.oauth.tls import tls_for_today


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: str


@cache
def our_tls() -> ssl.SSLContext:
    """One certificate for all tests: a key takes a while to make."""
    return tls_for_today()


@cache
def their_tls() -> ssl.SSLContext:
    """What a browser uses whose person went on despite the warning."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connect(port: int, address: str = "127.0.0.1", *, tls=False) -> socket.socket:
    connection = socket.create_connection((address, port), timeout=10)
    # As browsers do: without, the end of a TLS handshake waits for a delayed ACK.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return their_tls().wrap_socket(connection) if tls else connection


def read_reply(connection: socket.socket) -> Reply:
    """Read until the server closes the connection."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Reply(int(status_line.split(" ")[1]), headers, body.decode())


def exchange(
    port: int, request: bytes, address: str = "127.0.0.1", *, tls=False
) -> Reply:
    with connect(port, address, tls=tls) as connection:
        connection.sendall(request)
        return read_reply(connection)


def request_bytes(
    target: str, host: str | None, method: str = "GET", **headers: str
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def get(
    port: int,
    target: str,
    *,
    host: str | None = None,
    address: str = "127.0.0.1",
    tls: bool = False,
    **headers: str,
) -> Reply:
    """GET *target*; `Sec_Purpose="prefetch"` is a header."""
    host = host or f"localhost:{port}"
    return exchange(port, request_bytes(target, host, **headers), address, tls=tls)


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def callback(**params: str) -> str:
    return f"/callback?{urlencode(params)}"
