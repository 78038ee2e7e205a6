"""`metaconnect login`, `logout` and `whoami`: Supabase Auth."""

from typing import Annotated

import typer

from .report import report_as_json


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
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address; open nothing.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds to wait for the browser.")
    ] = 300,
) -> None:
    """
    Sign in to Supabase, so that connections can be saved there.

    The session is kept in the secret store and refreshed by itself.
    """
    import asyncio

    from . import signing
    from .wiring import Wiring

    how = signing.how_to_sign_in(email, password_stdin, otp, provider)
    options = signing.LoginOptions(
        how=how,
        email=email,
        provider=provider,
        browser=not no_browser,
        timeout=timeout,
    )
    asyncio.run(signing.sign_in(Wiring(ctx.obj), options))


def logout(
    ctx: typer.Context,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="On every machine, not only this one.")
    ] = False,
) -> None:
    """Sign out of Supabase on this machine."""
    from . import signing
    from .wiring import Wiring

    signing.sign_out(Wiring(ctx.obj), everywhere=everywhere)


def whoami(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask Supabase who is signed in."""
    from . import signing
    from .wiring import Wiring

    if json:
        report_as_json()
    signing.who_am_i(Wiring(ctx.obj), as_json=json)
