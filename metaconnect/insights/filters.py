"""Meta's `filtering`: which rows or objects a query is limited to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..errors import UsageError
from .picks import PLAIN

# https://developers.facebook.com/docs/marketing-api/insights/parameters
OPERATORS = (
    "EQUAL",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN",
    "LESS_THAN_OR_EQUAL",
    "IN_RANGE",
    "NOT_IN_RANGE",
    "CONTAIN",
    "NOT_CONTAIN",
    "CONTAINS_ANY",
    "CONTAINS_ALL",
    "NOT_CONTAINS_ANY",
    "STEM_MATCH",
    "IN",
    "NOT_IN",
    "STARTS_WITH",
    "ENDS_WITH",
    "ANY",
    "ALL",
    "AFTER",
    "BEFORE",
    "ON_OR_AFTER",
    "ON_OR_BEFORE",
    "NONE",
    "TOP",
)
TAKES_SEVERAL = frozenset(
    """
    IN_RANGE NOT_IN_RANGE CONTAINS_ANY CONTAINS_ALL NOT_CONTAINS_ANY IN NOT_IN ANY
    ALL NONE
    """.split()  # noqa: SIM905 - a list of words
)
_COMPARES_NUMBERS = frozenset(
    """
    GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL IN_RANGE
    NOT_IN_RANGE
    """.split()  # noqa: SIM905 - a list of words
)
_NAME = re.compile(r"[a-z][a-z0-9_.:]*")

Scalar = str | int | float | bool
Filters = str | Iterable["str | Filter | Mapping[str, Any]"]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """One condition, in Meta's words: ``campaign.name CONTAIN Sale``."""

    field: str
    operator: str
    value: Scalar | tuple[Scalar, ...]

    def as_param(self) -> dict[str, object]:
        """Return the filter as an element of Meta's `filtering` parameter."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"field": self.field, "operator": self.operator, "value": value}


def filters_in(given: Filters | None) -> tuple[Filter, ...]:
    """
    Return the filters in *given*. Raises UsageError.

    Each is a Filter, a mapping in Meta's form, or text: JSON (one, or a list),
    or an expression as in `expressions`: ``campaign.name CONTAIN sale``.
    """
    if given is None:
        return ()
    items = [given] if isinstance(given, str) else given
    return tuple(found for item in items for found in _filters(item))


def _filters(item: str | Filter | Mapping[str, Any]) -> list[Filter]:
    if isinstance(item, Filter):
        return [item]
    if not isinstance(item, str):
        return [_from_mapping(item)]
    if item.lstrip().startswith(("[", "{")):
        return _from_json(item)
    from .expressions import expression

    field, operator, given = expression(item)
    value: object = given
    if operator in _COMPARES_NUMBERS and "." not in field:
        several = isinstance(given, list)
        value = [_number(each) for each in given] if several else _number(str(given))
    return [_from_mapping({"field": field, "operator": operator, "value": value})]


def _number(text: str) -> Scalar:
    """Return the number that Meta compares with, or *text* for Meta to judge."""
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else text


def _from_json(text: str) -> list[Filter]:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"{text!r} is not valid JSON.") from None
    items = value if isinstance(value, list) else [value]
    return [_from_mapping(item) for item in items]


def _from_mapping(item: object) -> Filter:
    if not isinstance(item, Mapping) or item.keys() != {"field", "operator", "value"}:
        raise UsageError(f"A filter has field, operator and value, not {item!r}.")
    field, operator = str(item["field"]), str(item["operator"]).upper()
    if not _NAME.fullmatch(field):
        raise UsageError(f"{field!r} cannot be the field of a filter.")
    if field in PLAIN:
        raise UsageError(
            f"Meta cannot filter by {field}: it is put together here.",
            hint=f"Filter by {PLAIN[field].source}:{PLAIN[field].types[0]} instead.",
        )
    if operator not in OPERATORS:
        from .names import did_you_mean

        raise UsageError(
            f"There is no filter operator {operator!r}."
            f"{did_you_mean(operator, OPERATORS)}",
            hint=f"Meta's are: {', '.join(OPERATORS)}.",
        )
    return Filter(field=field, operator=operator, value=_value(item["value"]))


def _value(value: object) -> Scalar | tuple[Scalar, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(_scalar(each) for each in value)
    return _scalar(value)


def _scalar(value: object) -> Scalar:
    if isinstance(value, (str, int, float)):
        return value
    raise UsageError(f"{value!r} cannot be the value of a filter.")
