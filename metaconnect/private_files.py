"""Files and folders that only their owner can read or change."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from errno import ENOTDIR
from logging import getLogger
from pathlib import Path
from shlex import quote

from .errors import ConfigError

OTHER_FOLDER = "Choose another data folder: METACONNECT_HOME."
POSIX = os.name == "posix"  # elsewhere a mode says nothing about access
TRUSTED_USER = 0  # root can change every folder anyway

logger = getLogger("metaconnect")


def private_folder(path: Path) -> None:
    """
    Create *path*, and the parents it lacks, for its owner alone.

    Raises ConfigError where that fails, or where others can write to it.
    """
    if path.parts[:1] == ("~",):
        raise ConfigError("This user has no home directory.", hint=OTHER_FOLDER)
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as exc:
        raise _unusable(path, exc) from exc
    require_private(path)


def require_private(path: Path) -> None:
    """
    Raise ConfigError if others can write to the folder *path*, or it cannot be
    read. A folder that does not exist yet is private.
    """
    try:
        facts = path.stat()
    except FileNotFoundError:
        return
    except OSError as exc:
        raise _unusable(path, exc) from exc
    if not stat.S_ISDIR(facts.st_mode):
        raise _unusable(path, NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR)))
    if not POSIX:
        return
    if facts.st_uid not in (TRUSTED_USER, os.geteuid()):
        raise ConfigError(
            f"The data folder {path} belongs to another user.", hint=OTHER_FOLDER
        )
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigError(
            f"Other users can write to the data folder {path}.",
            hint=f"Take that right from them with:  chmod go-w {quote(str(path))}",
        )


def write_private(path: Path, content: bytes) -> None:
    """
    Replace the file *path* as a whole, in a folder that exists.

    The new file has mode 0600 before it holds a byte. A symbolic link at *path*
    is replaced, not followed. Raises OSError.
    """
    # mkstemp: a random name, O_EXCL, O_NOFOLLOW and mode 0600.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=temporary_prefix(path))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def remove_leftovers(path: Path) -> None:
    """
    Remove what killed processes left of `write_private(path, ...)`.

    Only for a caller that no other writer of *path* can run beside.
    """
    for leftover in leftovers(path):
        with suppress(OSError):
            leftover.unlink()


def leftovers(path: Path) -> list[Path]:
    """Return the temporary files of *path*, those being written included."""
    return list(path.parent.glob(f"{temporary_prefix(path)}*"))


def temporary_prefix(path: Path) -> str:
    """Return how the names of the temporary files for *path* begin."""
    return f".{path.stem}-"


def mend_mode(path: Path) -> None:
    """
    Take from others the right to read or write the file *path*, and log a
    warning if they had it. Raises OSError.
    """
    # By name: opening a database and closing it again would drop the locks
    # that SQLite holds on it in this process.
    # https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled
    if POSIX and stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
        logger.warning(
            "Other users could open %s. They no longer can (mode 0600), but may "
            "have read it.",
            path,
        )


def _unusable(path: Path, exc: OSError) -> ConfigError:
    return ConfigError(
        f"The data folder {path} cannot be used: {exc.strerror}.", hint=OTHER_FOLDER
    )
