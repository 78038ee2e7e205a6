"""`metaconnect connect`: log in to Meta and store the connection."""

from typing import Annotated

import typer

from .options import ClientOption
from .report import report_as_json


def connect(
    ctx: typer.Context,
    client: ClientOption = None,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="ACCOUNT",
            help="The ad account: an id (with or without act_), a name or a part "
            "of it, or 'first'.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Log in even if the token still works.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Finish a login that could not be saved; no browser."
        ),
    ] = False,
    rerequest: Annotated[
        bool,
        typer.Option(
            "--rerequest", help="Ask again for permissions that were left out."
        ),
    ] = False,
    paste: Annotated[
        bool,
        typer.Option(
            "--paste",
            help="No listener: paste the address that the browser ends on. "
            "Works with any registered redirect URI.",
        ),
    ] = False,
    no_browser: Annotated[
        bool,
        typer.Option("--no-browser", help="Print the address; open nothing."),
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds to wait for the browser.")
    ] = 300,
    json: Annotated[
        bool, typer.Option("--json", help="Print the connection, without its token.")
    ] = False,
) -> None:
    """
    Log in to Meta and save the connection.

    Opens the browser, takes the answer on localhost, trades it for a
    long-lived token, lets you pick an ad account, and saves the connection.

    The app's META_APP_ID and META_APP_SECRET are read from the environment,
    .env.local or .env.
    """
    import asyncio

    from ..oauth.browser import open_browser
    from .journey import ConnectOptions, run
    from .wiring import Wiring

    if json:
        report_as_json()
    options = ConnectOptions(
        account=account,
        force=force or rerequest,
        resume=resume,
        rerequest=rerequest,
        paste=paste,
        timeout=timeout,
        json=json,
        open_browser=None if no_browser else open_browser,
    )
    asyncio.run(run(Wiring(ctx.obj), options, client))
