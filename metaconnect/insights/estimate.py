"""How many rows a unit of days has, learned while they are fetched."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from ..models import Row
from .windows import pages_and_units

_RECENT: Final = 4  # windows that say how many rows their neighbours have
_PROVEN: Final = 8  # windows as long as may be, before they may be longer again


class Estimate:
    """
    Says how long the next window should be.

    *known* is how many rows one unit has, *least* how many all have at least on
    average, and *units* how many there are.
    """

    def __init__(self, units: int, *, least: float, known: float = 1) -> None:
        self._least = least
        self._recent: deque[float] = deque([known], _RECENT)
        self._proven = 0
        self._most = units

    def window(self, limit: int) -> tuple[int, int]:
        """Return how many pages and how many units the next window should have."""
        a_unit = max(self._least, *self._recent)
        pages, units = pages_and_units(a_unit, limit)
        return pages, min(units, self._most)

    def learn(self, units: int, pages: Sequence[Sequence[Row]]) -> None:
        """Learn from all rows of a window."""
        self._recent.append(sum(map(len, pages)) / units)
        self._proven += units >= self._most
        if self._proven >= _PROVEN:
            self._most, self._proven = self._most + 1, 0

    def learn_longer(self, units: int, pages: Sequence[Sequence[Row]]) -> None:
        """Learn from the first rows of a window that has many more."""
        self._recent.clear()
        self._recent.append(2 * sum(map(len, pages)) / units)

    def learn_too_much(self, units: int) -> None:
        """Learn that *units* are too many for Meta."""
        self._most, self._proven = max(1, min(self._most, units // 2)), 0
