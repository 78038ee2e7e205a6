"""`metaconnect exec`: run another program with a client's token."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from .options import ClientOption, NoRefreshOption

if TYPE_CHECKING:
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect exec --client acme -- meta ads campaign list

metaconnect exec --client acme --as singer -- meltano run tap-facebook target-jsonl

metaconnect exec --client acme --env FB_TOKEN=token -- python report.py"""
NOT_FOUND, NOT_EXECUTABLE = 127, 126  # as a shell has it


class Reader(StrEnum):
    """Whose names the variables have: the keys of `flows.handover.SETS`."""

    meta_ads = "meta-ads"
    facebook_business = "facebook-business"
    singer = "singer"
    dlt = "dlt"


def exec_program(
    ctx: typer.Context,
    program: Annotated[
        list[str],
        typer.Argument(metavar="-- PROGRAM [ARGS]...", help="What to run."),
    ],
    client: ClientOption = None,
    reader: Annotated[
        Reader | None,
        typer.Option("--as", help="Only the names that it reads. Default: all."),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=KIND",
            help="One more name; KIND is token, account, account_number, app_id, "
            "app_secret, version or client. A NAME alone keeps what it holds.",
        ),
    ] = None,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Run a program with the client's token in its environment.

    The token is no argument of a process, and in no file; one with less than
    seven days left is extended first. META_APP_SECRET and
    the keys of Supabase are taken out of the environment. Exit code, stdin and
    signals are the program's.
    """
    import asyncio

    environ = asyncio.run(
        _environment(ctx.obj, client, reader, env or (), refresh=not no_refresh)
    )
    _become(program, environ)


async def _environment(
    context: CommandContext,
    client: str | None,
    reader: Reader | None,
    more: Sequence[str],
    *,
    refresh: bool,
) -> dict[str, str]:
    from ..flows.handover import (
        environment,
        require_unexpired,
        variables,
        without_account,
    )
    from ..redact import command
    from .terminal import say

    wanted = variables(reader, more)
    async with context.meta() as meta:
        connection = await meta.connection_to_read(
            client, pick=context.pick_client, refresh=refresh
        )
        require_unexpired(connection, meta.parts.now())
    if missing := without_account(connection, wanted):
        client_id = connection.client_id
        say(
            f"Client {client_id!r} has no ad account chosen yet, so that these are "
            f"not set: {', '.join(missing)}. Choose one:  "
            + command("accounts use", client_id)
        )
    return environment(connection, wanted, context.settings, os.environ)


def _become(program: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Run *program* in the place of this process, or end as a shell would."""
    from .terminal import say

    try:
        if os.name == "posix":
            _restore_signals()
            os.execvpe(program[0], [*program], environ)  # noqa: S606  our purpose
        raise typer.Exit(_run(program, environ))
    except (FileNotFoundError, NotADirectoryError):
        say(f"error: {program[0]}: there is no such program.")
        raise typer.Exit(NOT_FOUND) from None
    except OSError as error:
        say(f"error: {program[0]} cannot be run: {error.strerror}.")
        raise typer.Exit(NOT_EXECUTABLE) from None


def _restore_signals() -> None:
    """Let the signals that Python ignores act on the program as they usually do."""
    import signal

    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _run(program: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run *program* and return its exit code: Windows cannot replace a process."""
    import shutil
    import subprocess

    found = shutil.which(program[0], path=environ.get("PATH"))
    if found is None:
        raise FileNotFoundError
    process = subprocess.Popen([found, *program[1:]], env=environ)  # noqa: S603
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C is the program's too
            continue
