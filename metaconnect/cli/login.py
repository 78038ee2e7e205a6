"""`metaconnect login`, `logout` and `whoami`: Supabase Auth."""

from __future__ import annotations

import sys
from enum import Enum, auto
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from .options import NoBrowserOption, TimeoutOption
from .report import report_as_json

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..stores.supabase.session import Session
    from .context import CommandContext

LOGIN_EXAMPLES = """\
Examples:

metaconnect login --email you@example.com

metaconnect login --email you@example.com --otp

metaconnect login --provider google"""
LOGOUT_EXAMPLES = "Example:  metaconnect logout --everywhere"
WHOAMI_EXAMPLES = "Example:  metaconnect whoami --json"

# https://supabase.com/docs/guides/auth/auth-email-passwordless
NO_CODE = (
    "If it holds a link instead, put {{ .Token }} into the Magic Link template "
    "(Authentication > Emails in the project's dashboard)."
)


class SignInMethod(Enum):
    """The ways to sign in."""

    PASSWORD = auto()
    PASSWORD_ON_STDIN = auto()
    CODE = auto()
    PROVIDER = auto()


class LoginOptions(NamedTuple):
    """The options of `metaconnect login`."""

    method: SignInMethod
    email: str | None
    provider: str | None
    browser: bool
    timeout: int


def login(
    ctx: typer.Context,
    email: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="With a password, which is asked for."),
    ] = None,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from stdin."),
    ] = False,
    otp: Annotated[
        bool,
        typer.Option("--otp", help="With a code that is e-mailed, not a password."),
    ] = False,
    provider: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="In the browser, with google, github or another."
        ),
    ] = None,
    no_browser: NoBrowserOption = False,
    timeout: TimeoutOption = 300,
    trust_project: Annotated[
        bool,
        typer.Option(
            "--trust-project",
            help="Allow the project that a file found in the working folder names.",
        ),
    ] = False,
) -> None:
    """
    Sign in to Supabase, so that connections can be saved there.

    The session is kept in the secret store and refreshed by itself.
    """
    import asyncio

    from ..settings import allow_project

    options = LoginOptions(
        method=_method(email, password_stdin, otp, provider),
        email=email,
        provider=provider,
        browser=not no_browser,
        timeout=timeout,
    )
    if trust_project:
        allow_project(ctx.obj.settings)
    asyncio.run(_sign_in(ctx.obj, options))


def logout(
    ctx: typer.Context,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="On every machine, not only this one.")
    ] = False,
) -> None:
    """Sign out of Supabase on this machine."""
    import asyncio

    asyncio.run(_sign_out(ctx.obj, everywhere=everywhere))


