"""
Conditions on rows that are at hand, as `spend > 500`, for alerts.

They are written as filters are (`expressions`) and mean what Meta's mean: text is
compared without regard to case, numbers exactly. A row without a value matches
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from ..constants import FieldKind
from ..errors import UsageError
from .expressions import Expression, expression
from .fields import FIELDS, REMOVED
from .filters import OPERATORS
from .names import did_you_mean, is_name, misspelt, nearest
from .picks import PLAIN, pick_of
from .query import InsightsQuery
from .schema import column, column_names

Operand = Decimal | str
Test = Callable[[Any, Sequence[Any]], bool]

_EITHER: Final[Mapping[str, Test]] = {
    "EQUAL": lambda found, given: found == given[0],
    "NOT_EQUAL": lambda found, given: found != given[0],
    "GREATER_THAN": lambda found, given: found > given[0],
    "GREATER_THAN_OR_EQUAL": lambda found, given: found >= given[0],
    "LESS_THAN": lambda found, given: found < given[0],
    "LESS_THAN_OR_EQUAL": lambda found, given: found <= given[0],
    "IN": lambda found, given: found in given,
    "NOT_IN": lambda found, given: found not in given,
    "IN_RANGE": lambda found, given: given[0] <= found <= given[1],
    "NOT_IN_RANGE": lambda found, given: not given[0] <= found <= given[1],
}
_DATES: Final[Mapping[str, Test]] = {
    **_EITHER,
    "AFTER": _EITHER["GREATER_THAN"],
    "BEFORE": _EITHER["LESS_THAN"],
    "ON_OR_AFTER": _EITHER["GREATER_THAN_OR_EQUAL"],
    "ON_OR_BEFORE": _EITHER["LESS_THAN_OR_EQUAL"],
}
_TEXTS: Final[Mapping[str, Test]] = {
    "EQUAL": _EITHER["EQUAL"],
    "NOT_EQUAL": _EITHER["NOT_EQUAL"],
    "IN": _EITHER["IN"],
    "NOT_IN": _EITHER["NOT_IN"],
    "CONTAIN": lambda found, given: given[0] in found,
    "NOT_CONTAIN": lambda found, given: given[0] not in found,
    "CONTAINS_ANY": lambda found, given: any(part in found for part in given),
    "CONTAINS_ALL": lambda found, given: all(part in found for part in given),
    "NOT_CONTAINS_ANY": lambda found, given: not any(part in found for part in given),
    "STARTS_WITH": lambda found, given: found.startswith(given[0]),
    "ENDS_WITH": lambda found, given: found.endswith(given[0]),
}
_PAIRS: Final = ("IN_RANGE", "NOT_IN_RANGE")
_OBJECTS: Final = ("campaign", "adset", "ad", "account")


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One condition on the values of `column`; `text` is what was written."""

    text: str
    column: str
    operator: str
    operands: tuple[Operand, ...]

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Return whether *row* (in normal form) meets the condition."""
        found = row.get(self.column)
        if found is None:
            return False
        if isinstance(self.operands[0], Decimal):
            if isinstance(found, bool) or not isinstance(found, (int, Decimal)):
                return False
            return _EITHER[self.operator](Decimal(found), self.operands)
        return _DATES_AND_TEXTS[self.operator](str(found).casefold(), self.operands)


_DATES_AND_TEXTS: Final[Mapping[str, Test]] = {**_DATES, **_TEXTS}


def parse_condition(text: str, query: InsightsQuery) -> Condition:
    """
    Return the condition that *text* is, on the rows that answer *query*.

    Its column need not be one of the query's (see `condition_fields`). Raises
    UsageError, which names *text* and says how to write it.
    """
    parts = expression(text)
    name = _column(parts.field, text, query)
    kind = column(name, query).kind
    given = [parts.value] if isinstance(parts.value, str) else parts.value
    if kind.is_text or (kind is FieldKind.UNKNOWN and not all(map(_is_number, given))):
        allowed = _DATES if kind is FieldKind.DATE else _TEXTS
        operands: tuple[Operand, ...] = tuple(value.casefold() for value in given)
        if kind is FieldKind.DATE:
            _check_dates(given, text)
    else:
        allowed = _EITHER
        operands = tuple(_number(value, text) for value in given)
    _check_operator(parts, allowed, operands, text)
    return Condition(text=text, column=name, operator=parts.operator, operands=operands)


def condition_fields(
    conditions: Iterable[Condition], query: InsightsQuery
) -> tuple[str, ...]:
    """Return the columns of *conditions* that *query* lacks: fields to add to it."""
    present = column_names(query)
    names = (condition.column for condition in conditions)
    return tuple(dict.fromkeys(name for name in names if name not in present))


def _column(field: str, text: str, query: InsightsQuery) -> str:
    """Return the column that *field* means: `campaign.name` is `campaign_name`."""
    level, dot, rest = field.partition(".")
    name = f"{level}_{rest}" if dot and level in _OBJECTS else field
    if name in column_names(query):
        return _single(name, text, query)
    if dot and level in _OBJECTS and name not in FIELDS:
        raise UsageError(
            f"Rows have no {field}: {text!r}.",
            hint=f"Filter by it instead: --filter '{text}'",
        )
    known = [*PLAIN, *(known for known in FIELDS if known not in REMOVED)]
    if not is_name(name) and pick_of(name) is None:
        close = did_you_mean(name, known)
        raise UsageError(f"{name!r} is not a column: {text!r}.{close}")
    if name not in known and (close_to := misspelt(name, known)):
        raise UsageError(
            f"There is no column {name}: {text!r}. Did you mean {close_to}?"
        )
    return _single(name, text, query)


def _single(name: str, text: str, query: InsightsQuery) -> str:
    kind = column(name, query).kind
    if kind.is_actions:
        raise UsageError(
            f"{name} holds several numbers: {text!r}.",
            hint=f"Name one of its action types, as: {name}:omni_purchase",
        )
    if kind is FieldKind.OBJECTS:
        raise UsageError(f"{name} holds objects, not a number: {text!r}.")
    return name


def _check_operator(
    parts: Expression,
    allowed: Mapping[str, Test],
    operands: Sequence[Operand],
    text: str,
) -> None:
    if parts.operator not in allowed:
        about = "is not an operator"
        if parts.operator in OPERATORS:
            about = f"does not go with {parts.field} here"
        close = nearest(parts.operator, allowed)
        hint = f"Did you mean {close[0]}? " if close else ""
        raise UsageError(
            f"{parts.operator} {about}: {text!r}.",
            hint=f"{hint}These do: {', '.join(allowed)}.",
        )
    if not operands:
        raise UsageError(f"{text!r} compares with nothing.")
    if parts.operator in _PAIRS and len(operands) != 2:  # noqa: PLR2004 - a pair
        raise UsageError(
            f"A range has two ends: {text!r}.",
            hint=f"Write it as: {parts.field} {parts.operator} 1, 10",
        )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.removesuffix("%").strip()).is_finite()
    except InvalidOperation:
        return False


def _number(text: str, condition: str) -> Decimal:
    """Return the number in *text*; percentages may have their sign."""
    if _is_number(text):
        return Decimal(text.removesuffix("%").strip())
    raise UsageError(
        f"{text!r} is not a number: {condition!r}.",
        hint="Write numbers as 1250.50, without a currency or separators.",
    )


def _check_dates(given: Iterable[str], condition: str) -> None:
    for text in given:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise UsageError(
                f"{text!r} is not a date like 2026-11-23: {condition!r}."
            ) from None
