"""Rows as a table for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from msgspec.structs import replace

from ..models import Column, Row
from .base import TableOptions, Totals
from .cells import Cell, Line, cell
from .draw import heading_row, labelled, noticed, paint, row_lines, wrapped
from .layout import GAP, TableColumn, arrange
from .text import one_line

_DATES: Final = ("date_start", "date_stop")
_DATE: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_STAR: Final = "*"
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
        table = _Table(self._columns, self._rows, self._options)
        text = "".join(f"{line.rstrip()}\n" for line in table.lines())
        self._file.write(text.encode())
        self._file.flush()
        table.tell_left_out()


class _Table:
    def __init__(
        self, columns: Sequence[Column], rows: Sequence[Row], options: TableOptions
    ) -> None:
        self._rows = rows
        self._options = options
        said = options.row_notice or (lambda _row: None)
        self._notices = [said(row) for row in rows]
        self._full = [row for row in rows if not said(row)]  # with values
        columns = [_with_currency(column, options.currency) for column in columns]
        self._period = _period(columns, self._full, options.caption)
        self._currency = _currency(columns) if options.caption else ""
        self._totals = _totals(options, self._full)
        shown = list(self._shown(columns))
        if not self._full:
            del shown[1:]
        self._table_columns, self._left_out = arrange(
            [self._table_column(column, first=column is shown[0]) for column in shown],
            options.width,
        )

    def lines(self) -> Iterator[str]:
        """Yield the table's lines, the caption and the legend among them."""
        shown = self._table_columns
        yield from self._painted(self._wrapped(self._caption()), "bold")
        yield from self._painted(heading_row(shown), "bold")
        rule = GAP.join("─" * column.width for column in shown)
        yield from self._painted([rule], "dim")
        for place, row in enumerate(self._rows):
            style = self._options.row_style and self._options.row_style(row)
            yield from self._painted(self._row(place), style)
        if self._totals:
            yield from self._painted([rule], "dim")
        for number, total in enumerate(self._totals):
            lines = row_lines(shown, len(self._rows) + number)
            yield from self._painted(labelled(lines, one_line(total.label)), "bold")
        for text in self._options.legend:
            yield from self._painted(self._wrapped(text), "dim")

    def _row(self, place: int) -> list[str]:
        text = self._notices[place]
        if not text:
            return row_lines(self._table_columns, place)
        first, limit = self._table_columns[0], self._options.width
        return noticed(first, place, one_line(text), limit)

    def tell_left_out(self) -> None:
        if self._left_out:
            names = ", ".join(one_line(column.name) for column in self._left_out)
            self._options.notice(
                f"Left out at {self._options.width} columns: {names}."
                " A wider terminal shows them."
            )

    def _shown(self, columns: Sequence[Column]) -> Iterator[Column]:
        marker = self._options.marker
        yield from (column for column in columns if column.name == marker)
        for column in columns:
            if column.name == marker or (self._period and column.name in _DATES):
                continue
            if column.name == "date_stop" and _all_days(self._full):
                continue
            yield column

    def _table_column(self, column: Column, *, first: bool) -> TableColumn:
        if column.name == self._options.marker:
            marks = [(Line(_STAR if r.get(column.name) else ""),) for r in self._rows]
            return TableColumn(column=column, heading="", cells=marks)
        cells = [
            (Line(),) if text and not first else self._cell(row, column)
            for row, text in zip(self._rows, self._notices, strict=True)
        ]
        cells += [_total(column, total) for total in self._totals]
        return TableColumn(column=column, heading=self._heading(column), cells=cells)

    def _cell(self, row: Row, column: Column) -> Cell:
        key = self._options.currency_key
        return cell(row.get(column.name), _with_currency(column, key and row.get(key)))

    def _heading(self, column: Column) -> str:
        if column.name == "date_start" and _all_days(self._full):
            return "date"
        unit = "" if column.unit == self._currency else column.unit
        return one_line(f"{column.name} ({unit})" if unit else column.name)

    def _caption(self) -> str:
        parts = [one_line(part) for part in self._options.caption.split(_BETWEEN)]
        if self._period and not _DATE.search(self._options.caption):
            parts.append(" to ".join(self._period))
        if self._currency not in parts:
            parts.append(one_line(self._currency))
        return _BETWEEN.join(filter(None, parts))

    def _wrapped(self, text: str) -> list[str]:
        return wrapped(one_line(text), self._options.width)

    def _painted(self, lines: Sequence[str], style: str | None) -> Sequence[str]:
        if style and self._options.color:
            return [paint(line, style) for line in lines]
        return lines


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


def _period(columns: Sequence[Column], rows: Sequence[Row], caption: str) -> list[str]:
    """Return the dates that all rows have and *caption* may say, [] where none."""
    if not rows or not {column.name for column in columns}.issuperset(_DATES):
        return []
    first, *others = {tuple(row.get(name) for name in _DATES) for row in rows}
    if others or None in first:
        return []
    dates = [one_line(text) for text in dict.fromkeys(map(str, first))]
    stated = _DATE.findall(caption)  # such as a week of which one day has rows
    return dates if not stated or set(stated) == set(dates) else []


def _totals(options: TableOptions, rows: Sequence[Row]) -> Sequence[Totals]:
    if options.totals is None or len(rows) <= 1:
        return ()
    found = options.totals(rows)
    return [Totals(values=found)] if isinstance(found, dict) else found


def _total(column: Column, totals: Totals) -> Cell:
    value: Any = totals.values.get(column.name)
    if value is None and column.kind.is_text:
        return (Line(),)
    return cell(value, _with_currency(column, totals.label))
