"""SQL for the tables of a sync, answered with typed columns and every digit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from ..constants import FieldKind
from ..errors import UsageError
from ..models import Column, Row
from ..redact import clean
from .place import SUPABASE, duckdb_path, is_postgres
from .values import from_json, number_text

Convert = Callable[[Any], object]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that answer a statement, and their columns."""

    columns: tuple[Column, ...]
    rows: list[Row]


def answer(place: str, statement: str) -> Answer:
    """
    Return what *statement* finds at *place*: a DuckDB file, or PostgreSQL.

    Nothing can be written. Raises UsageError for a statement that the database
    refuses, with its own words, and as the targets do where it cannot be opened.
    """
    if place == SUPABASE:
        raise UsageError(
            "The Data API of a Supabase project takes no SQL.",
            hint="Give the DSN of its database: Connect > Session pooler.",
        )
    if is_postgres(place):
        from .postgres_reading import answer_of_postgres

        return answer_of_postgres(place, statement)
    from .duck_reading import answer_of_duckdb

    return answer_of_duckdb(duckdb_path(place), statement)


def built(
    names: Sequence[str], kinds: Sequence[str], found: Iterable[Sequence[Any]]
) -> Answer:
    """Return an answer; *kinds* are the databases' names of types."""
    names = _distinct(names)
    columns = tuple(
        Column(name=name, kind=_kind(kind))
        for name, kind in zip(names, kinds, strict=True)
    )
    converts = [_convert(kind) for kind in kinds]
    rows = [
        {
            name: None if value is None else convert(value)
            for name, convert, value in zip(names, converts, values, strict=True)
        }
        for values in found
    ]
    return Answer(columns=columns, rows=rows)


def refused(error: Exception) -> UsageError:
    """Return what a database said of a statement: the first line, then the rest."""
    first, _, rest = str(error).strip().partition("\n")
    lines = [clean(line) for line in rest.splitlines() if line.strip()]
    return UsageError(clean(first), hint="\n".join(lines))


def _distinct(names: Sequence[str]) -> list[str]:
    """Return *names*, a second ``sum`` as ``sum_2``: a row has each key once."""
    found: dict[str, None] = {}
    for name in names:
        free, number = name, 2
        while free in found:
            free, number = f"{name}_{number}", number + 1
        found[free] = None
    return list(found)


def _kind(kind: str) -> FieldKind:
    kind = kind.lower()
    if kind.startswith(("varchar", "text", "date", "time", "uuid", "bool")):
        return FieldKind.TEXT
    if kind.startswith(("decimal", "numeric", "double", "float")):
        return FieldKind.RATIO
    if "int" in kind and not kind.startswith("interval"):
        return FieldKind.COUNT
    return FieldKind.OBJECTS


def _convert(kind: str) -> Convert:
    if kind.lower() in ("json", "jsonb"):
        return lambda value: from_json(value) if isinstance(value, str) else value
    return plain


def plain(value: object) -> object:
    """Return *value* as every format prints it."""
    if isinstance(value, Decimal):
        return Decimal(number_text(value)) if value.is_finite() else str(value)
    if isinstance(value, float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (UUID, timedelta)):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value
