"""
Which columns of a table are shown, and how wide.

Numbers, dates and ids never break. What is too wide loses, in this order: the
ids whose names are shown, the ends of names, and columns from the right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rich.cells import cell_len

from ..models import Column
from .cells import Cell, Line

GAP: Final = "  "
_NARROWEST_NAME: Final = 12
_KEPT_NUMBERS: Final = 3  # the labels are shortened and left out before these
_KEPT_LABELS: Final = 2  # of a table without numbers
_PIECES: Final = re.compile(r"[^_ ]+_*|_+")
# A date, a time or an id: what is not read as words.
_UNBREAKABLE: Final = re.compile(r"(?:act_)?[\d\W]*(?:T[\d\W]+)?Z?")


@dataclass(kw_only=True, eq=False)
class TableColumn:
    """A column with the texts of all its cells; `cells` ends with the total."""

    column: Column
    heading: str
    cells: Sequence[Cell]
    width: int = 0

    @property
    def name(self) -> str:
        return self.column.name

    @cached_property
    def is_label(self) -> bool:
        """Whether the values are texts, by which rows are told apart."""
        return self.column.kind.is_text

    @cached_property
    def is_right(self) -> bool:
        return not any(line.words for cell in self.cells for line in cell)

    @cached_property
    def body(self) -> int:
        """The width that no cell is too long for."""
        return max((line_len(ln) for cell in self.cells for ln in cell), default=0)

    @cached_property
    def full(self) -> int:
        """The width with the heading in one line."""
        return max(self.body, text_len(self.heading))

    @cached_property
    def folded(self) -> int:
        """The width with the heading in several lines."""
        return max(self.body, self._longest_piece)

    @cached_property
    def floor(self) -> int:
        """The width with names cut short."""
        if self.is_label and self._is_unbreakable:
            return self.folded
        lines = [line for cell in self.cells for line in cell]
        shortest = max(map(_shortest_len, lines), default=0)
        return max(shortest, self._longest_piece)

    @property
    def _is_unbreakable(self) -> bool:
        return is_id(self.name) or all(
            _UNBREAKABLE.fullmatch(line.words) for cell in self.cells for line in cell
        )

    @property
    def _longest_piece(self) -> int:
        return max(map(text_len, _PIECES.findall(self.heading)), default=0)


def arrange(
    columns: Sequence[TableColumn], limit: int | None
) -> tuple[list[TableColumn], list[TableColumn]]:
    """Set the columns' widths; return those that fit and those that do not."""
    shown = list(columns)
    if limit is not None:
        if _width([column.folded for column in shown]) > limit:
            shown = _without_ids(shown)
        leaving = _leaving(shown)
        while _width([column.floor for column in shown]) > limit and len(shown) > 1:
            shown.remove(next(leaving))
    _set_widths(shown, limit)
    return shown, [column for column in columns if column not in shown]


def is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def heading_lines(column: TableColumn) -> list[str]:
    """Return the heading, broken after underscores and at spaces where it must."""
    lines = [""]
    for piece in _PIECES.findall(column.heading):
        gap = " " if lines[-1] and not lines[-1].endswith("_") else ""
        if lines[-1] and text_len(lines[-1] + gap + piece) > column.width:
            lines.append(piece)
        else:
            lines[-1] += gap + piece
    return lines


def text_len(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    return len(text) if text.isascii() else cell_len(text)


def line_len(line: Line) -> int:
    gap = 1 if line.words and line.number else 0
    return text_len(line.words) + gap + text_len(line.number)


def _shortest_len(line: Line) -> int:
    words = min(text_len(line.words), _NARROWEST_NAME)
    return line_len(line) - text_len(line.words) + words


def _width(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * max(len(widths) - 1, 0)


def _without_ids(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Leave out the ids of what is also shown by its name."""
    names = {column.name for column in columns}
    return [
        column
        for column in columns
        if not (
            column.name.endswith("_id")
            and f"{column.name.removesuffix('id')}name" in names
        )
    ]


def _leaving(columns: Sequence[TableColumn]) -> Iterator[TableColumn]:
    """
    Yield *columns* in the order in which they are left out.

    From the right; but a few numbers stay longer than what the rows can be told
    apart without: ids, the last day, the currency, and the names of what the rows'
    own object is part of.
    """
    numbers = [place for place, c in enumerate(columns) if not c.is_label]
    kept = numbers[:_KEPT_NUMBERS]
    head = columns[: kept[-1] + 1 if kept else _KEPT_LABELS]
    lesser = _lesser(head) if kept else []
    yield from reversed(columns[len(head) :])
    yield from lesser
    yield from (column for column in reversed(head) if column not in lesser)


def _lesser(head: Sequence[TableColumn]) -> list[TableColumn]:
    others = head[1:]
    ids = [c for c in others if c.is_label and is_id(c.name)]
    dates = [c for c in others if c.name == "date_stop"]
    parents = [c for c in head if c.name.endswith("_name")][:-1]
    currency = [c for c in others if c.name == "account_currency"]
    return [*ids, *dates, *parents, *currency]


def _set_widths(columns: Sequence[TableColumn], limit: int | None) -> None:
    for column in columns:
        column.width = column.full
    if limit is None:
        return
    for narrower in ("folded", "floor"):
        _narrow(columns, narrower, limit)


def _narrow(columns: Sequence[TableColumn], narrower: str, limit: int) -> None:
    """Take columns' width from the widest, down to *narrower*, until all fit."""
    while _width([column.width for column in columns]) > limit:
        able = [c for c in columns if c.width > getattr(c, narrower)]
        if not able:
            return
        widest = max(able, key=lambda column: column.width)
        widest.width -= 1
