"""Rows that are printed as they come."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..flows.insights_many import Part
    from ..models import Column, Row
    from .read import Reading


async def print_stream(reading: Reading) -> int:
    """Print rows page by page, and return how many."""
    from .output import opened
    from .sinks import open_rows, say_written
    from .terminal import say

    options, count = reading.options, 0
    spent: list[Row] = []
    with opened(options.output) as file:
        rows = open_rows(file, reading, _columns(reading))
        async with _pages(reading) as pages:
            async for page in pages:
                count += rows.write(page)
                if options.check:
                    spent += [{"spend": row["spend"]} for row in page]
        if not reading.all_failed:
            rows.close()
    reading.progress.hide()
    if sys.stderr.isatty():
        _say_caption(reading, count)
    if not options.quiet:
        _say_notes(reading)
    if options.check:
        await _say_missing(reading, spent)
    for line in rows.explanation():
        say(line)
    say_written(options, count)
    return count


def _columns(reading: Reading) -> Sequence[Column]:
    from ..flows.insights_many import labelled_columns
    from ..insights.schema import columns

    if reading.options.many:
        return labelled_columns(reading.shown)
    (request,) = reading.targets.requests
    return columns(reading.shown, currency=request.currency)


@asynccontextmanager
async def _pages(reading: Reading) -> AsyncIterator[AsyncIterator[list[Row]]]:
    """Yield the rows of one ad account as they are, of many with whose they are."""
    options, progress = reading.options, reading.progress.read
    if not options.many:
        (request,) = reading.targets.requests
        async with reading.meta.reading(
            request, raw=options.raw, report_runs=options.report_runs, progress=progress
        ) as pages:
            yield pages
        return
    async with reading.meta.reading_many(
        reading.targets.requests,
        failed=reading.failed,
        raw=options.raw,
        report_runs=options.report_runs,
        progress=progress,
    ) as parts:
        yield _rows_of(parts, reading)


async def _rows_of(
    parts: AsyncIterator[Part], reading: Reading
) -> AsyncIterator[list[Row]]:
    """Yield the rows of *parts* in the order, and the number, that was asked for."""
    from ..flows.shaping import shaped

    async def rows() -> AsyncIterator[list[Row]]:
        done = set[int]()
        async for part in parts:
            done.add(id(part.request))
            reading.progress.read.ad_accounts_done = len(done) - 1
            yield part.rows

    async for page in shaped(rows(), reading.query):
        yield page


def _say_caption(reading: Reading, count: int) -> None:
    """Tell a person who watches what the rows cover, or why there are none."""
    from .caption import data_caption
    from .explanation import say_why_empty
    from .terminal import say

    if reading.options.many or reading.options.alerts:
        return
    (request,) = reading.targets.requests
    say(data_caption(request))
    if not count:
        say_why_empty(request)


def _say_notes(reading: Reading) -> None:
    """Say what is to be known of the answer; of the plain query that is nothing."""
    from ..insights.query import PLAIN_QUERY

    if reading.shown == PLAIN_QUERY:
        return
    from .explanation import say_notes

    for request in reading.targets.requests[:1]:
        say_notes(reading, request)


async def _say_missing(reading: Reading, spent: Sequence[Row]) -> None:
    from ..flows.report import missing_spend
    from .caption import NOTHING_MISSING, deleted
    from .terminal import say

    (request,) = reading.targets.requests
    graph = reading.meta.parts.graph
    missing = await missing_spend(request, spent, graph=graph)
    say(deleted(missing, request.currency) if missing else NOTHING_MISSING)
