"""Reading Insights of many clients and ad accounts, and printing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..constants import Format

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..errors import MetaconnectError
    from ..flows.insights_many import Failed, Failure, Targets
    from ..insights.query import InsightsQuery
    from .context import CommandContext
    from .progress import Progress
    from .read import ReadOptions


async def run(
    context: CommandContext, query: InsightsQuery, options: ReadOptions
) -> None:
    """
    Print the rows that answer *query* for every client and ad account that is meant.

    Raises, at the end, where any failed.
    """
    from ..flows.many import failure_of
    from .progress import Progress

    async with context.meta() as meta:
        targets = await meta.insights_requests(
            query,
            await _clients(context, meta, options),
            options.accounts,
            all_accounts=options.all_accounts,
            refresh=options.refresh,
        )
        errors: list[MetaconnectError] = []
        async with Progress(shown=options.shows_progress) as progress:

            def failed(failure: Failure) -> None:
                progress.hide()
                tell(failure)
                errors.append(failure.error)

            for failure in targets.failures:
                failed(failure)
            print_ = _print_table if options.form is Format.table else _print_data
            await print_(meta, query, targets, options, progress, failed)
    total = len(targets.requests) + len(targets.failures)
    if error := failure_of(errors, total=total):
        raise error


async def _clients(
    context: CommandContext, meta: AsyncMetaconnect, options: ReadOptions
) -> Sequence[str] | None:
    """Return the clients that are meant, None for all."""
    if options.every or options.clients:
        return options.clients or None
    found = await meta.connection(pick=context.pick_client)
    return [found.client_id]


def tell(failure: Failure) -> None:
    """Say what went wrong, on one line, as soon as it did."""
    from .report import notice_on

    account = f"{failure.ad_account_id}: " if failure.ad_account_id else ""
    hint = " ".join(failure.error.hint.splitlines())
    notice_on(failure.client_id, f"{account}{failure.error} {hint}")


async def _print_data(
    meta: AsyncMetaconnect,
    query: InsightsQuery,
    targets: Targets,
    options: ReadOptions,
    progress: Progress,
    failed: Failed,
) -> None:
    from ..flows.insights_many import labelled_columns
    from ..output.base import open_sink
    from .caption import written
    from .output import opened
    from .terminal import say

    count = 0
    read = meta.reading_many(
        targets.requests, failed=failed, raw=options.raw, progress=progress.read
    )
    async with read as parts:
        with opened(options.output) as file:
            columns = labelled_columns(query)
            sink = open_sink(options.form, file, columns, raw=options.raw)
            async for part in parts:
                sink.write(part.rows)
                count += len(part.rows)
            sink.close()
    progress.hide()
    if options.output:
        say(written(options.output, count, options.form))


async def _print_table(
    meta: AsyncMetaconnect,
    query: InsightsQuery,
    targets: Targets,
    options: ReadOptions,
    progress: Progress,
    failed: Failed,
) -> None:
    from ..flows.joined import joined
    from ..insights.caption import legend
    from ..output.base import TableOptions, open_sink
    from .caption import caption_of_many, written
    from .output import colors, opened, table_width
    from .terminal import say

    found = await meta.reports(targets.requests, failed=failed, progress=progress.read)
    progress.hide()
    report = joined(query, [*targets.failures, *found])
    table = TableOptions(
        caption=caption_of_many(found),
        legend=list(filter(None, [legend(report.columns)])),
        width=None if options.output else table_width(),
        color=options.output is None and colors(),
        currency=report.currency,
        notice=say,
        empty="No rows: nothing was delivered in this time.",
    )
    with opened(options.output) as file:
        sink = open_sink(options.form, file, report.columns, table=table)
        sink.write(report.rows)
        sink.close()
    if options.output:
        say(written(options.output, len(report.rows), options.form))
