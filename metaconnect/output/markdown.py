"""
Rows as a table in Markdown, for an issue, a wiki or a message.

https://github.github.com/gfm/#tables-extension-
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

from ..models import Column, Row
from .json import cell_text
from .text import one_line

# What would be read as Markdown, as HTML or as the end of a cell; an underscore
# only where it is not inside a word. $ is a formula on GitHub.
_SPECIAL: Final = re.compile(r"[\\`*\[\]<>&|~$]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")


class MarkdownSink:
    """A heading, then a line a row, written page by page."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column]) -> None:
        self._file = file
        self._columns = columns
        self._begun = False

    def write(self, rows: Sequence[Row]) -> None:
        self._begin()
        self._write(
            _line(cell_text(row.get(column.name)) for column in self._columns)
            for row in rows
        )

    def close(self) -> None:
        self._begin()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            rule = "".join(f"| {_alignment(column)} " for column in self._columns)
            self._write([_line(column.name for column in self._columns), f"{rule}|"])

    def _write(self, lines: Iterable[str]) -> None:
        self._file.write("".join(f"{line}\n" for line in lines).encode())
        self._file.flush()


def _alignment(column: Column) -> str:
    return "---" if column.kind.is_text or column.kind.is_listed else "---:"


def _line(cells: Iterable[str]) -> str:
    return "".join(f"| {_escaped(cell)} " for cell in cells) + "|"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", one_line(text).strip())