def whoami(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask Supabase who is signed in."""
    import asyncio

    if json:
        report_as_json()
    asyncio.run(_who_am_i(ctx.obj, as_json=json))


def _method(
    email: str | None, password_stdin: bool, otp: bool, provider: str | None
) -> SignInMethod:
    """Return the one way that the options mean. Raises UsageError."""
    from ..errors import UsageError

    if sum((password_stdin, otp, provider is not None)) > 1:
        raise UsageError("Give one of --password-stdin, --otp and --provider.")
    if provider:
        if email:
            raise UsageError("With --provider the browser knows the address.")
        return SignInMethod.PROVIDER
    if otp:
        return SignInMethod.CODE
    if password_stdin:
        return SignInMethod.PASSWORD_ON_STDIN
    return SignInMethod.PASSWORD


async def _sign_in(context: CommandContext, options: LoginOptions) -> None:
    """Sign in, keep the session, and say who it is."""
    from ..output.text import one_line
    from .terminal import say

    by_provider = options.method is SignInMethod.PROVIDER
    # Who cannot be asked is told so before anything is sent.
    email = "" if by_provider else _email(context, options.email)
    if options.method is SignInMethod.CODE and sys.stdin.isatty():
        context.require_interactive("the code on stdin")
    async with context.meta() as meta:
        context.choose_secret_backend(meta)
        if by_provider:
            await _sign_in_at_provider(context, meta, options)
        else:
            await _sign_in_with_secret(context, meta, options.method, email)
        session = meta.parts.sessions.current()
    say(f"Signed in as {one_line(session.email)}.")


async def _sign_in_with_secret(
    context: CommandContext, meta: AsyncMetaconnect, method: SignInMethod, email: str
) -> None:
    from ..flows.threads import in_thread
    from .prompts import ask_unseen
    from .terminal import say

    sessions = meta.parts.sessions
    match method:
        case SignInMethod.CODE:
            await in_thread(sessions.send_code, email)
            say(f"A code was e-mailed to {email}. {NO_CODE}")
            code = _required(_code(), "code")
            await in_thread(sessions.verify_code, email, code)
            return
        case SignInMethod.PASSWORD_ON_STDIN:
            password = sys.stdin.readline().rstrip("\r\n")
        case _:
            context.require_interactive("--password-stdin")
            password = ask_unseen(f"Password of {email}:", option="--password-stdin")
    password = _required(password, "password")
    await in_thread(sessions.sign_in_with_password, email, password)


async def _sign_in_at_provider(
    context: CommandContext, meta: AsyncMetaconnect, options: LoginOptions
) -> None:
    from ..flows.sign_in import sign_in_with_provider
    from ..oauth.browser import open_browser
    from .prompts import confirm
    from .terminal import say

    async def show(url: str) -> None:
        say(f"Sign in in the browser:  {url}")
        if options.browser and not await open_browser(url):
            say("No browser could be opened: open the address yourself.")

    def accept(session: Session) -> bool:
        if not context.interactive:
            return True
        return confirm(f"The browser signed in as {session.email}. Is that you?")

    await sign_in_with_provider(
        options.provider or "",
        sessions=meta.parts.sessions,
        show=show,
        accept=accept,
        timeout=options.timeout,
    )


async def _sign_out(context: CommandContext, *, everywhere: bool) -> None:
    """End the session, here or everywhere."""
    from ..flows.threads import in_thread
    from .terminal import say

    async with context.meta() as meta:
        await in_thread(meta.parts.sessions.sign_out, everywhere=everywhere)
    where = "everywhere" if everywhere else "on this machine"
    say(f"Signed out {where}. Connections and their tokens stay as they are.")


async def _who_am_i(context: CommandContext, *, as_json: bool) -> None:
    """Print whom Supabase takes us for."""
    import json

    from ..flows.threads import in_thread

    url, _ = context.settings.supabase
    if context.settings.uses_service_role:
        facts = {"url": url, "role": "service_role"}
        line = f"The service role of {url}: Row-Level Security does not apply."
    else:
        async with context.meta() as meta:
            user = await in_thread(meta.parts.sessions.user)
        facts = {
            "url": url,
            "role": "authenticated",
            "id": user.id,
            "email": user.email,
        }
        line = f"{user.email} ({user.id}) at {url}"
    print(json.dumps(facts) if as_json else _shown(line))  # noqa: T201


def _email(context: CommandContext, email: str | None) -> str:
    from .prompts import ask

    if email:
        return email
    context.require_interactive("--email")
    return ask("E-mail address:", option="--email")


def _shown(line: str) -> str:
    """Return what others wrote as a line that stdout can take."""
    from ..output.text import one_line
    from .terminal import encodable

    return encodable(one_line(line), sys.stdout.encoding)


def _required(text: str, what: str) -> str:
    from ..errors import UsageError

    if text:
        return text
    raise UsageError(f"No {what} was given.")


def _code() -> str:
    """Return the e-mailed code: asked for, or a line of a stdin that is no terminal."""
    from .prompts import ask

    if sys.stdin.isatty():
        return ask("The code:", option="--otp")
    return sys.stdin.readline().strip()
