"""
The rows of a valid Insights query, each as JSON, and their order.

A slice of time is made once, and kept for every query that differs in its days
only: clients ask the same for one window after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from threading import Lock
from typing import Any, NamedTuple
from zlib import crc32

from .breakdowns import UNBROKEN, Cell
from .date_ranges import Days
from .faults import meta_json
from .measured import measured, objects_of, selected_ads
from .metrics import Metrics
from .query import Query
from .quirks import QUIRKS

MOST_KEPT = 150_000
Row = dict[str, Any]


class Made(NamedTuple):
    """A row, its object's place among the objects, and what it is sorted by."""

    place: int
    key: Any
    text: str


def _by_object(slices: Sequence[Sequence[Made]]) -> list[Made]:
    return sorted(chain(*slices), key=lambda row: row.place)


def _by_day(slices: Sequence[Sequence[Made]]) -> list[Made]:
    return list(chain(*slices))


def _newest_first(slices: Sequence[Sequence[Made]]) -> list[Made]:
    return list(chain(*reversed(slices)))


def _shuffled(slices: Sequence[Sequence[Made]]) -> list[Made]:
    """Return them in no order, but in the same one at every call."""
    return sorted(chain(*slices), key=lambda row: crc32(row.text.encode()))


ORDERS: dict[str, Callable[[Sequence[Sequence[Made]]], list[Made]]] = {
    "by-day": _by_day,
    "newest-first": _newest_first,
    "shuffled": _shuffled,
}


@lru_cache(maxsize=64)
def rows_of(query: Query) -> tuple[str, ...]:
    """All rows as JSON, in the order of the ad account, or as sorted."""
    same = replace(query, date_ranges=())
    slices = [KEPT.made(same, days) for days in query.date_ranges]
    rows = ORDERS.get(query.order, _by_object)(slices)
    if query.sort:
        rows.sort(key=lambda row: row.key, reverse=query.sort.descending)
    return tuple(row.text for row in rows)


@lru_cache(maxsize=32)
def summary_of(query: Query) -> Row | None:
    """The one row that `default_summary` adds: all objects over all days."""
    days = query.date_ranges[0][0], query.date_ranges[-1][1]
    found = measured(query, [selected_ads(query)], days, UNBROKEN)
    for _, cell, metrics in found:
        return _written(query, {}, days, cell, metrics)
    return None


class _Kept:
    """The slices made last, up to a number of rows; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows = 0
        self._slices: dict[tuple[Query, Days], tuple[Made, ...]] = {}
        self._lock = Lock()

    def made(self, query: Query, days: Days) -> tuple[Made, ...]:
        """Return the rows of a slice; *query* is without days."""
        made = self._slices.get((query, days))
        if made is None:
            made = tuple(_make(query, days))
            with self._lock:
                self._keep((query, days), made)
        return made

    def _keep(self, key: tuple[Query, Days], made: tuple[Made, ...]) -> None:
        if key not in self._slices:
            self._slices[key] = made
            self._rows += len(made)
        while self._rows > self._most:
            self._rows -= len(self._slices.pop(next(iter(self._slices))))


KEPT = _Kept(MOST_KEPT)


def _make(query: Query, days: Days) -> Iterator[Made]:
    by_metric = [each for each in query.filters if not each.kind]
    objects = objects_of(query)
    dates = {"date_start": days[0].isoformat(), "date_stop": days[1].isoformat()}
    found = measured(query, [ads for _, ads in objects], days, query.cells)
    for place, cell, metrics in found:
        if _is_lost(query, place, cell):
            continue
        if not all(each.takes_row(metrics) for each in by_metric):
            continue
        named = objects[place][0]
        order = query.sort
        key = order.key({**named, **dates}, metrics) if order else None
        row = _written(query, named, days, cell, metrics)
        yield Made(place, key, meta_json(row))


def _is_lost(query: Query, place: int, cell: Cell) -> bool:
    """Return whether a row is one that the ad account loses, and should not."""
    lost = query.account.get("lost", {})
    by_name = any(lost.get(name) == value for name, value in cell.keys)
    return by_name or (not query.filters and lost.get(query.level) == place)


def _written(
    query: Query, named: dict[str, str], days: Days, cell: Cell, metrics: Metrics
) -> Row:
    row: Row = {name: named[name] for name in query.fields if name in named}
    quirk = QUIRKS.get(query.account.get("quirk", ""))
    for name in query.fields:
        value = metrics.value(name)
        if value is not None:
            row[name] = quirk(name, value) if quirk else value
    row["date_start"], row["date_stop"] = days[0].isoformat(), days[1].isoformat()
    row.update(cell.keys)
    return row
