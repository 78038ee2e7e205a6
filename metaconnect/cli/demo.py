"""`metaconnect demo`: the whole journey, against the built-in sandbox."""

from typing import Annotated

import typer


def demo(
    ctx: typer.Context,
    no_browser: Annotated[
        bool,
        typer.Option("--no-browser", help="Let the sandbox say yes by itself."),
    ] = False,
) -> None:
    """
    See the whole journey: no Meta app, no Supabase, nothing kept.

    Starts a pretend Meta on this machine, connects to it through your browser
    and prints last week's Insights. Nothing leaves this machine.
    """
    import asyncio

    from .demonstration import demonstrate

    asyncio.run(demonstrate(ctx.obj, browser=not no_browser))
