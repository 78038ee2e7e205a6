"""Where rows add up to something else than the row of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from ..models import Row
from .account_total import rounding

Number = int | Decimal
SPEND: Final = "spend"
# What adds up. Of an action list each type is compared by itself: the same sale
# stands under several.
COMPARED: Final = (
    SPEND,
    "impressions",
    "clicks",
    "actions",
    "action_values",
    "conversions",
)


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """
    A metric that the whole has and its rows do not, or have more of.

    `metric` names an action type as `actions:omni_purchase`. `whole` and `rows` are
    None where there is no such number at all; `missing` is below zero where the rows
    have too much.
    """

    metric: str
    whole: Number | None = None
    rows: Number | None = None
    missing: Number

    @property
    def size(self) -> Number:
        """How much it is, whichever side has it."""
        return -self.missing if self.missing < 0 else self.missing


class Gaps(NamedTuple):
    """The gaps between a whole and its rows, those of rounding apart."""

    beyond: tuple[Gap, ...]
    rounded: tuple[Gap, ...]


def gaps(whole: Iterable[Row], rows: Iterable[Row]) -> Gaps:
    """
    Compare the sums of two sets of rows, metric by metric.

    Counts are exact. Money may differ by half of the last digit of each number.
    """
    wholes, parts = amounts(whole), amounts(rows)
    beyond: list[Gap] = []
    rounded: list[Gap] = []
    for metric in dict.fromkeys((*wholes, *parts)):
        numbers = [*wholes.get(metric, ()), *parts.get(metric, ())]
        gap = _gap(metric, wholes.get(metric), parts.get(metric))
        if gap.missing:
            within = gap.size <= _tolerance(numbers)
            (rounded if within else beyond).append(gap)
    return Gaps(tuple(beyond), tuple(rounded))


def amounts(rows: Iterable[Row]) -> dict[str, list[Number]]:
    """Return the numbers of each metric of *rows*, those of action types apart."""
    found: dict[str, list[Number]] = {}
    for row in rows:
        for name in COMPARED:
            for metric, number in _flat(name, row.get(name)):
                found.setdefault(metric, []).append(number)
    return found


def total(numbers: Iterable[Number]) -> Number:
    return sum(numbers, 0)


def _gap(metric: str, whole: list[Number] | None, rows: list[Number] | None) -> Gap:
    return Gap(
        metric=metric,
        whole=None if whole is None else total(whole),
        rows=None if rows is None else total(rows),
        missing=total(whole or ()) - total(rows or ()),
    )


def _tolerance(numbers: list[Number]) -> Number:
    """Return how far sums may be off. A count that Meta estimated is a Decimal too."""
    if all(isinstance(number, int) for number in numbers):
        return 0
    return rounding([Decimal(number) for number in numbers])


def _flat(name: str, value: Any) -> Iterator[tuple[str, Number]]:
    if isinstance(value, (int, Decimal)):
        yield name, value
    elif isinstance(value, Mapping):
        for action_type, item in value.items():
            yield from _flat(f"{name}:{action_type}", item)
    elif isinstance(value, list):  # an action type that a list has several times
        for entry in value:
            yield from _flat(name, entry.get("value"))
