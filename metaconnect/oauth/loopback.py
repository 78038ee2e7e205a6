"""
The loopback receiver: listens on the redirect URI (RFC 8252, section 7.3).

Meta accepts `http://localhost` as loopback and refuses 127.0.0.1; Supabase
Auth does the opposite. So the caller decides which of them the URI names, and
`localhost` is listened on in both address families.

A Live app takes https alone, and only addresses that it lists:
https://developers.facebook.com/blog/post/2018/06/08/enforce-https-facebook-login/
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import sys
from functools import partial
from shlex import quote
from typing import Self
from urllib.parse import SplitResult, urlsplit

from ..errors import AuthError, ConfigError
from .endpoint import RedirectionEndpoint
from .listener import Listener, listen
from .pending import PendingAuthorization
from .receiver import set_result_threadsafe

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
NOT_LOOPBACK_HINT = (
    "Paste the address instead:  metaconnect connect --paste\n"
    "Or set META_REDIRECT_URI=http://localhost:8765/callback."
)
OPENED_TWICE_HINT = (
    "Run the command again and open its address once. If you did open it only "
    "once, another program on this machine opened it too."
)
HTTPS_HINT = "Listen there with a certificate:  metaconnect connect --https\n"
NO_PORT_HINT = "Stop programs that listen on many ports, and run the command again."


class LoopbackReceiver:
    """
    Receives on the host, port and path of *redirect_uri*.

    Port 0 means any free port; inside the `with` block `redirect_uri` then
    names it. An https URI needs *tls*. Raises ConfigError where the URI is not a
    loopback address, or of the other scheme.
    """

    def __init__(self, redirect_uri: str, tls: ssl.SSLContext | None = None) -> None:
        self._parts, self._port = _loopback(redirect_uri, "https" if tls else "http")
        self._tls = tls
        self._redirect_uri = redirect_uri
        self._listeners: list[Listener] = []

    def __enter__(self) -> Self:
        """Listen. Raises ConfigError where the port is taken."""
        host = self._parts.hostname or ""
        try:
            self._listeners = listen(host, self._port, self._tls)
        except OSError as exc:
            raise _cannot_listen(self._parts, self._port, exc) from exc
        self._endpoint = RedirectionEndpoint(
            self._parts.path or "/", self.port, DEFAULT_PORTS[self._parts.scheme]
        )
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
    def addresses(self) -> tuple[str, ...]:
        """The addresses that are listened on."""
        return tuple(str(each.server_address[0]) for each in self._listeners)

    @property
    def redirect_uri(self) -> str:
        # Meta compares it character by character: change nothing but port 0.
        if self._parts.port != 0:
            return self._redirect_uri
        return self._parts._replace(netloc=self._netloc).geturl()

    @property
    def start_url(self) -> str:
        """
        The short address, which holds no state.

        It leads to the authorization URL once: see PendingAuthorization.
        """
        return f"{self._parts.scheme}://{self._netloc}{self._endpoint.start_path}"

    @property
    def _netloc(self) -> str:
        host = self._parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        is_default = self.port == DEFAULT_PORTS[self._parts.scheme]
        return host if is_default else f"{host}:{self.port}"

    async def receive(self, pending: PendingAuthorization) -> dict[str, str]:
        """
        Return the first response that *pending* claims; wait without limit.

        Raises AuthError when a second request for the start page has revoked
        the only state.
        """
        response: asyncio.Future[dict[str, str] | None]
        response = asyncio.get_running_loop().create_future()
        self._endpoint.wait_for(pending, partial(set_result_threadsafe, response))
        try:
            params = await response
        finally:
            self._endpoint.stop_waiting()
        if params is None:
            raise AuthError(
                f"{self.start_url} was opened twice, so this login was stopped.",
                hint=OPENED_TWICE_HINT,
            )
        return params


def _loopback(redirect_uri: str, scheme: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError as exc:
        raise ConfigError(
            "The redirect URI is not a URL.", hint=NOT_LOOPBACK_HINT
        ) from exc
    if parts.scheme != scheme or parts.hostname not in LOOPBACK_HOSTS:
        is_ours = parts.scheme == "https" and parts.hostname in LOOPBACK_HOSTS
        raise ConfigError(
            "Nothing can be received at that redirect URI: "
            f"only {scheme}://localhost leads back to this machine.",
            hint=(HTTPS_HINT if is_ours else "") + NOT_LOOPBACK_HINT,
        )
    if parts.fragment or parts.username is not None:
        raise ConfigError(
            "A redirect URI has no user name and no #fragment.",
            hint=NOT_LOOPBACK_HINT,
        )
    return parts, DEFAULT_PORTS[scheme] if port is None else port


def _cannot_listen(parts: SplitResult, port: int, exc: OSError) -> ConfigError:
    if port == 0:
        problem = f"No port of {parts.hostname} can be listened on: {exc.strerror}."
        return ConfigError(problem, hint=NO_PORT_HINT)
    if exc.errno == errno.EADDRINUSE:
        problem = f"Port {port} is taken by another process."
    elif exc.errno in (errno.EACCES, errno.EPERM):
        problem = f"This user may not listen on port {port}."
    else:
        problem = f"Port {port} cannot be listened on: {exc.strerror}."
    return ConfigError(problem, hint=_another_port(parts))


def _another_port(parts: SplitResult) -> str:
    if parts.scheme == "https":
        return (
            "Free that port; or let the app list an address with another one, and set "
            "META_REDIRECT_URI to it."
        )
    # Meta accepts every port of localhost while the app is in Development mode.
    any_port = f"http://{parts.hostname}:0{parts.path or '/'}"
    return (
        "Use any free port, and run the command again:\n"
        f"  {_assignment('META_REDIRECT_URI', any_port)}"
    )


def _assignment(name: str, value: str) -> str:
    """Return the line that sets an environment variable in the usual shell."""
    if sys.platform == "win32":
        return f'$env:{name} = "{value}"'
    return f"export {name}={quote(value)}"
