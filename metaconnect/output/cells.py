"""The texts in a table's cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, TypeGuard

from ..models import Column
from .numbers import NOTHING, number_text
from .spark import Spark
from .text import one_line

_SHOWN_ENTRIES: Final = 3
# What ads are bought for; by size alone, views would hide the sales.
_FIRST_ACTIONS: Final = ("omni_purchase", "lead", "link_click", "landing_page_view")
_DEFAULT_WINDOW: Final = "default"


class Line(NamedTuple):
    """A line of a cell: words, which may be shortened, and a number, never."""

    words: str = ""
    number: str = ""


Cell = tuple[Line, ...]


def cell(value: object, column: Column) -> Cell:
    """Return *value* as the lines of a table's cell."""
    if _is_number(value):
        return (Line(number=number_text(value, column.kind, column.unit)),)
    if isinstance(value, (Mapping, list, tuple)) and not _is_words(value):
        return _lines(list(_entries(value)), column)
    if isinstance(value, Spark):
        return (Line(number=value),)  # which is never shortened
    text = _words(value)
    if text or column.kind.is_text:
        return (Line(words=text or NOTHING),)
    return (Line(number=NOTHING),)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(one_line(str(item)) for item in value)
    return one_line(str(value))


def _is_words(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)


def _is_number(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


class _Entry(NamedTuple):
    label: str
    value: object


def _lines(entries: list[_Entry], column: Column) -> Cell:
    """Return a few entries, the telling ones first: never their sum."""
    if column.kind.is_actions:
        entries.sort(key=_rank)
    lines = [
        Line(one_line(label), _entry_text(value, column))
        for label, value in entries[:_SHOWN_ENTRIES]
    ]
    if rest := len(entries) - len(lines):
        lines.append(Line(f"+{rest} more"))
    return tuple(lines) or (Line(number=NOTHING),)


def _entry_text(value: object, column: Column) -> str:
    if _is_number(value):
        return number_text(value, column.kind, column.unit)
    return _words(value) or NOTHING


def _rank(entry: _Entry) -> tuple[int, Decimal]:
    place = len(_FIRST_ACTIONS)
    if entry.label in _FIRST_ACTIONS:
        place = _FIRST_ACTIONS.index(entry.label)
    size = entry.value if _is_number(entry.value) else 0
    return place, -Decimal(size)


def _entries(value: object, label: str = "") -> Iterator[_Entry]:
    """Yield what is counted, and how much, of an object or a list of any shape."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _entries(item, label)
    elif not isinstance(value, Mapping):
        yield _Entry(label, value)
    elif value.keys() & {"indicator", "action_type", "value", "values"}:
        yield from _typed_entries(value, label)
    else:  # an object by action type, or by attribution window
        for name, item in value.items():
            yield from _entries(item, f"{label} {name}".strip())


def _typed_entries(entry: Mapping[str, Any], label: str) -> Iterator[_Entry]:
    """
    Yield the values of one typed object.

    Such are an action with its breakdowns and windows, and a result:
    ``{"indicator": "actions:lead", "values": [{"value": "4", "attribution_windows":
    ["default"]}]}``.
    """
    numbers = {name: item for name, item in entry.items() if _is_number(item)}
    label = " ".join([label, *_labels(entry)]).strip()
    if isinstance(entry.get("values"), list) and entry["values"]:
        yield from _entries(entry["values"], label)
    elif "value" in entry or not numbers:
        yield _Entry(label, _as_number(entry.get("value")))
    for name, number in numbers.items():
        if name != "value":
            yield _Entry(f"{label} {name}".strip(), number)


def _labels(entry: Mapping[str, Any]) -> Iterator[str]:
    for name, item in entry.items():
        if isinstance(item, str) and name != "value":
            yield item
        elif name == "attribution_windows" and isinstance(item, list):
            yield from (str(w) for w in item if w != _DEFAULT_WINDOW)


def _as_number(value: object) -> object:
    """Return a number that came as a text as a number."""
    if not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return int(number) if number == number.to_integral_value() else number
