"""Values as databases take them and give them back, with every digit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import Final

from ..constants import Storage
from ..models import Row
from ..output.json import json_text
from ..output.text import well_formed
from .base import BASE, SERIES, Part

_DECODER: Final = json.JSONDecoder(parse_float=Decimal)
# Made here, and so what a database takes already.
_OURS: Final = frozenset((*SERIES, "breakdown_key", "report", "level"))


def stored_rows(part: Part) -> Iterator[Row]:
    """Yield the rows of *part* with lists as JSON text, and texts that are UTF-8."""
    columns = {**BASE, **part.columns}
    converts = [
        (name, _CONVERTS[kind])
        for name, kind in columns.items()
        if kind in _CONVERTS and name not in _OURS
    ]
    values = itemgetter(*columns)  # by far the quickest, for each row of thousands
    for row in part.rows:
        kept = dict(zip(columns, values(row), strict=True))
        for name, convert in converts:
            kept[name] = convert(kept[name])
        yield kept


def json_column(value: object) -> str | None:
    """Return *value* as JSON text with every digit."""
    return None if value is None else json_text(value).decode()


def text_column(value: object) -> str | None:
    """Return an id or a name, an asset as JSON; PostgreSQL has no NUL in a text."""
    if value is None:
        return None
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:  # the usual case, and fast
            return value
        return well_formed(value).replace("\0", "")
    return str(value) if isinstance(value, int) else json_text(value).decode()


_CONVERTS = {Storage.JSON: json_column, Storage.TEXT: text_column}


def number_text(value: Decimal | int) -> str:
    """Return a number without the zeros that only a column's scale added."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def flat(metric: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield what is counted under *metric*: each entry of an action list by itself."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from flat(f"{metric}:{name}", item)
    elif value is not None:
        yield metric, value


def change_text(value: object) -> str | None:
    """Return *value* as `meta_insights_changes` has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return number_text(value)
    return json_text(value).decode()


def from_json(text: str) -> object:
    """Return what *text* says, with the digits of its numbers."""
    return _DECODER.decode(text)
