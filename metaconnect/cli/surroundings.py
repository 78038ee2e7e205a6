"""Where this terminal is, as far as it decides which browser reaches the listener."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from shlex import quote

SSH_PORT = "22"
# https://docs.docker.com/reference/cli/docker/container/run/ and
# https://docs.podman.io/en/latest/markdown/podman-run.1.html
CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv")


def advice_here(port: int) -> str:
    """Return `advice` for this process."""
    return advice(os.environ, lambda path: Path(path).exists(), _kernel(), port)


def advice(
    environ: Mapping[str, str], exists: Callable[[str], bool], kernel: str, port: int
) -> str:
    """
    Return how a browser elsewhere reaches our *port* on localhost, "" on a desktop.

    *kernel* is the text of /proc/version. A codespace can be entered over SSH, and
    WSL can run containers: what is further in comes first.
    """
    if "CODESPACES" in environ:
        return _codespace(environ, port)
    if "SSH_CONNECTION" in environ or "SSH_TTY" in environ:
        return _ssh(environ, port)
    if "REMOTE_CONTAINERS" in environ:
        return (
            f"In a dev container the editor forwards port {port}: the first address "
            "works in the\nbrowser outside. If it does not, use --paste."
        )
    if any(map(exists, CONTAINER_FILES)):
        # A published port leads to the container's own address, not to its localhost.
        return (
            "In a container a browser outside reaches the first address only with "
            "the host's network\n(docker run --network host); a published port is "
            "not enough. Otherwise use --paste."
        )
    # https://learn.microsoft.com/windows/wsl/networking
    if "microsoft" in kernel.lower():
        return "In WSL the browser of Windows reaches the first address too."
    return ""


def _codespace(environ: Mapping[str, str], port: int) -> str:
    # https://cli.github.com/manual/gh_codespace_ports_forward
    name = environ.get("CODESPACE_NAME", "")
    named = f" -c {quote(name)}" if name else ""
    return (
        "In a codespace the first address works in the browser of a machine on "
        f"which this runs:\n  gh codespace ports forward {port}:{port}{named}"
    )


def _ssh(environ: Mapping[str, str], port: int) -> str:
    return (
        "Over SSH the first address works in the browser of a machine on which this "
        f"runs:\n  ssh -L {port}:localhost:{port} {_destination(environ)}"
    )


def _destination(environ: Mapping[str, str]) -> str:
    """Return USER@HOST as ssh takes it, with the names that are known."""
    user = environ.get("USER") or environ.get("LOGNAME")
    user = quote(user) if user else "USER"
    # Of the client its address and port, then our own: ssh(1), ENVIRONMENT.
    words = environ.get("SSH_CONNECTION", "").split()
    try:
        *_, host, port = words
        host = str(ip_address(host))
    except ValueError:
        return f"{user}@HOST"
    option = f"-p {port} " if port.isdecimal() and port != SSH_PORT else ""
    return f"{option}{user}@{host}"


def _kernel() -> str:
    try:
        return Path("/proc/version").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
