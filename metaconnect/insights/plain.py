"""Rows with other numbers than Decimal, for what cannot take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, get_args

from ..errors import UsageError
from ..models import Row

Numbers = Literal["decimal", "float", "str"]


def plain_rows(rows: Sequence[Row], numbers: Numbers) -> list[Row]:
    """
    Return *rows* with every Decimal as *numbers* says, also in action lists.

    "float" and "str" are what `json.dumps` takes; "str" keeps Meta's digits. Counts
    are int all the same. Raises UsageError for another word.
    """
    if numbers not in get_args(Numbers):
        raise UsageError(f"numbers is decimal, float or str, not {numbers!r}.")
    if numbers == "decimal":
        return list(rows)
    convert = float if numbers == "float" else _digits
    return [{key: _plain(value, convert) for key, value in row.items()} for row in rows]


def _plain(value: object, convert: Callable[[Decimal], object]) -> object:
    if isinstance(value, Decimal):
        return convert(value)
    if isinstance(value, dict):
        return {key: _plain(item, convert) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, convert) for item in value]
    return value


def _digits(number: Decimal) -> str:
    return f"{number:f}"
