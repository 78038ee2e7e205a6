"""Reading Insights of one ad account, and printing them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..constants import Format

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..flows.insights import InsightsRequest
    from ..insights.query import InsightsQuery
    from .context import CommandContext
    from .progress import Progress


class ReadOptions(NamedTuple):
    """The options of `metaconnect insights` that are not of the query."""

    clients: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    every: bool = False
    all_accounts: bool = False
    form: Format = Format.table
    raw: bool = False
    output: Path | None = None
    check: bool = False
    refresh: bool = True

    @property
    def many(self) -> bool:
        """Whether rows can be of several ad accounts, and say whose they are."""
        several = max(len(self.clients), len(self.accounts)) > 1
        return self.every or self.all_accounts or several

    @property
    def shows_progress(self) -> bool:
        """Whether a line of progress would not mix with the rows."""
        to_terminal = self.output is None and sys.stdout.isatty()
        return self.form is Format.table or not to_terminal


async def run(
    context: CommandContext, query: InsightsQuery, options: ReadOptions
) -> None:
    """Print the rows that answer *query*."""
    from .progress import Progress

    async with context.meta() as meta:
        request = await meta.insights_request(
            query,
            *(options.clients or (None,)),
            *options.accounts,
            pick=context.pick_client,
            refresh=options.refresh,
        )
        async with Progress(shown=options.shows_progress) as progress:
            print_ = _print_table if options.form is Format.table else _print_data
            await print_(meta, request, options, progress)


async def _print_table(
    meta: AsyncMetaconnect,
    request: InsightsRequest,
    options: ReadOptions,
    progress: Progress,
) -> None:
    from ..insights.caption import legend
    from ..output.base import TableOptions, open_sink
    from .caption import caption, deleted, written
    from .output import colors, opened, table_width
    from .terminal import say

    report = await meta.report(request, progress=progress.read)
    progress.hide()
    table = TableOptions(
        caption=caption(request, report.facts),
        legend=list(filter(None, [legend(report.columns)])),
        width=None if options.output else table_width(),
        color=options.output is None and colors(),
        currency=report.facts.currency,
        totals=lambda _rows: report.totals,
        notice=say,
        empty="No rows: nothing was delivered in this time.",
    )
    with opened(options.output) as file:
        sink = open_sink(options.form, file, report.columns, table=table)
        sink.write(report.rows)
        sink.close()
    if report.spend_of_deleted is not None:
        say(deleted(report.spend_of_deleted, report.facts.currency))
    if options.output:
        say(written(options.output, len(report.rows), options.form))


async def _print_data(
    meta: AsyncMetaconnect,
    request: InsightsRequest,
    options: ReadOptions,
    progress: Progress,
) -> None:
    from ..flows.insights import missing_spend
    from ..insights.schema import columns
    from ..output.base import open_sink
    from .caption import NOTHING_MISSING, data_caption, deleted, written
    from .output import opened
    from .terminal import say

    names = columns(request.query, currency=request.currency)
    count, spent = 0, []
    read = meta.reading(request, raw=options.raw, progress=progress.read)
    async with read as pages:
        with opened(options.output) as file:
            sink = open_sink(options.form, file, names, raw=options.raw)
            async for page in pages:
                sink.write(page)
                count += len(page)
                if options.check:
                    spent += [{"spend": row["spend"]} for row in page]
            sink.close()
    progress.hide()
    if sys.stderr.isatty():
        say(data_caption(request))
    if options.check:
        missing = await missing_spend(request, spent, graph=meta.parts.graph)
        say(deleted(missing, request.currency) if missing else NOTHING_MISSING)
    if options.output:
        say(written(options.output, count, options.form))
