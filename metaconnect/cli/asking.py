"""The browser leg of connect: what is shown, and who may bring the answer."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..flows.authorize import authorize
from ..oauth.authorization import AuthorizationRequest
from ..oauth.loopback import LoopbackReceiver
from ..oauth.paste import PasteReceiver
from .terminal import say
from .wiring import Wiring

OpenBrowser = Callable[[str], Awaitable[bool]]


async def authorization_code(
    client_id: str,
    wiring: Wiring,
    *,
    paste: bool,
    rerequest: bool,
    timeout: float,
    open_browser: OpenBrowser | None,
) -> tuple[str, str]:
    """Return the code, and the redirect URI that it came to."""
    redirect_uri = wiring.settings.redirect_uri_for(paste=paste)
    log_in = partial(
        authorize,
        client_id,
        host=wiring.settings.meta_host,
        app=wiring.settings.meta_app,
        timeout=timeout,
        rerequest=rerequest,
    )
    if paste:
        return await log_in(
            receivers=[_paste_receiver(redirect_uri, wiring, prompt=_ask_to_paste)],
            show=_show_to_paste,
        )
    receiver = LoopbackReceiver(redirect_uri)  # refuses what is no URL of ours
    _refuse_ip(redirect_uri)
    with ExitStack() as stack:
        listener = stack.enter_context(receiver)
        show = partial(_show, listener.start_url, open_browser)
        if not _can_race(wiring):
            return await log_in(receivers=[listener], show=show)
        show = partial(show, races=True)
        # Whose browser is on another machine can paste what it ended on.
        pasted = _paste_receiver(redirect_uri, wiring, prompt=lambda: None)
        return await log_in(receivers=[listener, pasted], show=show)


def _can_race(wiring: Wiring) -> bool:
    # A Windows console cannot be watched: it would eat the next line typed.
    return wiring.interactive and sys.platform != "win32"


def _paste_receiver(
    redirect_uri: str, wiring: Wiring, *, prompt: Callable[[], None]
) -> PasteReceiver:
    return PasteReceiver(
        redirect_uri,
        stream=sys.stdin.fileno(),
        prompt=prompt,
        say=say,
        interactive=wiring.interactive,
    )


def _refuse_ip(redirect_uri: str) -> None:
    if urlsplit(redirect_uri).hostname in ("127.0.0.1", "::1"):
        raise ConfigError(
            "Meta takes http://localhost as a redirect URI, but no IP address.",
            hint="Say localhost in META_REDIRECT_URI.",
        )


async def _show(
    start_url: str,
    open_browser: OpenBrowser | None,
    request: AuthorizationRequest,
    *,
    races: bool = False,
) -> None:
    say(f"Log in to Meta in the browser:  {start_url}\n")
    if races:
        say("From another machine, open this address instead, and paste the one that")
        say("the browser ends on here:")
    else:
        say("That address works once. If it was opened before, open this one instead:")
    say(f"{request.url}\n")
    # The short URL, so that the state is no argument of the browser's process.
    if open_browser and not await open_browser(start_url):
        say("No browser could be opened: open the address yourself.")


async def _show_to_paste(request: AuthorizationRequest) -> None:
    say(f"Open this address and log in to Meta:\n\n{request.url}\n")


def _ask_to_paste() -> None:
    say("Paste the address that the browser ends on, and press Enter:")
