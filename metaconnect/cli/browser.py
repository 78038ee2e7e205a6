"""The browser leg of connect: what is shown, and who may bring the answer."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..flows.authorize import Show
from ..oauth.authorization import AuthorizationRequest
from ..oauth.loopback import LoopbackReceiver
from ..oauth.paste import PasteReceiver
from ..oauth.receiver import Receiver
from . import ways
from .connect_options import ConnectOptions
from .context import CommandContext
from .surroundings import advice_here
from .terminal import say

OpenBrowser = Callable[[str], Awaitable[bool]]
# Answers the authorization request at that URL in the person's place.
Approve = Callable[[str], Awaitable[None]]


def receivers_and_show(
    context: CommandContext, options: ConnectOptions
) -> tuple[Sequence[Receiver], Show]:
    """
    Return what receives the authorization response, and what shows the request.

    Beside the listener a terminal reads the address that a browser on another
    machine ended on. A Windows console cannot be watched for that: reading it
    would take the next line typed.
    """
    tls = ways.tls(options, context.settings)
    note = ways.note_on_certificate(options)
    open_browser, without_browser = options.open_browser, options.without_browser
    redirect_uri = context.settings.redirect_uri_for(
        paste=options.paste, https=bool(tls)
    )
    if options.paste:
        pasted = _paste_receiver(redirect_uri, context, prompt=_ask_to_paste)
        return [pasted], _show_qr_to_paste if options.qr else _show_to_paste
    listener = LoopbackReceiver(redirect_uri, tls)  # refuses what is no URL of ours
    _refuse_ip(redirect_uri)
    races = context.interactive and sys.platform != "win32"

    async def show(request: AuthorizationRequest) -> None:
        start_url = listener.start_url
        waits = not context.interactive and without_browser is None
        if note:
            say(f"{note}\n")
        _say_addresses(start_url, request, races=races)
        advice = "" if without_browser else advice_here(listener.port)
        if advice:
            say(f"{advice}\n")
        if waits:
            say("Waiting for the browser to come back. (With --paste the address that")
            say("it ends on is read from stdin instead.)")
        # The short URL, so that the state is no argument of the browser's process.
        if open_browser and await open_browser(start_url):
            return
        if without_browser:
            # A browser that failed may have used up the start page.
            await without_browser(request.url)
        elif open_browser:
            say("No browser could be opened: open the address yourself.")

    if not races:
        return [listener], show
    pasted = _paste_receiver(redirect_uri, context, prompt=lambda: None)
    return [listener, pasted], show


def _paste_receiver(
    redirect_uri: str, context: CommandContext, *, prompt: Callable[[], None]
) -> PasteReceiver:
    return PasteReceiver(
        redirect_uri,
        stream=sys.stdin.fileno(),
        prompt=prompt,
        say=say,
        interactive=context.interactive,
    )


def _refuse_ip(redirect_uri: str) -> None:
    if urlsplit(redirect_uri).hostname in ("127.0.0.1", "::1"):
        raise ConfigError(
            "Meta takes localhost in a redirect URI, but no IP address.",
            hint="Say localhost in META_REDIRECT_URI.",
        )


def _say_addresses(
    start_url: str, request: AuthorizationRequest, *, races: bool
) -> None:
    say(f"Log in to Meta in the browser:  {start_url}\n")
    if races:
        say("From another machine, open this address instead, and paste the one that")
        say("the browser ends on here:")
    else:
        say("That address works once. If it was opened before, open this one instead:")
    say(f"{request.url}\n")


async def _show_to_paste(request: AuthorizationRequest) -> None:
    say(f"Open this address and log in to Meta:\n\n{request.url}\n")


async def _show_qr_to_paste(request: AuthorizationRequest) -> None:
    from .qr import show_qr

    await _show_to_paste(request)
    show_qr(request.url)


def _ask_to_paste() -> None:
    say("Paste the address that the browser ends on, and press Enter:")
