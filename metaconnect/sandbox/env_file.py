"""The settings that point a client at the sandbox: printed, or in an env file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from .state import Sandbox

# The first line of our files; only a file that begins with it is written over.
HEADER = "# Written by `metaconnect sandbox`: every number from there is invented.\n"
REDIRECT_PORT = 8765


class EnvFileExists(FileExistsError):
    """There is a file of that name that the sandbox has not written."""


def settings_of(port: int, sandbox: Sandbox) -> dict[str, str]:
    """Return what a client has to set; no value needs quotes."""
    url = f"http://localhost:{port}"
    return {
        "META_GRAPH_URL": url,
        "META_DIALOG_URL": url,
        "META_APP_ID": sandbox.app_id,
        "META_APP_SECRET": sandbox.app_secret,
        # A redirect URI of the working folder may lead to a dashboard.
        "META_REDIRECT_URI": f"http://localhost:{_redirect_port(port)}/callback",
        # Invented tokens do not belong into a dashboard's table.
        "METACONNECT_STORE": "local",
    }


def _redirect_port(port: int) -> int:
    """Return the port of metaconnect's default redirect URI, or one beside it."""
    return REDIRECT_PORT if port != REDIRECT_PORT else REDIRECT_PORT + 2


def export_lines(settings: Mapping[str, str], system: str = os.name) -> Iterator[str]:
    """Yield lines to paste: for a POSIX shell, or for PowerShell on Windows."""
    for name, value in settings.items():
        if system == "nt":
            yield f'$env:{name} = "{value}"'
        else:
            yield f"export {name}={value}"


def write_env_file(
    path: Path, settings: Mapping[str, str], *, force: bool = False
) -> None:
    """
    Write *settings* to a new file that only its owner can read.

    A file of that name is replaced if it is one of ours, or with *force*.
    Raises EnvFileExists for another file, OSError for what cannot be written.
    """
    if _exists(path) and not (force or _is_ours(path)):
        raise EnvFileExists(f"{path} is not a file of the sandbox")
    path.unlink(missing_ok=True)
    # Created, never opened: a link that is put there meanwhile is not followed.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(HEADER)
        file.writelines(f"{name}={value}\n" for name, value in settings.items())


def _exists(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.readline() == HEADER.encode()
