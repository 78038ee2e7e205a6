"""Values written into an env file, which keeps everything else as it is."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from ..errors import ConfigError
from ..private_files import write_private

BOM = "\ufeff"
# What no reader of env files takes for a quote, a comment or a reference.
_PLAIN = re.compile(r"[\w.,:;/?&=%@+~-]+", re.ASCII)
# After a name: its value, and what follows that in the line.
_REST = re.compile(
    r"""'?[^\S\r\n]*
    (?:=[^\S\r\n]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|[^\r\n]*?))?
    (?P<tail>(?:[^\S\r\n]+\#[^\r\n]*)?[^\S\r\n]*(?:\r\n|\n|\r)?)""",
    re.VERBOSE,
)


def env_text(path: Path) -> str:
    """
    Return the text of the env file *path*, "" where there is none yet.

    Raises ConfigError where it cannot be written again: a symbolic link may lead
    to a file that others read.
    """
    if path.is_symlink():
        raise ConfigError(f"{path} is a symbolic link.", hint="Name the file itself.")
    if not path.parent.is_dir() or (path.exists() and not path.is_file()):
        raise ConfigError(f"{path} cannot be written: it is no place for a file.")
    try:
        with open(path, encoding="utf-8", newline="", opener=_unfollowed) as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} cannot be read: it is not UTF-8.") from exc
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}.") from exc


def values_in(text: str) -> Mapping[str, str]:
    """Return the values in the *text* of an env file that are not empty."""
    from dotenv import dotenv_values

    stream = StringIO(text.removeprefix(BOM))
    values = dotenv_values(stream=stream, interpolate=False)
    return {name: value for name, value in values.items() if value}


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with *values*: each in its old place, or at the end."""
    from dotenv.parser import parse_stream

    bom = BOM if text.startswith(BOM) else ""
    bindings = list(parse_stream(StringIO(text.removeprefix(BOM))))
    pieces = [binding.original.string for binding in bindings]
    # Of a name that stands there twice, readers take the last.
    places = {binding.key: number for number, binding in enumerate(bindings)}
    for name in values.keys() & places.keys():
        place = places[name]
        pieces[place] = _replaced(pieces[place], name, values[name])
    newline = "\r\n" if "\r\n" in text else "\n"
    if pieces and not pieces[-1].endswith(("\n", "\r")):
        pieces.append(newline)
    added = (name for name in values if name not in places)
    pieces += [f"{name}={quoted(name, values[name])}{newline}" for name in added]
    return bom + "".join(pieces)


def quoted(name: str, value: str) -> str:
    """
    Return *value* so that python-dotenv and Next.js read the same.

    Next.js expands $ even between single quotes, and the two differ about
    backslashes: a value with one of these raises ConfigError.
    https://nextjs.org/docs/app/guides/environment-variables
    """
    if _PLAIN.fullmatch(value):
        return value
    if value.isprintable() and not set(value) & {"$", "\\"}:
        for quote in "'\"":
            if quote not in value:
                return f"{quote}{value}{quote}"
    raise ConfigError(
        f"{name} has a character that programs read differently in an env file.",
        hint="Set it in the environment.",
    )


def write_env(path: Path, text: str) -> None:
    """Replace the env file *path*; only its owner can read it. Raises ConfigError."""
    try:
        write_private(path, text.encode())
    except OSError as exc:
        raise ConfigError(f"{path} cannot be written: {exc.strerror}.") from exc


def _replaced(line: str, name: str, value: str) -> str:
    """Return *line* with another value; what precedes and follows it stays."""
    head, _, rest = line.partition(name)
    match = _REST.fullmatch(rest)
    tail = match["tail"] if match else "\n"
    head = head.removesuffix("'")
    return f"{head}{name}={quoted(name, value)}{tail}"


def _unfollowed(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
