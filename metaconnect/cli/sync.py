"""`metaconnect sync`: Insights are kept in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..constants import Format, Level
from .insights_options import (
    AllOption,
    BreakdownOption,
    ClientsOption,
    FieldsOption,
    IncrementOption,
    LevelOption,
)
from .options import FormatOption, JsonOption, NoRefreshOption

if TYPE_CHECKING:
    from ..flows.sync import Synced
    from ..insights.reports import Report
    from ..models import Row
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect sync --to insights.duckdb

metaconnect sync --to supabase --all --level ad --since 2026-01-01

METACONNECT_SYNC_TO=postgresql://… metaconnect sync --all --json

metaconnect sync --to insights.duckdb --show-changes"""
NAMES = (
    "client_id",
    "ad_account_id",
    "report",
    "since",
    "until",
    "rows",
    "changes",
    "reason",
)
CHANGE_NAMES = (
    "client_id",
    "report",
    "date_start",
    "date_stop",
    "entity_id",
    "breakdown_key",
    "metric",
    "old_value",
    "new_value",
    "changed_at",
)


def sync(
    ctx: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="PLACE",
            help="A DuckDB file, postgresql://…, or supabase; - reads it from stdin. "
            "Default: METACONNECT_SYNC_TO, which other users of the machine do not "
            "see: the place for a password.",
        ),
    ] = None,
    client: ClientsOption = None,
    every: AllOption = False,
    report: Annotated[
        list[str] | None,
        typer.Option(
            "--report",
            metavar="NAME",
            help="A report of metaconnect.toml; may be given several times. Default: "
            "all of them. With options of the question: the name of that report.",
        ),
    ] = None,
    level: LevelOption = Level.account,
    breakdown: BreakdownOption = None,
    fields: FieldsOption = None,
    increment: IncrementOption = "1",
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="First day to keep, as 2026-01-01. Default: what is kept already, and "
            "the first time the last 28 days.",
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            help="How many of the last days are read again: Meta still attributes "
            "results to them. Default: 28.",
        ),
    ] = None,
    show_changes: Annotated[
        bool,
        typer.Option(
            "--show-changes", help="Print what Meta restated since the last run."
        ),
    ] = False,
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

    if every and client:
        raise UsageError("--all and --client exclude each other.")
    wants_data = form or json or show_changes
    chosen = chosen_format(form, json=json) if wants_data else None
    given = {
        name: value
        for name, value in (
            ("level", level),
            ("breakdowns", breakdown),
            ("fields", fields),
            ("time_increment", increment),
        )
        if _is_given(ctx, name)
    }
    asked = Asked(names=tuple(report or ()), since=since, days=days, question=given)
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
        _print(done, chosen, changes=show_changes)
    _raise_failure(done)


# The options of the question, by their names as a query has them.
_PARAMETERS = {"breakdowns": "breakdown", "time_increment": "increment"}


def _is_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(_PARAMETERS.get(name, name))
    return source is not None and source.name == "COMMANDLINE"


def _place(to: str | None, context: CommandContext) -> str:
    import sys

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
    by_client: dict[str, list[Synced]] = {}
    for synced in done:
        by_client.setdefault(synced.client_id, []).append(synced)
    for client_id, all_of_it in by_client.items():
        _tell(client_id, all_of_it, alone=len(by_client) == 1)
    return done


def _tell(client_id: str, done: Sequence[Synced], *, alone: bool) -> None:
    """Say what came of one client, in one line."""
    from .report import notice_on

    problems = [synced.problem for synced in done if synced.problem]
    if problems and not alone:  # else the error says it
        hint = " ".join(problems[0].hint.splitlines())
        notice_on(client_id, f"{problems[0]} {hint}".strip())
    elif not problems:
        notice_on(client_id, _said(done))


def _said(done: Sequence[Synced]) -> str:
    firsts = [synced.since for synced in done if synced.since]
    lasts = [synced.until for synced in done if synced.until]
    if not firsts or not lasts:
        return "everything is there already."
    rows = sum(synced.rows for synced in done)
    restated = sum(len(synced.changes) for synced in done)
    parts = [f"{rows:,} row{'s' * (rows != 1)} of {min(firsts)} to {max(lasts)}"]
    if len(done) > 1:
        parts.append(f"{len(done)} reports")
    if restated:
        parts.append(f"{restated:,} number{'s' * (restated != 1)} restated")
    return ", ".join(parts) + "."


def _print(done: Sequence[Synced], form: Format, *, changes: bool) -> None:
    from .output import print_list

    if changes:
        rows = [_change_row(s, c) for s in done for c in s.changes]
        print_list(rows, CHANGE_NAMES, form, empty="Nothing was restated.")
        return
    print_list([_row(s) for s in done], NAMES, form, empty="No connections.")


def _row(synced: Synced) -> Row:
    return {
        "client_id": synced.client_id,
        "ad_account_id": synced.ad_account_id,
        "report": synced.report,
        "since": synced.since and synced.since.isoformat(),
        "until": synced.until and synced.until.isoformat(),
        "rows": synced.rows,
        "changes": len(synced.changes),
        "reason": str(synced.problem) if synced.problem else None,
    }


def _change_row(synced: Synced, change: object) -> Row:
    from .dates import iso

    named = {name: getattr(change, name, None) for name in CHANGE_NAMES}
    return {
        **named,
        "report": synced.report,
        "date_start": named["date_start"].isoformat(),  # type: ignore[union-attr]
        "date_stop": named["date_stop"].isoformat(),  # type: ignore[union-attr]
        "changed_at": iso(named["changed_at"]),
    }


def _raise_failure(done: Sequence[Synced]) -> None:
    """Raise where any client failed: its first problem, or that some did."""
    from ..flows.many import failure_of

    first: dict[str, Synced] = {}
    for synced in done:
        if synced.client_id not in first or synced.problem:
            first[synced.client_id] = synced
    problems = [synced.problem for synced in first.values() if synced.problem]
    if failure := failure_of(problems, total=len(first)):
        raise failure
