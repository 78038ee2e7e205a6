"""This machine: where the browser comes back to, the browser, the secret store."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from ...errors import ConfigError
from ...loopback import is_loopback
from ...oauth.browser import find_browser
from ...oauth.loopback import NOT_LOOPBACK_HINT, LoopbackReceiver
from ...oauth.tls import tls_for_today
from ..threads import in_thread
from .finding import Finding, Program, fine, problem, warning

BOUND = {"127.0.0.1", "::1"}  # what `oauth.listener.listen` binds for localhost
NO_BROWSER = (
    "Open the address that connect prints yourself, or name a browser in BROWSER. "
    "If the browser is on another machine:  metaconnect connect --paste"
)
SET_LOCALHOST = "Set META_REDIRECT_URI=http://localhost:8765/callback."
HOSTS_FILE = "In the hosts file, localhost must be 127.0.0.1 (and ::1), nothing else."


async def check_redirect_uri(program: Program) -> list[Finding]:
    """Listen where Meta sends the browser, as `connect` does, and stop again."""
    uri = program.settings.redirect_uri_for(paste=False)
    if not is_loopback(uri):
        return [
            warning(
                "redirect URI",
                f"{uri} does not lead back to this machine",
                NOT_LOOPBACK_HINT,
            )
        ]
    if urlsplit(uri).hostname in BOUND:
        found = f"{uri}: Meta accepts the name localhost, not an address"
        return [warning("redirect URI", found, SET_LOCALHOST)]
    addresses = ", ".join(await in_thread(_listen_once, uri))
    return [fine("redirect URI", f"{uri}: {addresses} can be listened on")]


async def check_localhost(_program: Program) -> list[Finding]:
    """Compare where a browser goes for `localhost` with where we listen."""
    try:
        found = await in_thread(_addresses_of_localhost)
    except OSError as exc:
        error = ConfigError(
            f"localhost has no address here: {exc.strerror}.", hint=HOSTS_FILE
        )
        return [problem("localhost", error)]
    if others := sorted(found - BOUND):
        said = f"localhost leads to {', '.join(others)}, where nothing listens."
        return [problem("localhost", ConfigError(said, hint=HOSTS_FILE))]
    return [fine("localhost", f"leads to {', '.join(sorted(found))}")]


async def check_browser(_program: Program) -> list[Finding]:
    """Look for a browser, without opening one."""
    found = await in_thread(find_browser)
    if found is None:
        return [warning("browser", "no browser can be opened from here", NO_BROWSER)]
    return [fine("browser", f"{found} can be opened")]


async def check_secrets(program: Program) -> list[Finding]:
    """Write to the secret store, and read it back."""
    kind = program.settings.secrets_kind or "keyring"
    await in_thread(program.secrets.check)
    return [fine("secret store", f"secrets can be kept ({kind})")]


def _listen_once(uri: str) -> tuple[str, ...]:
    tls = tls_for_today() if urlsplit(uri).scheme == "https" else None
    with LoopbackReceiver(uri, tls) as receiver:
        return receiver.addresses


def _addresses_of_localhost() -> set[str]:
    infos = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
    return {str(info[4][0]) for info in infos}
