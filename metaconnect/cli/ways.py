"""The ways to connect besides the browser on this machine: two steps, and a token."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..oauth.stdin import read_line
from ..redact import command
from ..settings.names import DEFAULT_HTTPS_REDIRECT_URI
from .terminal import say

if TYPE_CHECKING:
    from ssl import SSLContext

    from ..api import AsyncMetaconnect
    from ..flows.two_steps import StartedLogin
    from ..settings import Settings
    from .connect_options import ConnectOptions
    from .context import CommandContext
    from .options import GlobalOptions

STDIN = "-"
UNKNOWN_CERTIFICATE = """\
The browser will warn that it does not know the certificate of https://localhost:
it was made just now, for this login. Go on to localhost there; or have mkcert make
one that this machine's browsers know, and give it with --cert and --key:
  mkcert -install && mkcert localhost
  metaconnect connect --https --cert localhost.pem --key localhost-key.pem"""
START_TIMEOUT = 3600  # seconds


def refuse_mixed(options: ConnectOptions, clients: Sequence[str]) -> None:
    """Raise UsageError for options of which one leaves the other no meaning."""
    ways = {
        "--resume": options.resume,
        "--paste": options.paste,
        "--https": options.https,
        "--start": options.start,
        "--complete": options.complete is not None,
        "--token-stdin": options.token_stdin,
    }
    given = [name for name, is_given in ways.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"Give one of {' and '.join(given)}.")
    if options.resume and (options.force or options.rerequest):
        raise UsageError("--resume finishes a login; --force starts another.")
    of_browser = "--rerequest" if options.rerequest else "--config-id"
    if (options.rerequest or options.config_id) and (
        options.resume or options.token_stdin or options.complete is not None
    ):
        raise UsageError(f"{of_browser} is for a login in the browser, not {given[0]}.")
    if options.qr and not (options.paste or options.start):
        raise UsageError("--qr shows the address of --paste or --start: give one.")
    if (options.cert is None) != (options.key is None):
        raise UsageError("--cert and --key belong together: give both, or neither.")
    if options.cert and not options.https:
        raise UsageError("--cert and --key are for --https.")
    if options.account and options.start:
        raise UsageError("After --start comes --complete: give --account to that.")
    if len(clients) > 1:
        _refuse_several(clients, options)


def _refuse_several(clients: Sequence[str], options: ConnectOptions) -> None:
    if len(set(clients)) < len(clients):
        raise UsageError("--client names a client twice.")
    if options.start or options.complete is not None:
        way = "--start" if options.start else "--complete"
        raise UsageError(f"{way} is for one --client at a time.")


def tls(options: ConnectOptions, settings: Settings) -> SSLContext | None:
    """
    Return TLS for the listener, None without --https.

    Raises ConfigError where the files of --cert and --key cannot be used.
    """
    if not options.https:
        return None
    from ..oauth.tls import tls_for_today, tls_from_files

    uri = settings.redirect_uri_for(paste=False, https=True)
    if uri.startswith("http:"):
        name = settings.name_of("redirect_uri")
        raise UsageError(
            f"--https needs an https address, and {name} is an http one.",
            hint=f"Leave out --https, or set {name}={DEFAULT_HTTPS_REDIRECT_URI}.",
        )
    if options.cert and options.key:
        return tls_from_files(options.cert, options.key)
    return tls_for_today()


def note_on_certificate(options: ConnectOptions) -> str:
    """Return what a person should know before the browser opens, "" for nothing."""
    return UNKNOWN_CERTIFICATE if options.https and not options.cert else ""


async def start(
    client_id: str,
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> None:
    """Print where somebody logs in, until when, and what to do with the answer."""
    login = await meta.start_connect(
        client_id,
        rerequest=options.rerequest,
        timeout=START_TIMEOUT if options.timeout is None else options.timeout,
    )
    if options.qr:
        from .qr import show_qr

        show_qr(login.url)
    _print(login, next_command(client_id, context.options))


def next_command(client_id: str, given: GlobalOptions) -> str:
    """
    Return the command that takes the answer, from any folder.

    The answer goes in on stdin: it holds a code, and every user of the machine can
    read the arguments of a command.
    """
    words = "connect --complete -"
    if given.service_role:
        words = f"--service-role {words}"
    if given.store:
        words = f"--store {quote(given.store)} {words}"
    if given.env_file:
        words = f"--env-file {quote(str(given.env_file.absolute()))} {words}"
    return command(words, client_id)


async def answer_given(address: str) -> str:
    """Return the address on which the browser ended; "-" means a line of stdin."""
    if address != STDIN:
        say(
            "Other users of this machine can read an address among the arguments: "
            "--complete - reads it from stdin."
        )
        return address
    if sys.stdin.isatty():
        say("Paste the address that the browser ended on, and press Enter:")
    return await read_line(sys.stdin.fileno()) or ""


async def token_given(context: CommandContext) -> str:
    """Return the token: a line of stdin, at a terminal typed unseen."""
    if not sys.stdin.isatty():
        return await read_line(sys.stdin.fileno()) or ""
    from .prompts import ask_unseen

    context.require_interactive("the token on a pipe")
    return ask_unseen("Access token:", option="--token-stdin")


def _print(login: StartedLogin, next_step: str) -> None:
    import json

    facts = {
        "url": login.url,
        "expires_at": login.expires_at.isoformat(timespec="seconds"),
        "next": next_step,
    }
    print(json.dumps(facts))  # noqa: T201
