"""Where data goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from ..constants import FieldKind, Format
from ..errors import UsageError
from .report import report_as_json
from .terminal import say

if TYPE_CHECKING:  # the formats of data go without
    from ..models import Row
    from ..output.partial import PartialFile

WIDE = 200  # columns, where there is no terminal to measure


def chosen_format(form: Format | None, *, json: bool = False) -> Format:
    """
    Return the format that was asked for, else a table on a terminal and JSON
    elsewhere. Errors are from then on reported in kind.

    Raises UsageError where --json and another --format contradict each other.
    """
    if json and form not in (None, Format.json):
        raise UsageError(f"--json and --format {form} exclude each other.")
    asked = Format.json if json else form
    found = asked or (Format.table if sys.stdout.isatty() else Format.json)
    if found in (Format.json, Format.ndjson):
        report_as_json(explicit=asked is not None)
    return found


def table_width() -> int:
    """Return how wide a table may be, in columns of the terminal."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return WIDE
    return shutil.get_terminal_size().columns


def print_list(
    rows: Sequence[Row],
    names: Sequence[str],
    form: Format,
    *,
    marker: str | None = None,
    dim: Callable[[Row], bool] = lambda _row: False,
    legend: Sequence[str] = (),
    kinds: Mapping[str, FieldKind] = MappingProxyType({}),
    empty: str,
) -> None:
    """
    Print *rows*, whose keys are *names*: what every command that lists does.

    In a table the column *marker* is a star, *dim* says which rows matter less, and
    *legend* stands below. *kinds* are those of the columns that are not text.
    """
    from ..models import Column
    from ..output.base import TableOptions, open_sink

    options = TableOptions(
        width=table_width(),
        color=colors(),
        legend=legend,
        marker=marker,
        row_style=lambda row: "dim" if dim(row) else None,
        notice=say,
        empty=empty,
    )
    with opened(None) as file:
        columns = [Column(name=n, kind=kinds.get(n, FieldKind.TEXT)) for n in names]
        sink = open_sink(form, file, columns, table=options)
        sink.write(rows)
        sink.close()


def colors() -> bool:
    """Whether stdout takes colours: https://no-color.org"""
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def require_place_for(path: Path) -> None:
    """Raise UsageError where no file can be written at *path*."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no such folder.")


@contextmanager
def opened(path: Path | None) -> Iterator[BinaryIO]:
    """Yield stdout, or a file that takes *path*'s place when all went well."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a named pipe
            with path.open("wb") as file:
                yield file
            return
        with _replacing(path) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise UsageError(f"{path} cannot be written: {exc.strerror}.") from exc


@contextmanager
def opened_to_continue(
    path: Path, form: Format, query_key: str
) -> Iterator[PartialFile]:
    """
    Yield the file for *path* behind what an interrupted run has left: `--continue`.

    Raises UsageError where *form* is not written row by row, or *path* is no file.
    """
    from ..output.partial import continued

    if form not in (Format.ndjson, Format.csv):
        raise UsageError(f"--continue goes with ndjson and csv, not with {form}.")
    if path.exists() and not path.is_file():
        raise UsageError(f"--continue needs a file, and {path} is none.")
    try:
        with continued(path, query_key) as partial:
            yield partial
    except OSError as exc:
        raise UsageError(f"{path} cannot be written: {exc.strerror}.") from exc


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    from secrets import token_hex

    target = path.resolve()
    # Named before it is there: a signal in between would leave it behind.
    fresh = target.with_name(f".{target.name[:100]}.{token_hex(8)}")
    try:
        with fresh.open("xb") as file:
            yield file
        if target.exists():
            fresh.chmod(target.stat().st_mode & 0o777)
        fresh.replace(target)
    finally:
        with suppress(OSError):
            fresh.unlink()
