"""Pieces of a query: what is asked as one, and its rows until they are taken."""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Final

from ..graph.paging import Page
from ..models import Row
from .query import InsightsQuery
from .schema import DATES, column_names
from .windows import Units, windowed

_MASK: Final = 2**64 - 1
_NAMES: Final = ("campaign_id", "adset_id", "ad_id", "account_id")


class Stretch:
    """Units of a query, from *first* on, that are not cut into pieces yet."""

    def __init__(self, first: int, count: int) -> None:
        self.first = first
        self.count = count


class Piece(Stretch):
    """
    What is asked of Meta as one query. A piece of one unit cannot be cut.

    Its rows are released when all are there, so that it can be asked again, or in
    smaller pieces, until then. One that cannot be cut and has many pages releases
    them as they come; `sent` knows those rows.
    """

    def __init__(
        self,
        query: InsightsQuery,
        first: int = 0,
        count: int = 1,
        *,
        planned: int = 1,
        page: Page | None = None,
    ) -> None:
        super().__init__(first, count)
        self.query = query
        self.planned = planned  # pages
        self.page = page  # the first, where it has been fetched already
        self.pages: deque[list[Row]] = deque()
        self.held = 0  # pages asked for that are not in `pages` yet
        self.under_way = False
        self.done = False
        self.error: Exception | None = None
        self.sent: Sent | None = None

    def halves(self, units: Units) -> tuple[Piece, Piece]:
        """Return two pieces that together have the rows of this one."""
        middle = self.count // 2
        return (
            piece_of(self.query, units, self.first, middle),
            piece_of(self.query, units, self.first + middle, self.count - middle),
        )


class Sent:
    """Which rows of a piece were released, in eight bytes for each."""

    def __init__(self, query: InsightsQuery) -> None:
        known = [name for name in column_names(query) if name in _NAMES]
        self._names = (DATES[0], *known, *query.breakdowns)
        self._keys = array("Q")

    def add(self, rows: Iterable[Row]) -> None:
        self._keys.extend(self._key(row) for row in rows)

    def others(self) -> Callable[[list[Row]], list[Row]]:
        """Return what leaves those out of the same rows in any order."""
        left = Counter(self._keys)

        def is_new(row: Row) -> bool:
            key = self._key(row)
            left[key] -= 1
            return left[key] < 0

        return lambda rows: [row for row in rows if is_new(row)]

    def _key(self, row: Row) -> int:
        return hash(tuple(str(row.get(name)) for name in self._names)) & _MASK


def piece_of(
    query: InsightsQuery, units: Units, first: int, count: int, planned: int = 1
) -> Piece:
    """Return the piece of *count* units from the one numbered *first* on."""
    window = units.window(first, count)
    return Piece(windowed(query, window), first, count, planned=planned)
