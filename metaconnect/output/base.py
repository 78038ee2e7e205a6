"""One writer for every command that prints data: formats, sinks, `open_sink`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO, Protocol

import msgspec

from ..constants import Format
from ..errors import UsageError
from ..models import Column, Row
from .extras import require_extra


class Sink(Protocol):
    """
    Where rows go, page by page, as UTF-8 bytes whatever the locale.

    After an error do not call `close`: what needs all rows (`table`, `json`)
    has then written nothing.
    """

    def write(self, rows: Sequence[Row]) -> None:
        """Add a page of rows."""

    def close(self) -> None:
        """Write what is still to be written. Leaves the file open."""


def ignore(_message: str) -> None:
    """Take a notice and do nothing."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """
    A last line of a table: its values by column, None where there is no total.

    `label` is what it is a total of, such as a currency, where there are several.
    """

    values: Row
    label: str = ""


class TableOptions(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a table needs to know beyond its columns and rows.

    `caption`, parts with " · " between them, stands above the table. The period is
    added to it where all rows have the same one, and the currency of the money
    columns, unless it names them already; without a caption the headings say the
    currency. `legend` stands below, a line each. `width` is the terminal's, None
    for no limit. `currency` is that of money columns without a unit; where rows have
    several, `currency_key` is the key of a row's own.

    `totals` returns the last line's values by column, None where there is no
    total, or a line for each of several; a single row has no totals. `row_notice`
    returns what is said in the place of a row's values, after its first column,
    such as why there are none. `marker` names a column of booleans that is shown as
    a star at the left. `row_style` returns a style as Rich names them ("dim"); it
    counts only with `color`.

    `notice` is told, in one sentence, which columns did not fit, and `empty`
    when there are no rows.
    """

    caption: str = ""
    legend: Sequence[str] = ()
    width: int | None = None
    color: bool = False
    currency: str | None = None
    currency_key: str | None = None
    totals: Callable[[Sequence[Row]], Row | Sequence[Totals]] | None = None
    row_notice: Callable[[Row], str | None] | None = None
    marker: str | None = None
    row_style: Callable[[Row], str | None] | None = None
    notice: Callable[[str], None] = ignore
    empty: str = "No rows."


def require_usable(form: Format, *, terminal: bool) -> None:
    """
    Raise UsageError where *form* cannot be written: for a terminal, or since what
    writes it is not installed. For before anything is asked of Meta.
    """
    if not form.is_binary:
        return
    if terminal:
        raise UsageError(
            f"{form} is not for a terminal.",
            hint=f"Name a file, as in --output insights.{form}, or use a pipe.",
        )
    if form is Format.parquet:
        require_extra("duckdb", "duckdb", "--format parquet")
    else:
        require_extra("xlsxwriter", "xlsx", "--format xlsx")


def open_sink(
    form: Format,
    file: BinaryIO,
    columns: Sequence[Column],
    *,
    table: TableOptions | None = None,
    raw: bool = False,
    terminal: bool | None = None,
    continued: bool = False,
    notice: Callable[[str], None] = ignore,
) -> Sink:
    """
    Return what writes rows to *file* in the format *form*.

    *columns* decide what is written, except that the two kinds of JSON write rows
    whole. With *raw* the rows are Meta's own. *terminal* says whether *file* is a
    terminal, which a text must not drive; None asks the file. With *continued* the
    file holds the beginning already: the line that names the columns is left out.
    *notice* is told, in one sentence, what the format has no room for. Raises
    UsageError as `require_usable` does.
    """
    if raw and form not in (Format.json, Format.ndjson):
        raise UsageError("--raw is JSON: give --format json or ndjson.")
    match form:
        case Format.table:
            from .table import TableSink

            return TableSink(file, columns, table or TableOptions())
        case Format.json:
            from .json import JsonSink

            return JsonSink(file)
        case Format.ndjson:
            from .json import NdjsonSink

            return NdjsonSink(file)
    on_terminal = file.isatty() if terminal is None else terminal
    require_usable(form, terminal=on_terminal)
    match form:
        case Format.csv:
            from .csv import CsvSink

            names = [column.name for column in columns]
            return CsvSink(file, names, escape=on_terminal, begun=continued)
        case Format.markdown:
            from .markdown import MarkdownSink

            return MarkdownSink(file, columns)
        case Format.parquet:
            from .parquet import ParquetSink

            return ParquetSink(file, columns)
        case Format.xlsx:
            from .xlsx import XlsxSink

            return XlsxSink(file, columns, notice=notice)
