"""The order of rows that a query wants and Meta cannot give."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection
from typing import Final

from ..insights.query import InsightsQuery
from ..insights.sorting import sorted_rows
from ..models import Row

_AT_ONCE: Final = 500  # rows


async def shaped(
    pages: AsyncIterator[list[Row]],
    query: InsightsQuery,
    *,
    hidden: Collection[str] = (),
) -> AsyncGenerator[list[Row], None]:
    """
    Yield the rows of *pages* in the order of *query*, and at most its limit of them.

    What is sorted here is in memory as a whole. *hidden* are keys that are left out
    of the rows, once they are sorted by them.
    """
    rows = sorted_rows(query, [row async for page in pages for row in page])
    rows = rows[: query.limit]
    for row in rows if hidden else ():
        for name in hidden:
            row.pop(name, None)
    for begin in range(0, len(rows) or 1, _AT_ONCE):
        yield rows[begin : begin + _AT_ONCE]
