"""`metaconnect init`: the settings, and the tables that a project needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from .terminal import keep_options, say

if TYPE_CHECKING:
    from .context import CommandContext
    from .env_target import EnvTarget

EXAMPLES = """\
Examples:

metaconnect init

metaconnect init --no-input --app-id 1234567890 --secrets-stdin < secret.txt

metaconnect init --write-env .env.local

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
    write_env: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the answers into this env file, secrets too, and leave what "
            "else it holds as it is.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace values of FILE without asking."),
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

    Secrets go to the secret store and the rest to the config file, or all of it
    into the file of --write-env. What the environment, .env.local or .env already
    has is taken from there.

    With --print-sql or --apply: create the tables of a Supabase project where
    they are missing. Nothing that exists is touched, so that it can be run on a
    dashboard's database, and twice.
    """
    given = {"meta_app_id": app_id, "supabase_url": supabase_url}
    answers = {setting: text for setting, text in given.items() if text}
    alone = [print_sql, apply is not None, bounce_page is not None]
    if sum(alone) > 1 or (any(alone) and (answers or secrets_stdin or write_env)):
        raise UsageError("--print-sql, --apply and --bounce-page stand alone.")
    if force and write_env is None:
        raise UsageError("--force is for --write-env.")
    if bounce_page is not None:
        _write_bounce_page(bounce_page)
    elif any(alone):
        _create_tables(apply)
    else:
        target = _target(ctx.obj, write_env, force=force)
        _set_up(ctx.obj, answers, secrets_on_stdin=secrets_stdin, target=target)


def _target(
    context: CommandContext, write_env: Path | None, *, force: bool
) -> EnvTarget | None:
    from .env_target import EnvTarget, offered

    return EnvTarget(write_env, force=force) if write_env else offered(context)


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
    context: CommandContext,
    given: dict[str, str],
    *,
    secrets_on_stdin: bool,
    target: EnvTarget | None,
) -> None:
    """Hold the conversation, and end with what `doctor` finds."""
    import asyncio

    from ..constants import Format
    from .context import CommandContext
    from .doctor import findings_of, print_findings
    from .set_up import SetUp, what_to_enter_at_meta

    conversation = SetUp(
        context, given, secrets_on_stdin=secrets_on_stdin, target=target
    )
    settings = asyncio.run(conversation.run())
    say(what_to_enter_at_meta(settings))
    options = target.options(context.options) if target else context.options
    fresh = CommandContext(options)
    if target:
        keep_options(options.for_next())
        target.allow_project(fresh.settings, conversation.answers)
    print_findings(asyncio.run(findings_of(fresh)), Format.table)
    first = "login" if settings.store_kind == "supabase" else "connect"
    say(f"\nNext:  metaconnect {first}")
