"""An HTTP client that sends exactly the bytes that it is given."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: str


def connect(port: int, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection((address, port), timeout=10)


def read_reply(connection: socket.socket) -> Reply:
    """Read until the server closes the connection."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Reply(int(status_line.split(" ")[1]), headers, body.decode())


def exchange(port: int, request: bytes, address: str = "127.0.0.1") -> Reply:
    with connect(port, address) as connection:
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
    **headers: str,
) -> Reply:
    """GET *target*; `Sec_Purpose="prefetch"` is a header."""
    host = host or f"localhost:{port}"
    return exchange(port, request_bytes(target, host, **headers), address)


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def callback(**params: str) -> str:
    return f"/callback?{urlencode(params)}"
