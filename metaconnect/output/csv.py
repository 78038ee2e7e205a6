"""
Rows as CSV (RFC 4180, with a plain newline at the end of a line).

Values stand as Meta sent them: a name that begins with ``=`` stays so, since
this is data for programs. A spreadsheet should import it as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from ..models import Row
from .json import cell_text
from .text import escaped, well_formed


class CsvSink:
    """
    A line that names the columns, then a line a row, written page by page.

    The first line is written with the first page, so that a read that fails at
    once leaves nothing behind; where the file has *begun* already it is there. With
    *escape* control characters are shown, not written: a terminal would obey them.
    """

    def __init__(
        self,
        file: BinaryIO,
        columns: Sequence[str],
        *,
        escape: bool = False,
        begun: bool = False,
    ) -> None:
        self._file = file
        self._columns = columns
        self._escape = escape
        self._begun = begun

    def write(self, rows: Sequence[Row]) -> None:
        self._begin()
        self._write(
            [cell_text(row.get(name)) for name in self._columns] for row in rows
        )

    def close(self) -> None:
        self._begin()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._write([self._columns])

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        if self._escape:
            rows = ([escaped(cell) for cell in row] for row in rows)
        self._file.write(_lines(rows))
        self._file.flush()


class _Lines(list[str]):
    """A file for the csv module that ends its lines with a plain newline."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    lines = _Lines()
    # Until Python 3.13 a carriage return in a cell is quoted only where it is
    # part of the line's end.
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    text = "".join(lines)
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return well_formed(text).encode()
