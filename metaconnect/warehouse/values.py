"""Values as databases take them and give them back, with every digit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

from ..constants import Storage
from ..models import Row
from ..output.json import json_text
from ..output.text import well_formed
from .base import BASE, Part


def stored_rows(part: Part) -> Iterator[Row]:
    """Yield the rows of *part* with lists as JSON text, and texts that are UTF-8."""
    columns = {**BASE, **part.columns}
    converts = [(n, _CONVERTS[k]) for n, k in columns.items() if k in _CONVERTS]
    for row in part.rows:
        kept = {name: row[name] for name in columns}
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
    return json.loads(text, parse_float=Decimal)
