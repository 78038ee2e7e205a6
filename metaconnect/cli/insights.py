"""`metaconnect insights`: options in, rows out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Level
from .options import ClientOption
from .report import report_as_json


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


def insights(
    ctx: typer.Context,
    client: ClientOption = None,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="ACCOUNT",
            help="Any ad account that the client's token reaches. "
            "Default: the one chosen when connecting.",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="PRESET",
            help="Meta's date preset.  [default: last_7d]",
            autocompletion=lambda: list(DATE_PRESETS),
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, as 2026-11-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day, itself included.")
    ] = None,
    level: Annotated[Level, typer.Option(help="How fine the rows are.")] = (
        Level.account
    ),
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
            help=f"Meta's field names, with commas.  [default: "
            f"{','.join(DEFAULT_FIELDS)}]",
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="Default: a table on a terminal, JSON on a pipe, "
            "and what the name of --output says.",
        ),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Meta's rows as they came, as JSON.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write FILE, whole or not at all."),
    ] = None,
) -> None:
    """
    Read Insights and print a table, JSON, NDJSON or CSV.

    On a pipe it is JSON:  metaconnect insights --preset last_7d | jq '.[].spend'
    """
    import asyncio

    from .reading import Reading, read
    from .wiring import Wiring

    chosen = form or _fitting(output, raw=raw)
    if chosen in (Format.json, Format.ndjson):
        report_as_json(explicit=form is not None)
    reading = Reading(
        client=client,
        account=account,
        preset=preset,
        since=since,
        until=until,
        level=level,
        increment=increment,
        fields=fields,
        form=chosen,
        raw=raw,
        output=output,
    )
    asyncio.run(read(Wiring(ctx.obj), reading))


def _fitting(output: Path | None, *, raw: bool) -> Format:
    """Return the format where none was said."""
    import sys

    if output:
        suffix = output.suffix.removeprefix(".").lower()
        suffix = "ndjson" if suffix == "jsonl" else suffix
        return Format(suffix) if suffix in set(Format) - {"table"} else Format.json
    return Format.table if sys.stdout.isatty() and not raw else Format.json
