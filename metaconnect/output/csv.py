"""
Rows as CSV (RFC 4180, with a plain newline at the end of a line).

Values stand as Meta sent them: a name that begins with ``=`` stays so, since
this is data for programs. A spreadsheet should import it as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import StringIO

from .json import json_text


def csv_header(columns: Sequence[str]) -> bytes:
    """Return the line that names the columns."""
    return _lines([columns])


def csv_rows(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return a line for each row; an action list is one cell of JSON."""
    return _lines([_cell(row.get(name)) for name in columns] for row in rows)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json_text(value).decode()
