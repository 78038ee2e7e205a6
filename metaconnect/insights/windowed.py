"""Rows of a large query: its pieces are fetched at once, and come in their order."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from typing import Final

from ..errors import TooMuchData
from ..graph.gate import IN_FLIGHT
from ..graph.paging import FEWEST_ROWS, Walk
from ..models import Row
from .estimate import Estimate
from .fetch import Source
from .pieces import Piece, Sent, Stretch, piece_of
from .progress import ReadProgress
from .reading import ReportRuns
from .report_runs import SMALL_REFUSALS, finished_run
from .windows import Units

HELD: Final = 4  # pages of a piece that cannot be cut, before they are released
_QUEUED: Final = 2  # pages that such a piece is ahead of who takes them
_UNPLANNED: Final = 2  # pages by which a piece may be longer than it was planned
_AHEAD: Final = 2  # pages fetched or planned ahead, for each request in flight
# Pages in memory, about a megabyte each, above which of the pieces that cannot be cut
# only the first goes on: the others would wait for it anyway.
_IN_MEMORY: Final = 10


class Pieces:
    """
    Fetches *plan*, pieces and stretches in the order of their rows, *at_once*.

    `start` makes the tasks and `stop` ends them; `rows` yields what they bring.
    """

    def __init__(
        self,
        source: Source,
        plan: list[Stretch],
        units: Units | None,
        estimate: Estimate,
        *,
        report_runs: ReportRuns,
        progress: ReadProgress,
        at_once: int = IN_FLIGHT,
    ) -> None:
        self._source = source
        self._plan = plan
        self._units = units
        self._estimate = estimate
        self._report_runs = report_runs
        self._progress = progress
        self._at_once = at_once
        self._limit = source.rows_a_page
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._told = False  # that a report run is needed
        self._done = self._counted = 0  # pieces

    def start(self) -> None:
        count = 1 if self._units is None else self._at_once
        self._tasks = [asyncio.create_task(self._work()) for _ in range(count)]
        for task in self._tasks:
            task.add_done_callback(lambda _task: self._change())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def rows(self) -> AsyncGenerator[list[Row], None]:
        """Yield the rows, piece by piece; an error comes after those before it."""
        while self._plan:
            head = self._plan[0]
            if isinstance(head, Piece):
                while head.pages:
                    page = head.pages.popleft()
                    self._change()
                    yield page
                if head.error is not None:
                    raise head.error
                if head.done:
                    self._plan.pop(0)
                    if self._units is not None:
                        self._done += 1
                        self._progress.windows_done += 1
                    self._change()
                    continue
            for task in self._tasks:
                if task.done():
                    task.result()  # raises what ended it before its time
            await self._changed.wait()

    def _change(self) -> None:
        """Wake whoever waits; those who wait from now on wait for the next time."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def _work(self) -> None:
        while self._plan:
            piece = self._next_piece()
            if piece is None:
                await self._changed.wait()
                continue
            try:
                await self._read(piece)
            except Exception as error:  # noqa: BLE001 - raised where its rows are due
                piece.error = error
            self._change()

    def _next_piece(self) -> Piece | None:
        """Return the first piece that nobody reads, None while there is none."""
        planned = 0
        for index, each in enumerate(self._plan):
            if isinstance(each, Piece):
                if each.error is not None:
                    return None  # what comes after it will not be asked for
                if not each.under_way:
                    each.under_way = True
                    return each
                planned += each.planned
            elif planned >= _AHEAD * self._at_once:
                return None
            elif self._units is not None:
                return self._cut(index, each, self._units)
        return None

    def _cut(self, index: int, stretch: Stretch, units: Units) -> Piece:
        """Cut a piece from the beginning of a stretch."""
        pages, count = self._estimate.window(self._limit)
        count = min(count, stretch.count)
        piece = piece_of(self._source.query, units, stretch.first, count, planned=pages)
        piece.under_way = True
        rest = Stretch(stretch.first + count, stretch.count - count)
        self._put(index, piece, *([rest] if rest.count else []))
        return piece

    def _put(self, index: int, *stretches: Stretch) -> None:
        self._plan[index : index + 1] = stretches
        units = self._estimate.window(self._limit)[1]
        count = self._done + sum(
            1 if isinstance(each, Piece) else math.ceil(each.count / units)
            for each in self._plan
        )
        # Others count theirs there too.
        self._progress.windows += count - self._counted
        self._counted = count

    async def _read(self, piece: Piece) -> None:
        try:
            if self._report_runs == "always":
                await self._read_report(piece)
            else:
                await self._read_pages(piece)
        except TooMuchData as error:
            await self._read_less(piece, error)

    async def _read_pages(self, piece: Piece) -> None:
        walk = Walk(
            lambda after, limit: self._source.page(piece.query, after, limit),
            self._limit,
            notice=self._source.graph.notice,
        )
        try:
            await self._walk(piece, walk)
        finally:
            self._limit = min(self._limit, walk.limit or self._limit)

    async def _walk(self, piece: Piece, walk: Walk) -> None:
        """Read the piece page by page; one that is longer than planned is cut."""
        held: list[list[Row]] = []
        if piece.page is not None:
            walk.go_on_from(piece.page)
            held.append(piece.page.rows)
        while not walk.ended:
            if piece.count == 1 and (len(held) >= HELD or self._units is None):
                await self._release_early(piece, held)
            elif piece.count > 1 and len(held) >= piece.planned + _UNPLANNED:
                self._cut_again(piece, held)
                return
            held.append(await self._next_rows(piece, walk))
        self._estimate.learn(piece.count, held)
        self._release(piece, held)
        piece.done = True

    async def _next_rows(self, piece: Piece, walk: Walk) -> list[Row]:
        await self._until(lambda: self._has_room_for(piece))
        # Fewer days are better than fewer rows a page: windows come at once.
        fewest = FEWEST_ROWS if piece.count == 1 else self._limit
        piece.held += 1
        rows = await walk.next_rows(fewest=fewest)
        self._progress.pages += 1
        return rows

    def _has_room_for(self, piece: Piece) -> bool:
        """Whether another page of *piece* may be fetched; its first always may."""
        if piece.count > 1 or not piece.held or self._plan[0] is piece:
            return True
        pieces = (each for each in self._plan if isinstance(each, Piece))
        return sum(each.held + len(each.pages) for each in pieces) < _IN_MEMORY

    def _release(self, piece: Piece, held: list[list[Row]]) -> None:
        """Hand the rows on; those of several units by their dates."""
        if piece.count > 1:
            rows = [row for page in held for row in page]
            # However the query was cut, the rows come in the same order.
            rows.sort(key=lambda row: str(row.get("date_start")))
            size = self._source.rows_a_page
            held = [rows[at : at + size] for at in range(0, len(rows), size)]
        piece.pages.extend(held)
        piece.held = 0
        self._change()

    async def _release_early(self, piece: Piece, held: list[list[Row]]) -> None:
        """Hand on what is there of a piece that cannot be cut, when it is due."""
        await self._until(lambda: self._plan[0] is piece)
        if piece.sent is None:
            piece.sent = Sent(self._source.query)
        for rows in held:
            piece.sent.add(rows)
        piece.pages.extend(held)
        held.clear()
        piece.held = 0
        self._change()
        await self._until(lambda: len(piece.pages) < _QUEUED)

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()

    def _cut_again(self, piece: Piece, held: list[list[Row]]) -> None:
        self._estimate.learn_longer(piece.count, held)
        self._put(self._plan.index(piece), Stretch(piece.first, piece.count))
        self._change()

    async def _read_less(self, piece: Piece, error: TooMuchData) -> None:
        """Read a piece that is too much for Meta: in halves, or as a report run."""
        if piece.count > 1 and piece.sent is None and self._units is not None:
            self._estimate.learn_too_much(piece.count)
            self._put(self._plan.index(piece), *piece.halves(self._units))
        elif self._report_runs == "auto":
            await self._read_report(piece)
        else:
            raise error

    async def _read_report(self, piece: Piece) -> None:
        """Read the rows that a report run finds, those left out that are out."""
        if not self._told:
            self._told = True
            self._source.graph.notice("Meta prepares a report: that takes a while.")
        others = piece.sent.others() if piece.sent else None
        run_id = await finished_run(self._source, piece.query)
        walk = Walk(
            lambda after, limit: self._source.report_page(run_id, after, limit),
            self._source.rows_a_page,
            notice=self._source.graph.notice,
        )
        held: list[list[Row]] = []
        while not walk.ended:
            if len(held) >= HELD:
                await self._release_early(piece, held)
            rows = await walk.next_rows(again=SMALL_REFUSALS)
            self._progress.pages += 1
            held.append(others(rows) if others else rows)
        piece.pages.extend(held)
        piece.done = True
