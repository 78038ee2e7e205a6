"""
Rows as an Excel workbook, through XlsxWriter.

Numbers are Excel's: 15 digits, with a format for their kind that shows those that
people read. No text becomes a formula or a link.
https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Final
from weakref import finalize

from ..constants import FieldKind, Storage
from ..errors import UsageError
from ..models import Column, Row
from .json import cell_text
from .numbers import minor_digits
from .scratch import move_into, scratch_folder
from .text import well_formed

MOST_ROWS: Final = 1_048_576  # the line of names is one of them
LONGEST_CELL: Final = 32_767  # UTF-16 units
_DIGITS: Final = 15
_NO_XML: Final = re.compile("[\ufffe\uffff]")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_WIDEST: Final = 40  # characters a column is made wide for


class XlsxSink:
    """
    One sheet with its first line frozen: written whole by `close`, or not at all.

    *notice* is told if a text had to be cut to fit a cell. Until `close` the rows
    lie on disk.
    """

    def __init__(
        self,
        file: BinaryIO,
        columns: Sequence[Column],
        *,
        notice: Callable[[str], None],
    ) -> None:
        from xlsxwriter import Workbook

        self._file = file
        self._columns = columns
        self._notice = notice
        folder = scratch_folder(self)
        self._path = folder / "rows.xlsx"
        options = {"constant_memory": True, "tmpdir": str(folder)}
        self._book = Workbook(str(self._path), options)
        self._sheet = self._book.add_worksheet("Insights")
        finalize(self, self._sheet.row_data_fh.close)  # where close() never comes
        self._formats = [self._format(column) for column in columns]
        self._rows = 0
        self._cut = 0
        self._name_columns()

    def write(self, rows: Sequence[Row]) -> None:
        if self._rows + len(rows) >= MOST_ROWS:
            raise UsageError(
                f"An xlsx sheet ends at {MOST_ROWS:,} rows, and there are more.",
                hint="Take --format csv or parquet, or fewer days.",
            )
        for row in rows:
            self._rows += 1
            for place, column in enumerate(self._columns):
                self._write(place, row.get(column.name), column.kind)

    def close(self) -> None:
        if self._rows:
            self._sheet.autofilter(0, 0, self._rows, len(self._columns) - 1)
        self._book.use_zip64()
        self._book.close()
        move_into(self._file, self._path)
        if self._cut:
            cells = "1 cell was" if self._cut == 1 else f"{self._cut:,} cells were"
            self._notice(
                f"{cells} cut to {LONGEST_CELL:,} characters, the most that xlsx has."
            )

    def _name_columns(self) -> None:
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            width = _WIDEST if column.name.endswith("_name") else len(column.name) + 2
            self._sheet.set_column(place, place, max(min(width, _WIDEST), 12))
            self._sheet.write_string(0, place, self._text(column.name), bold)

    def _format(self, column: Column) -> Any:
        pattern = number_format(column)
        return self._book.add_format({"num_format": pattern}) if pattern else None

    def _write(self, place: int, value: object, kind: FieldKind) -> None:
        cell = (self._rows, place)
        if kind is FieldKind.DATE and (day := _date(value)):
            self._sheet.write_datetime(*cell, day, self._formats[place])
        elif isinstance(value, bool):
            self._sheet.write_boolean(*cell, value)
        elif isinstance(value, (int, Decimal)) and _is_number(value):
            self._sheet.write_number(*cell, value, self._formats[place])
        elif text := cell_text(value):
            self._sheet.write_string(*cell, self._text(text))

    def _text(self, text: str) -> str:
        text = _NO_XML.sub("\ufffd", well_formed(text))
        units = text.encode("utf-16-le")
        if len(units) <= 2 * LONGEST_CELL:
            return text
        self._cut += 1
        return units[: 2 * LONGEST_CELL - 2].decode("utf-16-le", "ignore") + "…"


def number_format(column: Column) -> str:
    """Return Excel's format for the numbers of *column*, "" for the general one."""
    kind = column.kind
    if kind is FieldKind.DATE:
        return "yyyy-mm-dd"
    if kind.storage is Storage.COUNT:
        return "#,##0"
    if kind is FieldKind.MONEY:
        decimals = "0" * minor_digits(column.unit)
        amount = f"#,##0.{decimals}" if decimals else "#,##0"
        is_code = _CURRENCY.fullmatch(column.unit)
        return f"{amount} [${column.unit}]" if is_code else amount
    if kind.storage is Storage.DECIMAL:
        return "#,##0.00####"
    return ""


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _is_number(value: int | Decimal) -> bool:
    """Whether Excel can hold it: a longer whole number is an id."""
    if isinstance(value, int):
        return len(str(abs(value))) <= _DIGITS
    return value.is_finite() and abs(value.adjusted()) < 300  # noqa: PLR2004
