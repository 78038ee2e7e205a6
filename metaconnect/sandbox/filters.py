"""
The parameters `filtering` and `sort`: parse them, apply them.

https://developers.facebook.com/docs/marketing-api/insights/parameters
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from .ads import Ad
from .faults import Fault
from .fields import NAMES, names_list
from .metrics import NUMBERS, READERS, Metrics

OBJECTS = ("campaign", "adset", "ad")
# What may follow "campaign.", "adset." or "ad.", and the Ad's word for it.
PROPERTIES = {"id": "id", "name": "name", "effective_status": "status"}
TEXT: dict[str, Callable[[str, Any], bool]] = {
    "EQUAL": lambda text, given: text == given,
    "NOT_EQUAL": lambda text, given: text != given,
    "IN": lambda text, given: text in given,
    "NOT_IN": lambda text, given: text not in given,
    "CONTAIN": lambda text, given: given.lower() in text.lower(),
    "NOT_CONTAIN": lambda text, given: given.lower() not in text.lower(),
}
NUMERIC: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "EQUAL": lambda number, given: number == given,
    "NOT_EQUAL": lambda number, given: number != given,
    "GREATER_THAN": lambda number, given: number > given,
    "GREATER_THAN_OR_EQUAL": lambda number, given: number >= given,
    "LESS_THAN": lambda number, given: number < given,
    "LESS_THAN_OR_EQUAL": lambda number, given: number <= given,
}
LISTS = ("IN", "NOT_IN")


class Filter(NamedTuple):
    """One condition: on an object (`campaign.name`), or on a row's metric."""

    field: str
    operator: str
    value: Any

    @property
    def kind(self) -> str:
        """Return campaign, adset or ad, or "" for a metric."""
        kind, dot, _ = self.field.partition(".")
        return kind if dot else ""

    @property
    def by_status(self) -> bool:
        return self.field.endswith(".effective_status")

    def takes_ad(self, ad: Ad) -> bool:
        kind, _, name = self.field.partition(".")
        text = getattr(ad, f"{kind}_{PROPERTIES[name]}")
        return TEXT[self.operator](text, self.value)

    def takes_row(self, metrics: Metrics) -> bool:
        value = metrics.value(self.field)
        return value is not None and NUMERIC[self.operator](Decimal(value), self.value)


class Sort(NamedTuple):
    """The order of the rows: a field, of an action list one type."""

    field: str
    action_type: str
    descending: bool

    def key(self, texts: Mapping[str, str], metrics: Metrics) -> tuple[Decimal, str]:
        if self.field not in READERS:
            return Decimal(0), texts.get(self.field, "")
        value = metrics.value(self.field)
        if isinstance(value, list):
            types = {each.get("action_type"): each.get("value") for each in value}
            value = types.get(self.action_type)
        return Decimal(value or 0), ""


def parse_filters(text: str) -> tuple[Filter, ...]:
    """Parse `filtering`: JSON objects with field, operator and value."""
    try:
        given = json.loads(text or "[]")
        return tuple(
            _filter(each["field"], each["operator"], each["value"]) for each in given
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        problem = "filtering must be a list of objects with field, operator and value"
        raise Fault("100/param", problem=problem) from None


def _filter(field: str, operator: str, value: Any) -> Filter:
    kind, dot, name = field.partition(".")
    by_object = dot and kind in OBJECTS and name in PROPERTIES
    if not by_object and field not in NUMBERS:
        raise Fault("100/unsupported", param=f"filtering by {field}")
    if operator not in (TEXT if by_object else NUMERIC):
        raise Fault("100/unsupported", param=f"filtering {field} with {operator}")
    if not by_object:
        return Filter(field, operator, _number(value))
    several = tuple(map(str, value)) if operator in LISTS else str(value)
    return Filter(field, operator, several)


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(value) from None


def parse_sort(text: str) -> Sort | None:
    """Parse `sort`: one of ``["spend_descending"]``, ascending if it says nothing."""
    asked = names_list(text)
    if not asked:
        return None
    name, _, direction = asked[0].rpartition("_")
    if direction not in ("ascending", "descending"):
        name, direction = asked[0], "ascending"
    field, _, action_type = name.partition(":")
    if len(asked) > 1 or field not in [*NAMES["insights"], "date_start", "date_stop"]:
        raise Fault("100/param", problem=f"sort: {asked[0]} is not a field to sort by")
    return Sort(field, action_type, direction == "descending")
