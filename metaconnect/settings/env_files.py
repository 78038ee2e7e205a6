"""The files that settings are read from: which ones, and how."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import ConfigError, UsageError

FILE_NAMES = (".env.local", ".env")
ROOT_MARKERS = ("package.json", ".git")


def working_folder() -> Path | None:
    """Return the working folder, None where it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None


def candidates(folder: Path | None) -> list[Path]:
    """
    Return the paths where .env.local and .env are looked for, nearest first.

    That is *folder*, and its parents up to the root of the project, which is
    the first that has a package.json or a .git. Without a root only *folder*
    is searched: what lies above belongs to somebody else.
    """
    if folder is None:
        return []
    return [place / name for place in _up_to_root(folder) for name in FILE_NAMES]


def nearest(folder: Path | None, name: str) -> Path | None:
    """Return the file of that name which is nearest to *folder*, where .env may be."""
    places = _up_to_root(folder) if folder else []
    return next(iter(present([place / name for place in places])), None)


def present(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that are files."""
    return [path for path in paths if os.path.isfile(path)]  # noqa: PTH113


def read_env_file(path: Path) -> Mapping[str, str | None]:
    """
    Return the values in *path*, as they are written.

    Without interpolation: a file could otherwise put a secret of the
    environment into a URL. Raises UsageError for a file that does not exist,
    ConfigError for one that cannot be read.
    """
    from dotenv import dotenv_values

    try:
        # Opened here: `dotenv_values` takes a path that is missing for empty.
        with path.open(encoding="utf-8-sig") as file:
            return dotenv_values(stream=file, interpolate=False)
    except FileNotFoundError as exc:
        raise UsageError(f"There is no file {path}.") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} cannot be read: it is not UTF-8.") from exc
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}.") from exc


def nextjs_root(folder: Path | None) -> Path | None:
    """Return the root of the Next.js project that *folder* is in, if any."""
    for place in _up_to_root(folder) if folder else ():
        if "next" in _packages(place / "package.json"):
            return place
    return None


def _packages(path: Path) -> set[str]:
    """Return what *path*, a package.json, depends on."""
    try:
        described = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return set()
    if not isinstance(described, dict):
        return set()
    lists = (described.get(kind) for kind in ("dependencies", "devDependencies"))
    return {name for each in lists if isinstance(each, dict) for name in each}


def _up_to_root(folder: Path) -> list[Path]:
    visited = []
    for place in (folder, *folder.parents):
        visited.append(place)
        if any(_exists(place / marker) for marker in ROOT_MARKERS):
            return visited
        if place == _home():
            break
    return [folder]


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # neither HOME nor an entry in the password database
        return None


def _exists(path: Path) -> bool:
    # Unlike `Path.exists`, this is False where a folder cannot be searched.
    return os.path.exists(path)  # noqa: PTH110
