"""`metaconnect demo`: the whole journey, against the built-in sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..sandbox.server import SandboxServer
    from ..settings import Settings
    from .browser import Approve
    from .options import GlobalOptions

CLIENT = "demo"
NEXT = """
That was the demo: a pretend Meta, and nothing of it was kept.

To go on with the same pretend Meta, start it in a second terminal:

  metaconnect sandbox --write-env sandbox.env

and then here:

  metaconnect --env-file sandbox.env connect --client acme
  metaconnect --env-file sandbox.env insights --level campaign --preset last_30d

With your own Meta app: set META_APP_ID and META_APP_SECRET, then

  metaconnect connect"""


EXAMPLES = "Example:  metaconnect demo --no-browser"


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

    from ..errors import MetaconnectError

    try:
        asyncio.run(_demonstrate(ctx.obj.options, browser=not no_browser))
    except MetaconnectError as error:
        # Its own next step would be for a connection that is gone by now.
        error.hint = "Run it again:  metaconnect demo"
        raise


async def _demonstrate(options: GlobalOptions, *, browser: bool) -> None:
    """Connect to a sandbox of its own, print its Insights, leave nothing."""
    from tempfile import TemporaryDirectory

    from ..insights.query import insights_query
    from ..oauth.browser import open_browser
    from ..sandbox.server import SandboxServer
    from . import connect, read
    from .connect_options import ConnectOptions
    from .context import CommandContext
    from .terminal import say

    with (
        TemporaryDirectory(prefix="metaconnect-demo-") as home,
        SandboxServer() as meta,
    ):
        say(f"A pretend Meta listens at {meta.url} (nothing leaves this machine).")
        context = CommandContext(options, settings=_settings(meta, Path(home)))
        person = browser and context.interactive
        await connect.run(
            context,
            ConnectOptions(
                accounts=(None if person else "first",),
                is_demo=True,
                open_browser=open_browser if person else None,
                without_browser=_approve(meta),
            ),
            [CLIENT],
        )
        say()
        reading = read.ReadOptions(clients=(CLIENT,))
        await read.run(context, insights_query(), reading)
    say(NEXT)


def _settings(meta: SandboxServer, home: Path) -> Settings:
    from ..settings import Settings

    return Settings(
        meta_app_id=meta.app_id,
        meta_app_secret=meta.app_secret,
        graph_url=meta.url,
        dialog_url=meta.url,
        redirect_uri="http://localhost:0/callback",
        store="local",
        secrets="file",
        home=str(home),
    )


def _approve(meta: SandboxServer) -> Approve:
    """Return what says yes to an authorization request without a browser."""
    import httpx

    from .terminal import say

    async def approve(url: str) -> None:
        say("No browser here: the sandbox says yes by itself.")
        meta.sandbox.switches.auto_approve = True
        # Everything is on this machine: no proxy could reach it.
        async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as http:
            await http.get(url)

    return approve
