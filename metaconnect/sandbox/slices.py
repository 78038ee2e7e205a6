"""
Cut what an ad did on a day by breakdown and by attribution window.

The cuts are whole numbers. The rows of a breakdown add up to the row without
it, a window never holds more than the whole, and levels agree in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from .ads import Ad, draw
from .breakdowns import WHOLE, Cell
from .synthetic import Counts

Range = tuple[int, int]
# The part of each count that a window holds; the other windows hold nothing, such
# as 7d_view and 28d_view, which Meta answers no more since 2026-01-12.
WINDOWS: Mapping[str, Range] = {
    "1d_view": (8_600, WHOLE),
    "1d_click": (0, 6_100),
    "7d_click": (0, 8_600),
    "28d_click": (0, 9_300),
    "1d_ev": (0, 500),
}


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
