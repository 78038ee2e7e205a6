"""Values as databases take them and give them back, with every digit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from ..models import Row
from ..output.json import json_text
from ..output.text import well_formed
from .base import BASE, Columns, Part, Storage


def stored_rows(part: Part) -> Iterator[dict[str, object]]:
    """Yield the rows of *part* as texts and ints, which every reader understands."""
    columns = {**BASE, **part.columns}
    for row in part.rows:
        yield {name: stored(row[name], kind) for name, kind in columns.items()}


def stored(value: object, kind: Storage) -> object:
    """Return *value* as a text, an int or None."""
    if value is None:
        return None
    if kind is Storage.JSON:
        return json_text(value).decode()
    if isinstance(value, int):
        return str(value) if kind is Storage.TEXT else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, str):
        # PostgreSQL has no NUL in a text.
        return value if value.isalnum() else well_formed(value).replace("\0", "")
    return json_text(value).decode()


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


def fetched_rows(
    columns: Columns, found: Iterable[tuple[object, ...]]
) -> Iterator[Row]:
    """Yield rows that a database gave, its JSON being text."""
    for values in found:
        row: Row = dict(zip(columns, values, strict=True))
        for name, kind in columns.items():
            value = row[name]
            if kind is Storage.JSON and isinstance(value, str):
                row[name] = from_json(value)
        yield row
