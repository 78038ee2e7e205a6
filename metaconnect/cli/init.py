"""`metaconnect init`: what has to be there before the first login."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError
from .terminal import say

EXAMPLES = "Example:  metaconnect init --print-sql > metaconnect.sql"


def init(
    print_sql: Annotated[
        bool,
        typer.Option("--print-sql", help="Print the SQL as one transaction."),
    ] = False,
    apply: Annotated[
        str | None,
        typer.Option(
            metavar="DSN",
            help="Run it on this database; - reads the DSN from stdin, where no "
            "other user of the machine sees the password.",
        ),
    ] = None,
    bounce_page: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write a static page there, to host as the redirect URI: it shows "
            "the address that connect --complete takes.",
        ),
    ] = None,
) -> None:
    """
    Create the tables of a Supabase project where they are missing.

    Nothing that exists is touched, so that it can be run on a dashboard's
    database, and twice.
    """
    from ..stores.supabase import schema

    if [print_sql, apply is not None, bounce_page is not None].count(True) != 1:
        raise UsageError(
            "Say one thing to do: --print-sql, --apply DSN or --bounce-page DIR."
        )
    if bounce_page is not None:
        _write_bounce_page(bounce_page)
        return
    if print_sql:
        print(schema.script(), end="")  # noqa: T201
        return
    dsn = sys.stdin.readline().strip() if apply == "-" else apply
    for name in schema.apply(dsn or "", say):
        say(f"Ran {name}")
    say("The tables are there. Next:  metaconnect login")


def _write_bounce_page(folder: Path) -> None:
    from ..oauth.bounce import write_bounce_page

    say(
        f"{write_bounce_page(folder)} is there. Host it under https, list its address "
        "under Valid OAuth\nRedirect URIs in the App Dashboard, and set "
        "META_REDIRECT_URI to that address.\n"
        "Next:  metaconnect connect --start"
    )
