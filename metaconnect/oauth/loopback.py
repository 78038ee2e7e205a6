"""
The loopback receiver: the redirect comes to us (RFC 8252, section 7.3).

Meta takes `http://localhost` for loopback and refuses 127.0.0.1; Supabase Auth
is the other way round. So the URI says what the caller wants it to say, and
`localhost` is listened on in both families.
"""

from __future__ import annotations

import asyncio
import errno
from functools import partial
from typing import Self
from urllib.parse import SplitResult, urlsplit

from ..errors import ConfigError
from .endpoint import RedirectionEndpoint
from .futures import settle_from_thread
from .listener import Listener, listen
from .receiver import PendingAuthorization

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
HTTP_PORT = 80
OTHER_PORTS = (8766, 8767)
NOT_LOOPBACK_HINT = (
    "Paste the address instead:  metaconnect connect --paste\n"
    "Or set META_REDIRECT_URI=http://localhost:8765/callback."
)


class LoopbackReceiver:
    """
    Receives on the host, port and path of *redirect_uri*.

    Port 0 means any that is free; `redirect_uri` then tells which, inside the
    `with` block. Raises ConfigError where the URI is not ours to listen on.
    """

    def __init__(self, redirect_uri: str) -> None:
        self._parts, self._port = _loopback(redirect_uri)
        self._redirect_uri = redirect_uri
        self._listeners: list[Listener] = []

    def __enter__(self) -> Self:
        """Listen. Raises ConfigError where the port is taken."""
        host = self._parts.hostname or ""
        try:
            self._listeners = listen(host, self._port)
        except OSError as exc:
            raise _cannot_listen(self._parts, self._port, exc) from exc
        self._endpoint = RedirectionEndpoint(self._parts.path or "/", self.port)
        for listener in self._listeners:
            listener.serve(self._endpoint)
        return self

    def __exit__(self, *exc: object) -> None:
        self._endpoint.close()
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    @property
    def port(self) -> int:
        return self._listeners[0].port if self._listeners else self._port

    @property
    def redirect_uri(self) -> str:
        # Meta compares it letter by letter: leave it alone unless we must not.
        if self._parts.port != 0:
            return self._redirect_uri
        return self._parts._replace(netloc=self._netloc).geturl()

    @property
    def start_url(self) -> str:
        """The short URL that leads on to the authorization URL, state and all."""
        return f"http://{self._netloc}{self._endpoint.start_path}"

    @property
    def _netloc(self) -> str:
        host = self._parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return host if self.port == HTTP_PORT else f"{host}:{self.port}"

    async def receive(self, expected: PendingAuthorization) -> dict[str, str]:
        """Return the first response that *expected* claims; wait for ever."""
        response: asyncio.Future[dict[str, str]]
        response = asyncio.get_running_loop().create_future()
        self._endpoint.expect(expected, partial(settle_from_thread, response))
        try:
            return await response
        finally:
            self._endpoint.forget()


def _loopback(redirect_uri: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError as exc:
        raise ConfigError(
            "The redirect URI is not a URL.", hint=NOT_LOOPBACK_HINT
        ) from exc
    if parts.scheme != "http" or parts.hostname not in LOOPBACK_HOSTS:
        raise ConfigError(
            "Nothing can be received at that redirect URI: "
            "only http://localhost leads back to this machine.",
            hint=NOT_LOOPBACK_HINT,
        )
    if parts.fragment or parts.username is not None:
        raise ConfigError(
            "A redirect URI has no user name and no #fragment.",
            hint=NOT_LOOPBACK_HINT,
        )
    return parts, HTTP_PORT if port is None else port


def _cannot_listen(parts: SplitResult, port: int, exc: OSError) -> ConfigError:
    if exc.errno == errno.EADDRINUSE:
        problem = f"Port {port} is taken by another process."
    elif exc.errno in (errno.EACCES, errno.EPERM):
        problem = f"This user may not listen on port {port}."
    else:
        problem = f"Port {port} cannot be listened on: {exc.strerror}."
    other = next(p for p in OTHER_PORTS if p != port)
    path = parts.path or "/"
    return ConfigError(
        problem,
        hint="Choose another one:  "
        f"META_REDIRECT_URI=http://{parts.hostname}:{other}{path}",
    )
