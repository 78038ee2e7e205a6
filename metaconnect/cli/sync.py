"""`metaconnect sync`: Insights are kept in a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from ..constants import Level
from .insights_options import (
    AllOption,
    BreakdownOption,
    ClientsOption,
    FieldsOption,
    IncrementOption,
    LevelOption,
)
from .options import FormatOption, JsonOption, NoRefreshOption
from .sync_options import DaysOption, ReportsOption, ShowOption, SinceOption, ToOption

if TYPE_CHECKING:
    from ..flows.sync import Synced
    from ..insights.reports import Report
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect sync --to insights.duckdb

metaconnect sync --to supabase --all --level ad --since 2026-01-01

METACONNECT_SYNC_TO=postgresql://… metaconnect sync --all --json

metaconnect sync --to insights.duckdb --show-changes"""
# The options of the question: their names in a query.
_QUESTION = {
    "level": "level",
    "breakdown": "breakdowns",
    "fields": "fields",
    "increment": "time_increment",
}


def sync(
    ctx: typer.Context,
    to: ToOption = None,
    client: ClientsOption = None,
    every: AllOption = False,
    report: ReportsOption = None,
    level: LevelOption = Level.account,
    breakdown: BreakdownOption = None,
    fields: FieldsOption = None,
    increment: IncrementOption = "1",
    since: SinceOption = None,
    days: DaysOption = None,
    show_changes: ShowOption = False,
    form: FormatOption = None,
    json: JsonOption = False,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Keep Insights in a table: DuckDB, PostgreSQL or the Supabase project.

    Whole days up to yesterday, each replaced when it is read again. What came of each
    client is said on stderr; --json and --format print it too.
    """
    import asyncio

    from ..errors import UsageError
    from .output import chosen_format
    from .sync_reports import Asked, wanted_reports
    from .sync_told import print_changes, print_synced, raise_failure

    del level, breakdown, fields, increment  # read where it is known who said them
    if every and client:
        raise UsageError("--all and --client exclude each other.")
    wants_data = form or json or show_changes
    chosen = chosen_format(form, json=json) if wants_data else None
    asked = Asked(
        names=tuple(report or ()), since=since, days=days, question=_question(ctx)
    )
    done = asyncio.run(
        _synced(
            ctx.obj,
            _place(to, ctx.obj),
            None if every else tuple(client or ()),
            wanted_reports(asked),
            refresh=not no_refresh,
        )
    )
    if chosen:
        (print_changes if show_changes else print_synced)(done, chosen)
    raise_failure(done)


def _question(ctx: typer.Context) -> dict[str, object]:
    """Return what was asked in so many words; without that a file counts."""
    given = {}
    for name, in_query in _QUESTION.items():
        source = ctx.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            given[in_query] = ctx.params[name]
    return given


def _place(to: str | None, context: CommandContext) -> str:
    from ..errors import UsageError

    place = sys.stdin.readline() if to == "-" else to
    place = context.settings.sync_to if place is None else place
    if not place or not place.strip():
        raise UsageError(
            "Where to?",
            hint="Name a place:  metaconnect sync --to insights.duckdb\n"
            "Or set METACONNECT_SYNC_TO.",
        )
    return place.strip()


async def _synced(
    context: CommandContext,
    place: str,
    clients: Sequence[str] | None,
    reports: Sequence[Report],
    *,
    refresh: bool,
) -> list[Synced]:
    from ..flows.clients import connection_to_use
    from .progress import Progress
    from .sync_told import tell

    async with context.meta() as meta:
        if clients is not None and not clients:
            default = context.settings.client
            store = meta.parts.store
            found = await connection_to_use(default, store, context.pick_client)
            clients = [found.client_id]
        async with Progress(shown=True) as progress:
            done = await meta.sync(
                place,
                clients,
                reports=reports,
                refresh=refresh,
                progress=progress.read,
            )
    tell(done)
    return done
