"""What a program reads out of a file in each of the formats."""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree as ET

import duckdb

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-F]{4})_")


def parquet(data, folder):
    """Return the columns' types, and the rows."""
    path = folder / "read.parquet"
    path.write_bytes(data)
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return types, rows


def sheet(data):
    """Return the lines of a workbook's only sheet, as Excel understands them."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        tree = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    lines = tree.findall(f".//{_SHEET}row")
    return [
        {re.sub(r"\d", "", c.get("r")): _cell(c) for c in line if len(c)}
        for line in lines
    ]


def _cell(cell):
    assert cell.find(f"{_SHEET}f") is None  # a formula
    if cell.get("t") == "inlineStr":
        text = cell.find(f"{_SHEET}is/{_SHEET}t").text or ""
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return Decimal(cell.find(f"{_SHEET}v").text)


def day(number):
    """Return the date that Excel counts as *number*."""
    return date(1899, 12, 30) + timedelta(days=int(number))


def markdown(data):
    """Return the cells of a table as GitHub reads them, the rule among them."""
    return [
        [
            re.sub(r"\\(\W|_)", r"\1", cell)
            for cell in re.split(r" (?<!\\)\| ?", line[2:])
        ][:-1]
        for line in data.decode().splitlines()
    ]
