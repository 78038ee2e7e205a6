"""
Rows straight from the bytes of a page: what rows.py reads, in fewer steps.

The query decides which keys are read and of what type, so that msgspec fills structs
instead of dictionaries, which takes a third of the time. The values are read by the
same functions, a column at a time. What does not fit (an action type that came twice,
a number where Meta has text, a value that cannot be read) is left to rows.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from ..errors import ServiceUnavailable
from ..graph.decode import exact_number
from ..graph.paging import Page, next_cursor
from ..models import Row
from .actions import Read, chosen
from .numbers import NotReadable, decimal, decimals
from .picks import Pick, pick_of
from .query import InsightsQuery
from .rows import number_of, strict_plan
from .schema import TIMEZONE, kind_in, requested_windows

ReadAll = Callable[[Sequence[Any]], Iterable[object]]


class _Column(NamedTuple):
    name: str
    source: str
    read: ReadAll


class TypedRows:
    """Reads the pages that answer one query."""

    def __init__(
        self,
        query: InsightsQuery,
        extra_fields: Iterable[str] = (),
        *,
        timezone_name: str | None = None,
    ) -> None:
        extra = tuple(extra_fields)
        windows = requested_windows(query, extra)
        plan = strict_plan(query, extra, timezone_name)
        lists = {source: _has_entries(query, source) for _, source, _ in plan}
        self._sources = tuple(lists)
        self._decoder = _decoder(tuple(lists.items()), windows)
        self._columns = [
            _Column(name, source, _entry_reader(name, query, windows))
            if lists[source]
            else _Column(name, source, _FASTER.get(read) or partial(map, read))
            for name, source, read in plan
        ]

    def read(self, content: bytes) -> Page | None:
        """
        Return the page in *content*, None where it is none or rows.py must read it.

        Keys that no column needs are skipped unread.
        """
        try:
            found = self._decoder.decode(content)
            if found.error or found.error_type:
                return None
            after = next_cursor({"paging": found.paging})
            return Page(self._rows(found.data), after)
        except (ValueError, ArithmeticError, TypeError, RecursionError):
            return None
        except ServiceUnavailable:  # another page, but no cursor
            return None

    def _rows(self, found: Sequence[Any]) -> list[Row]:
        if not found:
            return []
        by_source = zip(*map(astuple, found), strict=True)
        values = dict(zip(self._sources, by_source, strict=True))
        names = [column.name for column in self._columns]
        columns = [column.read(values[column.source]) for column in self._columns]
        rows = zip(*columns, strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows]


def _has_entries(query: InsightsQuery, source: str) -> bool:
    """Return whether *source* is a list with one value for each action type."""
    if query.splits_actions or query.action_attribution_windows:
        return False
    return source != TIMEZONE and kind_in(query, source).is_actions


@lru_cache(maxsize=64)
def _decoder(
    sources: tuple[tuple[str, bool], ...], windows: tuple[str, ...]
) -> msgspec.json.Decoder[Any]:
    """Return the decoder of pages; keys become c0, c1, … and w0, w1, …"""
    names = {f"w{number}": window for number, window in enumerate(windows)}
    entry = msgspec.defstruct(
        "Entry",
        [
            ("action_type", str),
            ("value", str),
            *((name, str | None, None) for name in names),
        ],
        rename=names,
        gc=False,
    )
    types = {False: Any, True: list[entry] | None}  # type: ignore[valid-type]
    row = msgspec.defstruct(
        "Row",
        [(f"c{n}", types[is_list], None) for n, (_, is_list) in enumerate(sources)],
        rename={f"c{n}": source for n, (source, _) in enumerate(sources)},
        gc=False,
    )
    page = msgspec.defstruct(
        "Page",
        [
            ("data", list[row]),  # type: ignore[valid-type]
            *((name, Any, None) for name in ("paging", "error", "error_type")),
        ],
    )
    return msgspec.json.Decoder(page, float_hook=exact_number)


def _entry_reader(name: str, query: InsightsQuery, windows: Sequence[str]) -> ReadAll:
    number = number_of(name, query)
    pick = pick_of(name)
    if pick is None:
        return partial(map, _by_action_type(number))
    keys = {"value": "value"} | {key: f"w{n}" for n, key in enumerate(windows)}
    return partial(map, _picked(pick, number, keys[pick.window]))


def _by_action_type(number: Read) -> Read:
    def read(entries: Sequence[Any] | None) -> object:
        if entries is None:
            return {}
        found = {entry.action_type: number(entry.value) for entry in entries}
        if len(found) != len(entries):
            raise NotReadable(entries)
        return found

    return read


def _picked(pick: Pick, number: Read, key: str) -> Read:
    value_of = attrgetter(key)

    def read(entries: Sequence[Any] | None) -> object:
        if entries is None:
            return None
        found = {entry.action_type: entry for entry in entries}
        if len(found) != len(entries):
            raise NotReadable(entries)
        entry = chosen(pick, found, None)
        return None if entry is None else number(value_of(entry))

    return read


_FASTER: Mapping[Read, ReadAll] = {decimal: decimals}
