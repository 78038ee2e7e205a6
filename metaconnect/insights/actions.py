"""
Action lists in normal form. The query decides which of three forms it is.

By default an object by action type, `{"link_click": 210}`; with attribution
windows asked for, each value is an object by window; with further action
breakdowns, a list of objects.
https://developers.facebook.com/docs/marketing-api/reference/ads-action-stats
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from .numbers import integral
from .picks import Pick, is_window

Read = Callable[[Any], object]
Entry = dict[str, Any]
T = TypeVar("T")

_NOTHING: Final[Entry] = {}


class Numbers(NamedTuple):
    """How numbers are read, and what happens to that which is not readable."""

    counted: Read
    listed: Read  # a count in an action list
    decimal: Read
    refuse: Callable[[object], None]


def by_action_type(number: Read, refuse: Callable[[object], None]) -> Read:
    """Return the reader of a list whose entries have one `value` each."""

    def read(value: Any) -> object:
        if value is None:
            return {}
        try:  # as Meta sends it: this is where a large report spends its time
            found = {entry["action_type"]: number(entry["value"]) for entry in value}
            "".join(found)  # a TypeError if a type is not text
            if len(found) == len(value):
                return found
        except (TypeError, KeyError):
            pass
        return _carefully(value, number, refuse)

    return read


def by_window(
    number: Read, windows: Sequence[str], refuse: Callable[[object], None]
) -> Read:
    """Return the reader of a list whose entries have a value for each window."""
    keys = ("value", *windows)

    def by_key(entry: Entry) -> object:
        return {key: number(entry.get(key)) for key in keys}

    def read(value: Any) -> object:
        groups = _grouped(value, refuse)
        return {
            action_type: by_key(entries[0])
            if len(entries) == 1
            else [_typed(entry, number) for entry in entries]
            for action_type, entries in groups.items()
        }

    return read


def as_list(
    number: Read,
    breakdowns: Sequence[str],
    windows: Sequence[str],
    refuse: Callable[[object], None],
) -> Read:
    """Return the reader of a list that is broken down by more than the type."""
    keys = dict.fromkeys(("action_type", *breakdowns, "value", *windows))

    def read(value: Any) -> object:
        entries = _entries(value, refuse)
        return [_typed({**keys, **entry}, number) for entry in entries]

    return read


def picked(pick: Pick, number: Read, refuse: Callable[[object], None]) -> Read:
    """Return the reader of the one number of a list that *pick* names."""

    def read(value: Any) -> object:
        if value is None:
            return None
        try:
            found = {entry["action_type"]: entry for entry in value}
            if len(found) == len(value):
                return number(chosen(pick, found, _NOTHING).get(pick.window))
        except (TypeError, KeyError):
            pass
        entries = chosen(pick, _grouped(value, refuse), [_NOTHING])
        if len(entries) > 1:  # neither of two is the number
            refuse(entries)
            return None
        return number(entries[0].get(pick.window))

    return read


def chosen(pick: Pick, by_type: Mapping[str, T], nothing: T) -> T:
    """Return the entry that *pick* names, of entries by action type."""
    for action_type in pick.types:
        if action_type in by_type:
            return by_type[action_type]
    return next(iter(by_type.values()), nothing) if pick.or_first else nothing


def objects(number: Callable[[object], object] = integral) -> Read:
    """Return the reader of `results` and the like: numbers where Meta has values."""

    def read(value: Any) -> object:
        if isinstance(value, list):
            return [read(item) for item in value]
        if isinstance(value, dict):
            return {
                key: number(item) if _holds_number(key) else read(item)
                for key, item in value.items()
            }
        return None if value == "" else value

    return read


def _carefully(value: object, number: Read, refuse: Callable[[object], None]) -> object:
    """Return an object by type; what has no single value keeps its entries."""
    return {
        action_type: number(entries[0].get("value"))
        if len(entries) == 1 and ("value" in entries[0] or len(entries[0]) == 1)
        else [_typed(entry, number) for entry in entries]
        for action_type, entries in _grouped(value, refuse).items()
    }


def _grouped(value: object, refuse: Callable[[object], None]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in _entries(value, refuse):
        action_type = entry.get("action_type")
        if isinstance(action_type, str):
            groups.setdefault(action_type, []).append(entry)
        else:
            refuse(entry)
    return groups


def _entries(value: object, refuse: Callable[[object], None]) -> list[Entry]:
    if value is None:
        return []
    if not isinstance(value, list):
        refuse(value)
        return []
    for entry in value:
        if not isinstance(entry, dict):
            refuse(entry)
    return [entry for entry in value if isinstance(entry, dict)]


def _typed(entry: Entry, number: Read) -> Entry:
    """Return *entry* with numbers where Meta has values."""
    return {
        key: number(item) if _holds_number(key) else item for key, item in entry.items()
    }


def _holds_number(key: str) -> bool:
    return key == "value" or is_window(key)
