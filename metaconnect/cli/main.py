"""The way in and the way out: arguments to a command, an error to an exit code."""

import errno
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from .._version import __version__
from ..errors import MetaconnectError, UsageError
from .context import CommandContext
from .lazy import LazyGroup
from .options import STORES, GlobalOptions, asks_for_json, globals_first, own
from .report import report, report_as_json, report_as_text
from .terminal import keep_options

# No room for what is printed: a full disk, a quota, a limit, /dev/full.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

app = typer.Typer(
    name="metaconnect",
    cls=LazyGroup,
    help="Connect Meta ad accounts and read their Insights from a terminal.",
    epilog="Try it without a Meta app:  metaconnect demo\n\n"
    "With your own:  metaconnect init, and then:  metaconnect connect",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
        str | None,
        typer.Option(
            metavar="STORE",
            help="Where connections are: local or supabase.",
            autocompletion=lambda: list(STORES),
        ),
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
    del version  # handled by its callback
    options = GlobalOptions(
        env_file=env_file,
        store=store,
        service_role=service_role,
        no_input=no_input,
        debug=debug,
    )
    ctx.obj = CommandContext(options)
    keep_options(options.for_next())
    if debug:
        from .debug import start_debugging

        start_debugging()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    terminated: list[int] = []
    former = signal.signal(signal.SIGTERM, partial(_interrupt, terminated))
    try:
        code = _run(arguments)
    finally:
        signal.signal(signal.SIGTERM, former)
    return 128 + terminated[0] if terminated else code


def _interrupt(terminated: list[int], number: int, frame: FrameType | None) -> None:
    """
    End like Ctrl-C, so that what was begun is cleaned away, half files among it.

    Inside an event loop that cancels the main task; an exception raised in the midst
    of any other task would be reported as unhandled.
    """
    terminated.append(number)
    interrupt = signal.getsignal(signal.SIGINT)
    if not callable(interrupt):  # Ctrl-C is ignored here
        sys.exit(128 + number)
    interrupt(signal.SIGINT, frame)


def _run(arguments: Sequence[str]) -> int:
    arguments = globals_first(arguments)
    report_as_text()
    keep_options("")
    if asks_for_json(arguments):
        report_as_json()
    try:
        code = app(args=arguments, prog_name="metaconnect", standalone_mode=False)
    except SystemExit as done:
        # Typer makes a failure of a reader that left early (`| head`).
        left = isinstance(done.__context__, BrokenPipeError)
        return _flushed(0 if left else done.code)
    except BrokenPipeError:  # the reader left early (`| head`)
        return _flushed(0)
    except Exception as error:  # noqa: BLE001  no traceback without --debug
        return _failed(error, debug="--debug" in own(arguments))
    return _flushed(code)


def _failed(error: Exception, *, debug: bool) -> int:
    if debug:
        from .debug import print_traceback

        print_traceback(error)
    if isinstance(error, MetaconnectError):
        report(error)
        return _flushed(error.exit_code)
    if hasattr(error, "format_message"):  # Typer's own
        return _flushed(_usage_error(error))
    if isinstance(error, typer.Abort):
        return _flushed(130)
    if isinstance(error, OSError) and error.errno in FULL:
        return _flushed(_full(error))
    report(error)
    return _flushed(1)


def _usage_error(error: Exception) -> int:
    """Report an error that Typer found in the command line, as one of ours."""
    context = getattr(error, "ctx", None)
    message = error.format_message()  # type: ignore[attr-defined]
    if type(error).__name__ == "NoArgsIsHelpError":
        # The help is the message.
        error.show()  # type: ignore[attr-defined]
        return UsageError.exit_code
    path = context.command_path if context else "metaconnect"
    report(UsageError(message, hint=f"See:  {path} --help"))
    return UsageError.exit_code


def _full(error: OSError) -> int:
    report(UsageError(f"The output cannot be written: {error.strerror}.", hint=""))
    return UsageError.exit_code


def _flushed(code: object) -> int:
    """Flush what was printed, whether or not it can be; return an exit code."""
    code = code if isinstance(code, int) else int(code is not None)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as exc:
            # Python would flush again at exit, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if not code and not isinstance(exc, BrokenPipeError):
                code = _full(exc)
    return code
