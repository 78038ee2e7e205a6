"""The way in and the way out: arguments to a flow, an error to an exit code."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from .._version import __version__
from ..errors import MetaconnectError
from . import accounts, clients, connect, demo, init, insights, login, sandbox
from .options import GlobalOptions, globals_first
from .report import report, report_as_text

app = typer.Typer(
    name="metaconnect",
    help="Connect Meta ad accounts and read their Insights from a terminal.",
    epilog="Try it without a Meta app:  metaconnect demo\n\n"
    "With your own: set META_APP_ID and META_APP_SECRET, in the environment or in "
    ".env.local, then:  metaconnect connect --client NAME",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(connect.connect)
app.command()(insights.insights)
app.add_typer(accounts.app)
app.add_typer(clients.app)
app.command()(login.login)
app.command()(login.logout)
app.command()(login.whoami)
app.command()(init.init)
app.command()(demo.demo)
app.command()(sandbox.sandbox)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"metaconnect {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def global_options(
    ctx: typer.Context,
    env_file: Annotated[
        Path | None,
        typer.Option(help="Read this file in the place of .env.local and .env."),
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="Where connections are: local or supabase.")
    ] = None,
    service_role: Annotated[
        bool,
        typer.Option(
            "--service-role",
            help="Use the service key in the place of a signed-in user: "
            "it bypasses Row-Level Security.",
        ),
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Never ask; fail and name the option.")
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Tell every step on stderr; secrets are masked."),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    del version  # its callback has spoken
    ctx.obj = GlobalOptions(
        env_file=env_file,
        store=store,
        service_role=service_role,
        no_input=no_input,
        debug=debug,
    )
    if debug:
        from .debug import start_debugging

        start_debugging()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    arguments = globals_first(arguments)
    report_as_text()
    # Like Ctrl-C: what was begun is cleaned away, half files among it.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        app(args=arguments, prog_name="metaconnect")
    except SystemExit as done:  # Typer's own: usage errors (2), Ctrl-C (130)
        # Typer and Rich make a failure of a reader that left early (`| head`).
        left = isinstance(done.__context__, BrokenPipeError)
        return _closed_quietly(0 if left else done.code)
    except MetaconnectError as error:
        return _failed(error, error.exit_code, debug="--debug" in arguments)
    except Exception as error:  # noqa: BLE001  no traceback without --debug
        return _failed(error, 1, debug="--debug" in arguments)
    return _closed_quietly(0)


def _failed(error: Exception, exit_code: int, *, debug: bool) -> int:
    if debug:
        from .debug import print_traceback

        print_traceback(error)
    report(error)
    return exit_code


def _closed_quietly(code: object) -> int:
    """Flush stdout, whether or not anybody reads it still."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would flush again at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code if isinstance(code, int) else int(code is not None)
