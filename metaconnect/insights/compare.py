"""`--compare`: beside each number that of an earlier period, and the change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from ..constants import FieldKind
from ..models import Column, Row, TimeRange
from .identity import identity
from .periods import Compare, part_at, place_of, place_of_earlier
from .query import InsightsQuery
from .schema import DATES
from .totals import totals

PREVIOUS: Final = "_previous"
DIFFERENCE: Final = "_difference"
CHANGE: Final = "_change"
_HUNDREDTH: Final = Decimal("0.01")
_NO_NUMBERS: Final = frozenset((FieldKind.OBJECTS, FieldKind.UNKNOWN))


def compared_columns(
    columns: Iterable[Column], *, difference: bool = True
) -> tuple[Column, ...]:
    """
    Return the columns of compared rows: of `spend` also `spend_previous`, what it was,
    `spend_difference`, now less then, and `spend_change`, that in percent of then.

    Without *difference*, which a terminal has no room for, that one is left out.
    """
    found: list[Column] = []
    for column in columns:
        found.append(column)
        if not _is_compared(column):
            continue
        change = FieldKind.ACTION_RATIOS if column.kind.is_actions else FieldKind.RATIO
        found.append(replace(column, name=column.name + PREVIOUS))
        if difference:
            found.append(replace(column, name=column.name + DIFFERENCE))
        name = column.name + CHANGE
        found.append(Column(name=name, kind=change, unit="%"))
    return tuple(found)


def compare_rows(
    rows: Sequence[Row],
    earlier: Sequence[Row],
    columns: Sequence[Column],
    query: InsightsQuery,
    *,
    days: TimeRange,
    how: Compare,
) -> list[Row]:
    """
    Return *rows* of *days* with those of the *earlier* period beside them.

    Rows belong together by their ids, breakdowns and place in the period, not by
    names, which change. What only one of the periods has stands with None at the
    other's side. Rows that are one in the answer, though Meta sent several, are
    joined as `totals` does: ratios are made anew, which needs `total_fields`.
    """
    increment = query.time_increment
    names = identity(columns, query)
    now = _grouped(rows, names, lambda day: place_of(day, days, increment))
    then = _grouped(
        earlier, names, lambda day: place_of_earlier(day, days, how, increment)
    )
    keys = list(dict.fromkeys((*now, *then)))
    if not query.sort:
        keys.sort(key=lambda key: key.place)
    shown = [column.name for column in compared_columns(columns)]
    found = []
    for key in keys:
        row = _joined(columns, now.get(key) or then[key])
        row |= _dates(part_at(key.place, days, increment))
        sides = (_joined(columns, part.get(key, ())) for part in (now, then))
        row |= compare_totals(columns, *sides)
        found.append({name: row[name] for name in shown})
    return found


def compare_totals(columns: Iterable[Column], now: Row, then: Row) -> Row:
    """Return the numbers of a row, or of totals, beside those of an earlier one."""
    found: Row = {}
    for column in filter(_is_compared, columns):
        name = column.name
        value, before = now.get(name), then.get(name)
        found[name] = value
        found[name + PREVIOUS] = before
        found[name + DIFFERENCE] = _each(_difference, value, before)
        found[name + CHANGE] = _each(_percent, value, before)
    return found


class _Key(NamedTuple):
    place: int
    identity: tuple[object, ...]


def _is_compared(column: Column) -> bool:
    return not (column.kind.is_text or column.kind in _NO_NUMBERS)


def _grouped(
    rows: Iterable[Row], names: Sequence[str], place: Callable[[date], int]
) -> dict[_Key, list[Row]]:
    found: dict[_Key, list[Row]] = {}
    for row in rows:
        named = tuple(str(row.get(name)) for name in names)
        key = _Key(place(date.fromisoformat(row[DATES[0]])), named)
        found.setdefault(key, []).append(row)
    return found


def _joined(columns: Sequence[Column], rows: Sequence[Row]) -> Row:
    """Return one row of several; their texts are the first one's."""
    if len(rows) <= 1:
        first = rows[0] if rows else {}
        return {column.name: first.get(column.name) for column in columns}
    sums = totals(columns, rows)
    texts = {c.name: rows[0].get(c.name) for c in columns if not _is_compared(c)}
    return {**sums, **texts}


def _dates(part: TimeRange) -> Row:
    days = (part.since.isoformat(), part.until.isoformat())
    return dict(zip(DATES, days, strict=True))


def _each(compare: Callable[[Any, Any], object], now: object, then: object) -> object:
    """Compare numbers, and action lists type by type."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {
            key: _each(compare, now.get(key), then.get(key))
            for key in dict.fromkeys((*now, *then))
        }
    if isinstance(now, (int, Decimal)) and isinstance(then, (int, Decimal)):
        return compare(now, then)
    return None


def _difference(now: int | Decimal, then: int | Decimal) -> int | Decimal:
    return now - then


def _percent(now: int | Decimal, then: int | Decimal) -> Decimal | None:
    if not then:
        return None
    change = 100 * (Decimal(now) - then) / abs(Decimal(then))
    return change.quantize(_HUNDREDTH, ROUND_HALF_UP)
