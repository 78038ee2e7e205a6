"""
Cut what an ad did on a day by breakdown and by attribution window.

The cuts are whole numbers. The rows of a breakdown add up to the row without
it, a window never holds more than the whole, and levels agree in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import accumulate, product
from typing import NamedTuple

from .synthetic import Ad, Counts, draw

WHOLE = 10_000
Range = tuple[int, int]


class Cell(NamedTuple):
    """One row of a breakdown: its keys, and its range of the whole."""

    keys: tuple[tuple[str, str], ...]
    lower: int
    upper: int


UNBROKEN = (Cell((), 0, WHOLE),)
# Shares in percent; the order is that of the rows.
BREAKDOWNS: Mapping[str, Mapping[str, int]] = {
    "age": {"18-24": 12, "25-34": 31, "35-44": 27, "45-54": 17, "55-64": 9, "65+": 4},
    "gender": {"female": 52, "male": 45, "unknown": 3},
    "country": {"AT": 9, "CH": 11, "DE": 68, "US": 12},
    "publisher_platform": {
        "audience_network": 4,
        "facebook": 51,
        "instagram": 42,
        "messenger": 3,
    },
}
COMBINATIONS = {(), ("age", "gender"), *((name,) for name in BREAKDOWNS)}
# The part of each count that a window holds; the other windows hold nothing.
WINDOWS: Mapping[str, Range] = {
    "1d_view": (8_600, WHOLE),
    "1d_click": (0, 6_100),
    "7d_click": (0, 8_600),
    "28d_click": (0, 9_300),
    "1d_ev": (0, 500),
}


def cells_of(names: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return the cells of a valid combination of breakdowns."""
    return tuple(_cells(names)) if names else UNBROKEN


def _cells(names: tuple[str, ...]) -> Iterator[Cell]:
    values = list(product(*(BREAKDOWNS[name].items() for name in names)))
    shares = [WHOLE] * len(values)
    for index, value in enumerate(values):
        for _, percent in value:
            shares[index] = shares[index] * percent // 100
    uppers = list(accumulate(shares))
    for value, lower, upper in zip(values, [0, *uppers], uppers, strict=False):
        keys = tuple(zip(names, (key for key, _ in value), strict=True))
        yield Cell(keys, lower, upper)


def chances_of(ad: Ad, day: date) -> tuple[int, ...]:
    """Return where the roundings of that ad and day fall, for each count."""
    drawn = [int(number * WHOLE) for number in draw("chances", ad.ad_id, day)]
    return tuple(drawn[n % len(drawn)] for n in range(len(Counts._fields)))


def cut(
    counts: Counts, chances: tuple[int, ...], cell: Cell, window: Range | None = None
) -> Counts:
    """Return what falls into *cell*, and there into *window*."""
    edges = [
        _edges(number, chance, cell, window)
        for number, chance in zip(counts, chances, strict=True)
    ]
    part = Counts(*(upper - lower for lower, upper in edges))
    # Money follows the sales, so that none comes without one.
    lower, upper = edges[Counts._fields.index("purchases")]
    value, sold = counts.purchase_value, counts.purchases or 1
    value = value * upper // sold - value * lower // sold
    return part._replace(purchase_value=value, parts=counts.parts)


def _edges(number: int, chance: int, cell: Cell, window: Range | None) -> Range:
    """Number the units from 0, and return the range of them that is meant."""
    lower = (number * cell.lower + chance) // WHOLE
    upper = (number * cell.upper + chance) // WHOLE
    if window is None:
        return lower, upper
    return _within(lower, chance, window), _within(upper, chance, window)


def _within(units: int, chance: int, window: Range) -> int:
    """Count the units of the window among the first *units*."""
    lower, upper = window
    return (units * upper + chance) // WHOLE - (units * lower + chance) // WHOLE
