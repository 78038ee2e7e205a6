"""The options of `metaconnect sync` that no other command has."""

from typing import Annotated

import typer

ToOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="PLACE",
        help="A DuckDB file, postgresql://…, or supabase; - reads it from stdin. "
        "Default: METACONNECT_SYNC_TO, which other users of the machine do not see: "
        "the place for a password.",
    ),
]
ReportsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="NAME",
        help="A report of metaconnect.toml; may be given several times. Default: all "
        "of them. With options of the question: the name of that report.",
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="First day to keep, as 2026-01-01. Default: what is kept already, and the "
        "first time the last 28 days.",
    ),
]
DaysOption = Annotated[
    int | None,
    typer.Option(
        metavar="DAYS",
        help="How many of the last days are read again: Meta still attributes results "
        "to them. Default: 28.",
    ),
]
ShowOption = Annotated[
    bool,
    typer.Option("--show-changes", help="Print what Meta restated since the last run."),
]
