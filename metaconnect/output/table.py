"""Rows as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import Any, BinaryIO, Final

from ..constants import FieldKind
from ..models import Column, Row
from .base import TableOptions
from .cells import Cell, Line, cell
from .layout import GAP, TableColumn, arrange, heading_lines, text_len
from .text import one_line

_DATES: Final = ("date_start", "date_stop")
_ELLIPSIS: Final = "…"
_STAR: Final = "*"
_TOTAL: Final = "total"
_BETWEEN: Final = " · "


class TableSink:
    """A table as wide as the terminal: written whole by `close`, or not at all."""

    def __init__(
        self, file: BinaryIO, columns: Sequence[Column], options: TableOptions
    ) -> None:
        self._file = file
        self._columns = columns
        self._options = options
        self._rows: list[Row] = []

    def write(self, rows: Sequence[Row]) -> None:
        self._rows += rows

    def close(self) -> None:
        if not self._rows:
            self._options.notice(self._options.empty)
            return
        lines = _Table(self._columns, self._rows, self._options).lines()
        text = "".join(f"{line.rstrip()}\n" for line in lines)
        self._file.write(text.encode())
        self._file.flush()


class _Table:
    def __init__(
        self, columns: Sequence[Column], rows: Sequence[Row], options: TableOptions
    ) -> None:
        self._rows = rows
        self._options = options
        columns = [_with_currency(column, options.currency) for column in columns]
        self._period = _period(columns, rows)
        self._currency = _currency(columns) if options.caption else ""
        totals = options.totals(rows) if options.totals and len(rows) > 1 else None
        self._has_totals = totals is not None
        self._table_columns = [
            self._table_column(column, totals) for column in self._shown(columns)
        ]

    def lines(self) -> Iterator[str]:
        """Yield the table's lines, the caption and the legend among them."""
        shown, left_out = arrange(self._table_columns, self._options.width)
        yield from self._painted(self._wrapped(self._caption()), "bold")
        yield from self._painted(_heading(shown), "bold")
        rule = GAP.join("─" * column.width for column in shown)
        yield from self._painted([rule], "dim")
        for place, row in enumerate(self._rows):
            style = self._options.row_style and self._options.row_style(row)
            yield from self._painted(_row(shown, place), style)
        if self._has_totals:
            yield from self._painted([rule], "dim")
            yield from self._painted(_labelled(_row(shown, -1)), "bold")
        for text in self._options.legend:
            yield from self._painted(self._wrapped(text), "dim")
        self._tell(left_out)

    def _shown(self, columns: Sequence[Column]) -> Iterator[Column]:
        marker = self._options.marker
        yield from (column for column in columns if column.name == marker)
        for column in columns:
            if column.name == marker or (self._period and column.name in _DATES):
                continue
            if column.name == "date_stop" and _all_days(self._rows):
                continue
            yield column

    def _table_column(self, column: Column, totals: Row | None) -> TableColumn:
        if column.name == self._options.marker:
            marks = [(Line(_STAR if r.get(column.name) else ""),) for r in self._rows]
            return TableColumn(column=column, heading="", cells=marks)
        cells = [cell(row.get(column.name), column) for row in self._rows]
        if totals is not None:
            cells.append(_total(column, totals))
        return TableColumn(column=column, heading=self._heading(column), cells=cells)

    def _heading(self, column: Column) -> str:
        if column.name == "date_start" and _all_days(self._rows):
            return "date"
        unit = "" if column.unit == self._currency else column.unit
        return one_line(f"{column.name} ({unit})" if unit else column.name)

    def _caption(self) -> str:
        caption = one_line(self._options.caption)
        more = [self._period, one_line(self._currency)]
        told = [text for text in more if text and text not in caption]
        return _BETWEEN.join([caption, *told] if caption else told)

    def _wrapped(self, text: str) -> list[str]:
        return wrap(one_line(text), self._options.width or len(text) + 1)

    def _painted(self, lines: Sequence[str], style: str | None) -> Sequence[str]:
        if style and self._options.color:
            return [_paint(line, style) for line in lines]
        return lines

    def _tell(self, left_out: Sequence[TableColumn]) -> None:
        if left_out:
            names = ", ".join(one_line(column.name) for column in left_out)
            self._options.notice(
                f"Left out at {self._options.width} columns: {names}."
                " A wider terminal shows them."
            )


def _with_currency(column: Column, currency: str | None) -> Column:
    if currency and column.kind.is_money and not column.unit:
        return replace(column, unit=currency)
    return column


def _currency(columns: Sequence[Column]) -> str:
    """Return the one currency of all money, "" where there is none or several."""
    units = {column.unit for column in columns if column.kind.is_money}
    return units.pop() if len(units) == 1 else ""


def _all_days(rows: Sequence[Row]) -> bool:
    return all(row.get("date_start") == row.get("date_stop") for row in rows)


def _period(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Return the period that all rows have, as a text, "" where they differ."""
    if not {column.name for column in columns}.issuperset(_DATES):
        return ""
    first, *others = {tuple(row.get(name) for name in _DATES) for row in rows}
    if others or None in first:
        return ""
    return one_line(" to ".join(dict.fromkeys(map(str, first))))


def _total(column: Column, totals: Row) -> Cell:
    total: Any = totals.get(column.name)
    if total is None and column.kind is FieldKind.TEXT:
        return (Line(),)
    return cell(total, column)


def _labelled(lines: Sequence[str]) -> list[str]:
    """Write "total" where the columns of labels leave room for it."""
    first, *others = lines
    room = len(first) - len(first.lstrip())
    return [_TOTAL + first[len(_TOTAL) :] if room > len(_TOTAL) else first, *others]


def _heading(columns: Sequence[TableColumn]) -> list[str]:
    """Return the headings, each standing on the rule below."""
    headings = [heading_lines(column) for column in columns]
    height = max(map(len, headings))
    padded = [[""] * (height - len(lines)) + lines for lines in headings]
    return [
        GAP.join(
            _padded(text, column.width, right=column.is_right)
            for text, column in zip(texts, columns, strict=True)
        )
        for texts in zip(*padded, strict=True)
    ]


def _row(columns: Sequence[TableColumn], place: int) -> list[str]:
    cells = [column.cells[place] for column in columns]
    return [
        GAP.join(
            _fitted(lines[number] if number < len(lines) else Line(), column.width)
            for lines, column in zip(cells, columns, strict=True)
        )
        for number in range(max(map(len, cells)))
    ]


def _fitted(line: Line, width: int) -> str:
    if not line.words:
        return _padded(line.number, width, right=True)
    room = width - (text_len(line.number) + 1 if line.number else 0)
    words = _padded(_shortened(line.words, room), room, right=False)
    return f"{words} {line.number}" if line.number else words


def _shortened(text: str, width: int) -> str:
    """Cut out the middle of *text*: names often differ only at their ends."""
    if text_len(text) <= width:
        return text
    tail = (width - 1) // 3
    head = width - 1 - tail
    end = _cut(text[::-1], tail)[::-1] if tail else ""
    return f"{_cut(text, head)}{_ELLIPSIS}{end}"


def _cut(text: str, width: int) -> str:
    text = text[:width]
    while text_len(text) > width:
        text = text[:-1]
    return text


def _padded(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - text_len(text))
    return gap + text if right else text + gap


def _paint(text: str, style: str) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render(text.rstrip(), color_system=ColorSystem.STANDARD)
