"""
Serve the sandbox: in a thread for tests, in the foreground for people.

Only loopback: 127.0.0.1, and ::1 where there is one, since browsers may take
``localhost`` for either.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shlex
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import LIMITATIONS, create_app
from .env_file import export_lines, settings_of, write_env_file
from .state import Sandbox

START_TIMEOUT = 10.0
PORT_TRIES = 20


class _Protocol(H11Protocol):
    """Give the application its transport, so that it can cut the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def bind(port: int) -> list[socket.socket]:
    """
    Listen on *port* of every loopback address; 0 takes a free one.

    Raises OSError when another program listens there.
    """
    tries = 1 if port else PORT_TRIES
    for left in reversed(range(tries)):
        first = _listen(socket.AF_INET, "127.0.0.1", port)
        try:
            return [first, *_listen_v6(first.getsockname()[1])]
        except OSError:
            first.close()
            if not left:
                raise
    raise AssertionError  # pragma: no cover


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # Only with the protocol named does asyncio set TCP_NODELAY: 40 ms an answer.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return sock


def _listen_v6(port: int) -> list[socket.socket]:
    try:
        return [_listen(socket.AF_INET6, "::1", port)]
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise
        return []


def _uvicorn(sandbox: Sandbox) -> uvicorn.Server:
    config: dict[str, Any] = {
        # An access log would show tokens, which Meta's clients put into URLs.
        "access_log": False,
        "log_config": None,
        "log_level": "warning",
        "http": _Protocol,
        "ws": "none",
        "lifespan": "off",
        "timeout_graceful_shutdown": 1,
        "server_header": False,
    }
    return uvicorn.Server(uvicorn.Config(create_app(sandbox), **config))


class SandboxServer:
    """
    Serves the sandbox in a thread: ``with SandboxServer() as server: ...``.

    It listens when the block begins. Entering raises OSError for a port in use.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        auto_approve: bool = False,
        sandbox: Sandbox | None = None,
    ) -> None:
        self.sandbox = sandbox or Sandbox(auto_approve=auto_approve)
        self.app_id = self.sandbox.app_id
        self.app_secret = self.sandbox.app_secret
        self.port = port
        self._sockets: list[socket.socket] = []
        self._server = _uvicorn(self.sandbox)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """The base URL of both the dialog and the Graph API."""
        return f"http://localhost:{self.port}"

    def _run(self) -> None:
        self._server.run(self._sockets)

    def __enter__(self) -> Self:
        self._sockets = bind(self.port)
        self.port = self._sockets[0].getsockname()[1]
        self._thread.start()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.close()
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and free the port."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(START_TIMEOUT)
        for sock in self._sockets:
            sock.close()


def serve(
    port: int = 8766,
    *,
    auto_approve: bool = False,
    env_file: Path | None = None,
    force: bool = False,
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),  # noqa: T201
) -> None:
    """
    Serve in the foreground until Ctrl-C, then return.

    `say` is given each line of the introduction. The settings of clients are
    written to `env_file`; see `write_env_file` for what `force` does. Raises
    OSError for a port in use, and for a file that cannot be written.
    """
    sandbox = Sandbox(auto_approve=auto_approve)
    sockets = bind(port)
    try:
        port = sockets[0].getsockname()[1]
        if env_file:
            write_env_file(env_file, settings_of(port, sandbox), force=force)
        for line in introduction(port, sandbox, env_file):
            say(line)
        _uvicorn(sandbox).run(sockets)
    except KeyboardInterrupt:
        pass
    finally:
        for sock in sockets:
            sock.close()


def introduction(
    port: int, sandbox: Sandbox, env_file: Path | None = None
) -> list[str]:
    """Return what `serve` says first: what this is, is not, and how to use it."""
    url = f"http://localhost:{port}"
    return [
        f"A pretend Meta on {url}, for tests and demonstrations. It does not do:",
        *(f"  - {each}" for each in LIMITATIONS),
        f"Errors on request: {url}/_sandbox/scenarios",
        *_next_steps(port, sandbox, env_file),
        "Press Ctrl-C to stop it.",
    ]


def _next_steps(port: int, sandbox: Sandbox, env_file: Path | None) -> list[str]:
    if env_file:
        file = str(env_file.absolute())
        command = f"metaconnect --env-file {shlex.quote(file)}"
        first = [f"The settings are in {file}. In another terminal, paste:", ""]
    else:
        command = "metaconnect"
        first = ["In another terminal, paste:", ""]
        first += export_lines(settings_of(port, sandbox))
    client = "--client sandbox-client"
    return [*first, f"{command} connect {client}", f"{command} insights {client}", ""]
