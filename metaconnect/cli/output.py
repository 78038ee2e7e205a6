"""Where data goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from ..errors import UsageError

if TYPE_CHECKING:  # rich takes its time, and JSON goes without
    from rich.console import Console

WIDE = 200  # columns, where there is no terminal to measure


def stdout_console(file: TextIO | None = None) -> Console:
    """
    Return what prints tables on stdout, or on *file* in its stead.

    They are as wide as the terminal; elsewhere wide enough for every column.
    """
    from rich.console import Console

    wide = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    width = WIDE if wide else shutil.get_terminal_size().columns
    return Console(file=file or sys.stdout, width=width, highlight=False)


@contextmanager
def opened(path: Path | None) -> Iterator[BinaryIO]:
    """Yield stdout, or a file that takes *path*'s place when all went well."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and not path.is_file():  # /dev/stdout, a named pipe
        with path.open("wb") as file:
            yield file
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("xb") as file:
            yield file
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    except OSError as exc:
        raise UsageError(f"{path} cannot be written: {exc.strerror}.") from exc
    finally:
        with suppress(OSError):
            fresh.unlink()
