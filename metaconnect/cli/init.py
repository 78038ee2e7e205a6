"""`metaconnect init`: the settings, and the tables that a project needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from .terminal import say

if TYPE_CHECKING:
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect init

metaconnect init --no-input --app-id 1234567890 --secrets-stdin < secret.txt

metaconnect init --print-sql > metaconnect.sql"""


def init(
    ctx: typer.Context,
    app_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The Meta app's id.")
    ] = None,
    supabase_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The Supabase project's URL.")
    ] = None,
    secrets_stdin: Annotated[
        bool,
        typer.Option(
            "--secrets-stdin",
            help="Read the app secret from stdin, and with the store supabase the "
            "publishable key from the next line.",
        ),
    ] = False,
    print_sql: Annotated[
        bool,
        typer.Option("--print-sql", help="Print the tables' SQL as one transaction."),
    ] = False,
    apply: Annotated[
        str | None,
        typer.Option(
            metavar="DSN",
            help="Run that SQL on this database; - reads the DSN from stdin, where no "
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
    Set metaconnect up: app, store and project, each tried before it is kept.

    Secrets go to the secret store and the rest to the config file. What the
    environment, .env.local or .env already has is taken from there.

    With --print-sql or --apply: create the tables of a Supabase project where
    they are missing. Nothing that exists is touched, so that it can be run on a
    dashboard's database, and twice.
    """
    given = {"meta_app_id": app_id, "supabase_url": supabase_url}
    answers = {setting: text for setting, text in given.items() if text}
    if bounce_page is not None:
        if print_sql or apply is not None or answers or secrets_stdin:
            raise UsageError("--bounce-page stands alone.")
        _write_bounce_page(bounce_page)
        return
    if not print_sql and apply is None:
        _set_up(ctx.obj, answers, secrets_on_stdin=secrets_stdin)
        return
    if (print_sql and apply is not None) or answers or secrets_stdin:
        raise UsageError("--print-sql and --apply stand alone: give one of them.")
    _create_tables(apply)


def _create_tables(dsn: str | None) -> None:
    """Print the SQL, or run it where *dsn* says."""
    from ..stores.supabase import schema

    if dsn is None:
        print(schema.script(), end="")  # noqa: T201
        return
    dsn = sys.stdin.readline().strip() if dsn == "-" else dsn
    for name in schema.apply(dsn, say):
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


def _set_up(
    context: CommandContext, given: dict[str, str], *, secrets_on_stdin: bool
) -> None:
    """Hold the conversation, and end with what `doctor` finds."""
    import asyncio

    from ..constants import Format
    from .context import CommandContext
    from .doctor import findings_of, print_findings
    from .set_up import SetUp, what_to_enter_at_meta

    conversation = SetUp(context, given, secrets_on_stdin=secrets_on_stdin)
    settings = asyncio.run(conversation.run())
    say(what_to_enter_at_meta(settings))
    fresh = CommandContext(context.options)
    print_findings(asyncio.run(findings_of(fresh)), Format.table)
    say("\nNext:  metaconnect connect")
