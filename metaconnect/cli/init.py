"""`metaconnect init`: the tables that a project needs."""

import sys
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
) -> None:
    """
    Create the tables of a Supabase project where they are missing.

    Nothing that exists is touched, so that it can be run on a dashboard's
    database, and twice.
    """
    from ..stores.supabase import schema

    if print_sql == (apply is not None):
        raise UsageError("Say what to do: --print-sql or --apply DSN.")
    if print_sql:
        print(schema.script(), end="")  # noqa: T201
        return
    dsn = sys.stdin.readline().strip() if apply == "-" else apply
    for name in schema.apply(dsn or "", say):
        say(f"Ran {name}")
    say("The tables are there. Next:  metaconnect login")
