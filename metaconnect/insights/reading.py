"""All rows that answer a query, whatever their number."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from ..errors import MetaconnectError, TooMuchData
from ..graph.gate import IN_FLIGHT
from ..graph.paging import Page
from ..models import Row
from .fetch import Source
from .progress import ReadProgress

if TYPE_CHECKING:  # most queries are answered by one page
    from .windowed import Pieces
    from .windows import Units

# When Meta is asked to prepare a report asynchronously: where it answers no other
# way, for every query, or not at all.
ReportRuns = Literal["auto", "always", "never"]


@asynccontextmanager
async def open_rows(
    source: Source,
    *,
    report_runs: ReportRuns = "auto",
    at_once: int = IN_FLIGHT,
    progress: ReadProgress | None = None,
) -> AsyncIterator[AsyncIterator[list[Row]]]:
    """
    Yield the rows that answer the query of *source*, some at a time.

    What one page answers is one request. A query of three pages and more is fetched
    *at_once* in windows of days where that leaves every number as it is (see
    `windows.may_split`); its rows come by their dates, and of one date in Meta's order.
    Any other comes page by page, in Meta's order.

    The block owns what is under way: leaving it stops every request. Each row comes
    once; an error comes after the rows before it.
    """
    read = _Read(source, report_runs, at_once, progress or ReadProgress())
    try:
        async with aclosing(read.rows()) as rows:
            yield rows
    finally:
        await read.stop()


class _Read:
    def __init__(
        self,
        source: Source,
        report_runs: ReportRuns,
        at_once: int,
        progress: ReadProgress,
    ) -> None:
        self._source = source
        self._report_runs = report_runs
        self._at_once = at_once
        self._progress = progress
        self._pieces: Pieces | None = None

    async def stop(self) -> None:
        if self._pieces is not None:
            await self._pieces.stop()

    async def rows(self) -> AsyncGenerator[list[Row], None]:
        query = self._source.query
        # Rows that are sorted here are cut off when they are sorted.
        enough = None if query.order else query.limit
        count = 0
        async with aclosing(self._all_rows(enough)) as rows:
            async for page in rows:
                yield page if enough is None else page[: enough - count]
                count += len(page)
                if enough is not None and count >= enough:
                    return

    async def _all_rows(self, enough: int | None) -> AsyncGenerator[list[Row], None]:
        always = self._report_runs == "always"
        first = None if always else await self._first_page(enough)
        if first is not None and (
            first.after is None or (enough is not None and len(first.rows) >= enough)
        ):
            yield first.rows
            return
        self._pieces = await self._cut(first)
        self._pieces.start()
        async with aclosing(self._pieces.rows()) as rows:
            async for page in rows:
                yield page

    async def _first_page(self, enough: int | None) -> Page | None:
        """Return the first page of the whole, None where that is too much for Meta."""
        size = self._source.rows_a_page
        limit = size if enough is None else min(enough, size)
        try:
            page = await self._source.page(self._source.query, limit=limit)
        except TooMuchData:
            return None
        self._progress.pages += 1
        return page

    async def _cut(self, first: Page | None) -> Pieces:
        from .estimate import Estimate
        from .pieces import Piece, Stretch, piece_of
        from .windowed import Pieces

        query, units = self._source.query, await self._units()
        plan: list[Stretch] = [Piece(query, page=first)]
        estimate = Estimate(1, least=1)
        if units is not None and self._report_runs == "always":
            plan = [piece_of(query, units, 0, len(units))]
        elif units is not None:
            known = await self._rows_a_unit(first, units)
            if first and known * len(units) <= 2 * self._source.rows_a_page:
                units = None  # the second page is the last
            else:
                plan = [Stretch(0, len(units))]
                least = (len(first.rows) if first else 1) / len(units)
                estimate = Estimate(len(units), least=least, known=known)
        return Pieces(
            self._source,
            plan,
            units,
            estimate,
            report_runs=self._report_runs,
            progress=self._progress,
            at_once=self._at_once,
        )

    async def _rows_a_unit(self, first: Page | None, units: Units) -> float:
        """Return how many rows a unit has, by the first page or a unit's own."""
        from .windows import rows_a_unit, windowed

        if first and (known := rows_a_unit(first.rows, units)):
            return known
        # Neither the first day nor today is like the others.
        window = units.window(len(units) // 2, 1)
        size = self._source.rows_a_page
        try:
            page = await self._source.page(windowed(self._source.query, window))
        except TooMuchData:
            return size
        self._progress.pages += 1
        least = (len(first.rows) if first else 1) / len(units)
        return max(len(page.rows) + (page.after is not None), least)

    async def _units(self) -> Units | None:
        """Return the units that the query splits into, None where it does not."""
        from .dates import date_range
        from .windows import may_split, units_of

        query = self._source.query
        if not may_split(query):
            return None
        try:
            zone = None if query.time_range else await self._source.timezone_name()
        except MetaconnectError:
            return None  # read page by page, it needs no time zone
        days = date_range(query, timezone_name=zone, now=datetime.now(UTC))
        units = None if days is None else units_of(query, days)
        return units if units is not None and len(units) > 1 else None
