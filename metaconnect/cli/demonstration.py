"""The demo at work: a sandbox, a throw-away folder, and the real commands."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from ..oauth.browser import open_browser
from ..sandbox.server import SandboxServer
from ..settings import Settings
from . import journey, reading
from .asking import OpenBrowser
from .options import GlobalOptions
from .terminal import say
from .wiring import Wiring

CLIENT = "demo"
NEXT = """
That was the demo: a pretend Meta, and nothing of it was kept.
Try next, against the same pretend Meta:

  metaconnect sandbox                  in a second terminal; it prints what to set
  metaconnect connect --client acme
  metaconnect insights --level campaign --preset last_30d
  metaconnect insights --format json | jq '.[].spend'

With your own Meta app: set META_APP_ID and META_APP_SECRET, then
  metaconnect connect --client NAME"""


async def demonstrate(global_options: GlobalOptions, *, browser: bool) -> None:
    """Connect to a sandbox of its own, print its Insights, leave nothing."""
    with (
        TemporaryDirectory(prefix="metaconnect-demo-") as home,
        SandboxServer() as meta,
    ):
        say(f"A pretend Meta listens at {meta.url} (nothing leaves this machine).")
        wiring = Wiring(global_options, settings=_settings(meta, Path(home)))
        person = browser and wiring.interactive
        options = journey.ConnectOptions(
            account=None if person else "first",
            resumable=False,
            open_browser=_browser(meta, asked=person),
        )
        await journey.run(wiring, options, CLIENT)
        say()
        await reading.read(wiring, reading.Reading(client=CLIENT, form="table"))
    say(NEXT)


def _settings(meta: SandboxServer, home: Path) -> Settings:
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


def _browser(meta: SandboxServer, *, asked: bool) -> OpenBrowser:
    """Return what opens the person's browser, or clicks in its place."""

    async def opened(url: str) -> bool:
        if asked and await open_browser(url):
            return True
        say("No browser here: the sandbox says yes by itself.")
        meta.sandbox.switches.auto_approve = True
        async with httpx.AsyncClient(follow_redirects=True) as http:
            answer = await http.get(url)
        return answer.is_success

    return opened
