"""Rows in normal form, from what Meta sends: the query decides their shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from ..constants import FieldKind, Storage
from ..models import Row
from ..redact import clean
from .actions import (
    Numbers,
    Read,
    as_list,
    by_action_type,
    by_window,
    objects,
    picked,
)
from .numbers import NotReadable, cached_count, count, decimal, exact, guess, integral
from .picks import pick_of
from .query import InsightsQuery
from .schema import DATES, TIMEZONE, column_names, kind_in

Plan = tuple[tuple[str, str, Read], ...]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is not the number (or list) that its field promises."""

    field: str
    row: str
    value: object

    def __str__(self) -> str:
        return (
            f"{self.field} cannot be read in the row of {self.row}: "
            f"{clean(repr(self.value), longest=80)}. It is left empty; --raw prints "
            "what Meta sent."
        )


Problems = Callable[[Problem], None]


def ignore(_problem: Problem) -> None:
    """Leave it at the empty value."""


def row_reader(
    query: InsightsQuery,
    extra_fields: Iterable[str] = (),
    *,
    timezone_name: str | None = None,
    problems: Problems = ignore,
) -> Callable[[Mapping[str, Any]], Row]:
    """
    Return what turns Meta's rows into the columns of *query*.

    Counts are int; money and ratios Decimal with exactly the digits that Meta
    sent; what Meta left out is None (an action list: empty). *extra_fields*
    come last. *problems* is told once for each field with a value that cannot
    be read.
    """
    make_plan = partial(_plan, query, tuple(extra_fields), timezone_name)
    plan = make_plan(_strict)
    lenient = _Lenient(query, make_plan, problems)

    def read_row(raw: Mapping[str, Any]) -> Row:
        try:
            return {name: read(raw.get(source)) for name, source, read in plan}
        except (NotReadable, TypeError):
            return lenient.read(raw)

    return read_row


class _Lenient:
    """Reads a row that holds unreadable values, and reports them."""

    def __init__(
        self,
        query: InsightsQuery,
        make_plan: Callable[[Callable[[str], Numbers]], Plan],
        problems: Problems,
    ) -> None:
        self._query = query
        self._problems = problems
        self._named: set[str] = set()
        self._raw: Mapping[str, Any] = {}
        self._plan = make_plan(lambda name: _lenient(partial(self._report, name)))

    def read(self, raw: Mapping[str, Any]) -> Row:
        self._raw = raw
        return {name: read(raw.get(source)) for name, source, read in self._plan}

    def _report(self, name: str, value: object) -> None:
        if name not in self._named:
            self._named.add(name)
            row = row_label(self._query, self._raw)
            self._problems(Problem(field=name, row=row, value=value))


def row_label(query: InsightsQuery, raw: Mapping[str, Any]) -> str:
    """Return what tells a row from the others: its first day, ids, breakdowns."""
    names = [n for n in column_names(query) if kind_in(query, n) is FieldKind.ID]
    names += query.breakdowns
    parts = [str(raw.get(DATES[0]))]
    parts += [f"{name} {raw[name]}" for name in names if name in raw]
    return clean(", ".join(parts))


def strict_plan(
    query: InsightsQuery, extra_fields: Iterable[str], timezone_name: str | None
) -> Plan:
    """Return each column's name, its key in Meta's row, and what reads the value."""
    return _plan(query, extra_fields, timezone_name, _strict)


def _plan(
    query: InsightsQuery,
    extra_fields: Iterable[str],
    timezone_name: str | None,
    numbers: Callable[[str], Numbers],
) -> Plan:
    names = dict.fromkeys((*column_names(query), *extra_fields))
    return tuple(
        (name, TIMEZONE, lambda _value: timezone_name)
        if name == TIMEZONE
        else _column_plan(name, query, numbers(name))
        for name in names
    )


def _column_plan(
    name: str, query: InsightsQuery, numbers: Numbers
) -> tuple[str, str, Read]:
    if pick := pick_of(name):
        number = _number_reader(pick.kind, numbers)
        return name, pick.source, picked(pick, number, numbers.refuse)
    kind = kind_in(query, name)
    if kind.is_actions:
        return name, name, _list_reader(kind, query, numbers)
    if kind is FieldKind.OBJECTS:
        keeps_digits = name.startswith("cost_per") or name.endswith("_rate")
        return name, name, objects(exact if keeps_digits else integral)
    return name, name, _scalar_reader(kind, numbers)


def number_of(name: str, query: InsightsQuery) -> Read:
    """Return what reads a value in the list of the column *name*, or picked of it."""
    pick = pick_of(name)
    return _number_reader(pick.kind if pick else kind_in(query, name), _STRICT)


def _number_reader(kind: FieldKind, numbers: Numbers) -> Read:
    if kind.of_one.storage is not Storage.COUNT:
        return numbers.decimal
    return numbers.listed if kind.is_actions else numbers.counted


def _list_reader(kind: FieldKind, query: InsightsQuery, numbers: Numbers) -> Read:
    number = _number_reader(kind, numbers)
    windows = query.action_attribution_windows
    if query.splits_actions:
        return as_list(number, query.action_breakdowns, windows, numbers.refuse)
    if windows:
        return by_window(number, windows, numbers.refuse)
    return by_action_type(number, numbers.refuse)


def _scalar_reader(kind: FieldKind, numbers: Numbers) -> Read:
    if kind is FieldKind.ID:
        return _id
    if kind.is_text:
        return _text
    if kind is FieldKind.UNKNOWN:
        return _unknown
    return _number_reader(kind, numbers)


def _text(value: object) -> object:
    return None if value == "" else value


def _id(value: object) -> object:
    """Return an id as text: old answers have numbers."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else _text(value)


_OBJECTS = objects()


def _unknown(value: object) -> object:
    return _OBJECTS(value) if isinstance(value, (list, dict)) else guess(value)


def _raise(value: object) -> None:
    raise NotReadable(value)


_STRICT = Numbers(counted=count, listed=cached_count, decimal=decimal, refuse=_raise)


def _strict(_name: str) -> Numbers:
    return _STRICT


def _lenient(report: Callable[[object], None]) -> Numbers:
    """Return numbers that are None, and reported, where they cannot be read."""
    counts = partial(_or_none, count, report)
    return Numbers(
        counted=counts,
        listed=counts,
        decimal=partial(_or_none, decimal, report),
        refuse=report,
    )


def _or_none(read: Read, report: Callable[[object], None], value: object) -> object:
    try:
        return read(value)
    except NotReadable:
        report(value)
        return None
