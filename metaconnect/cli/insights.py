"""`metaconnect insights`: options in, rows out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Format, Level
from .options import ClientOption, FormatOption, JsonOption, NoRefreshOption, only_one

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..flows.insights import InsightsRequest
    from ..insights.query import InsightsQuery
    from .context import CommandContext
    from .progress import Progress

EXAMPLES = """\
Examples:

metaconnect insights --preset last_30d --level campaign

metaconnect insights --since 2026-11-01 --until 2026-11-07 --increment 7

metaconnect insights --fields spend,purchases,roas --output week.csv

metaconnect insights | jq '.[].spend'"""


class ReadOptions(NamedTuple):
    """The options of `metaconnect insights` that are not of the query."""

    client: str | None = None
    account: str | None = None
    form: Format = Format.table
    raw: bool = False
    output: Path | None = None
    check: bool = False
    refresh: bool = True


def _fields(incomplete: str) -> list[str]:
    from .completion import fields

    return fields(incomplete)


def insights(
    ctx: typer.Context,
    client: ClientOption = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACCOUNT",
            help="Any ad account that the client's token reaches, by id or name. "
            "Default: the one chosen when connecting.",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="PRESET",
            help=f"Meta's date preset: {', '.join(DATE_PRESETS)}. Default: last_7d.",
            autocompletion=lambda: list(DATE_PRESETS),
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, as 2026-11-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day, itself included.")
    ] = None,
    level: Annotated[
        Level,
        typer.Option(
            metavar="LEVEL", help=f"How fine the rows are: {', '.join(Level)}."
        ),
    ] = Level.account,
    increment: Annotated[
        str,
        typer.Option(
            metavar="DAYS", help="Days a row: 1 to 90, 'monthly' or 'all_days'."
        ),
    ] = "1",
    fields: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Meta's field names, with commas; or purchases, roas, leads and the "
            "like, counted once; or actions:TYPE for one action type. "
            f"Default: {', '.join(DEFAULT_FIELDS)}.",
            autocompletion=_fields,
        ),
    ] = None,
    form: FormatOption = None,
    json: JsonOption = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Meta's rows as they came, as JSON.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write FILE, whole or not at all; .json, .ndjson, .jsonl and .csv "
            "say the format.",
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Say what deleted objects spent, which have no rows below the "
            "account level. A table does so anyway.",
        ),
    ] = False,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Read Insights and print a table, JSON, NDJSON or CSV.

    On a terminal it is a table, on a pipe JSON.
    """
    import asyncio

    from ..errors import UsageError
    from ..insights.query import insights_query

    options = ReadOptions(
        client=client,
        account=only_one(account, "--account"),
        form=_format(form, json=json, raw=raw, output=output),
        raw=raw,
        output=output,
        check=check,
        refresh=not no_refresh,
    )
    query = insights_query(
        preset,
        since=since,
        until=until,
        level=level,
        time_increment=increment,
        fields=fields,
    )
    if check and (raw or "spend" not in query.fields):
        raise UsageError("--check compares spend: ask for that field, without --raw.")
    asyncio.run(run(ctx.obj, query, options))


async def run(
    context: CommandContext, query: InsightsQuery, options: ReadOptions
) -> None:
    """Print the rows that answer *query*."""
    from .progress import Progress

    async with context.meta() as meta:
        request = await meta.insights_request(
            query,
            options.client,
            options.account,
            pick=context.pick_client,
            refresh=options.refresh,
        )
        to_stdout = options.output is None and sys.stdout.isatty()
        table = options.form is Format.table
        async with Progress(shown=table or not to_stdout) as progress:
            print_ = _print_table if table else _print_data
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


def _format(
    form: Format | None, *, json: bool, raw: bool, output: Path | None
) -> Format:
    """Return the format that was asked for, in words or by the name of a file."""
    from .output import chosen_format, require_place_for

    if output:
        require_place_for(output)
    if form or json:
        return chosen_format(form, json=json)
    if output:
        return _format_of(output)
    return chosen_format(Format.json if raw else None)


def _format_of(output: Path) -> Format:
    """Return the format that the ending of a file's name says."""
    from ..errors import UsageError

    ending = output.suffix.removeprefix(".").lower()
    endings = {str(f): f for f in Format if f is not Format.table}
    endings["jsonl"] = Format.ndjson
    if output.exists() and not output.is_file():  # /dev/stdout, a named pipe
        return endings.get(ending, Format.json)
    if ending not in endings:
        raise UsageError(
            f"The ending of {output} does not say a format.",
            hint=f"Known endings: {', '.join(f'.{e}' for e in sorted(endings))}. "
            "Or name one with --format.",
        )
    return endings[ending]
