"""The connect command at work: the flow, with a person at the other end."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from ..errors import MetaconnectError, UsageError
from ..flows.accounts import choose_ad_account
from ..flows.clients import client_to_connect
from ..flows.connect import (
    LoginResult,
    accepted_connection,
    finish_login,
    keep_login,
    kept_hint,
)
from ..graph.client import GraphClient
from ..models import AdAccount
from ..oauth.browser import open_browser
from .announce import announce_connected, announce_connection, print_connection
from .asking import OpenBrowser, authorization_code
from .terminal import say
from .wiring import Wiring, now


@dataclass(frozen=True, kw_only=True)
class ConnectOptions:
    """The options of `metaconnect connect`, by their own names."""

    account: str | None = None
    force: bool = False
    resume: bool = False
    rerequest: bool = False
    paste: bool = False
    timeout: float = 300
    json: bool = False
    resumable: bool = True
    open_browser: OpenBrowser | None = open_browser


async def run(wiring: Wiring, options: ConnectOptions, client: str | None) -> None:
    """Connect *client*, else the one that the settings or the person name."""
    wiring.settings.require_all_for_connecting()
    app = wiring.settings.meta_app
    if options.resume and options.force:
        raise UsageError("--resume finishes a login; --force starts another.")
    client_id = client_to_connect(
        client or wiring.settings.client, wiring.store, wiring.client_picker
    )
    async with wiring.graph() as graph:
        if not (options.force or options.resume):
            found = await accepted_connection(
                client_id, graph=graph, store=wiring.store, now=now()
            )
            if found:
                announce_connection(found)
                return print_connection(found) if options.json else None
        # What saving will need is tried before any browser.
        wiring.choose_secret_backend()
        wiring.store.check(client_id)
        with _kept_login_is_told(client_id, wiring, options):
            if not options.resume:
                await _log_in(client_id, wiring, options, graph)
            connected = await finish_login(
                client_id,
                app=app,
                graph=graph,
                store=wiring.store,
                pending=wiring.pending,
                choose=partial(_choose, wiring, options),
                now=now(),
            )
    return _announce(connected, options)


async def _log_in(
    client_id: str, wiring: Wiring, options: ConnectOptions, graph: GraphClient
) -> None:
    code, redirect_uri = await authorization_code(
        client_id,
        wiring,
        paste=options.paste,
        rerequest=options.rerequest,
        timeout=options.timeout,
        open_browser=options.open_browser,
    )
    await keep_login(
        client_id,
        code=code,
        redirect_uri=redirect_uri,
        app=wiring.settings.meta_app,
        graph=graph,
        pending=wiring.pending,
        now=now(),
    )


def _choose(
    wiring: Wiring, options: ConnectOptions, ad_accounts: Sequence[AdAccount]
) -> AdAccount | None:
    return choose_ad_account(options.account, ad_accounts, wiring.ad_account_picker)


def _announce(connected: LoginResult, options: ConnectOptions) -> None:
    announce_connected(connected)
    if options.json:
        print_connection(connected.connection, connected.ad_account)


@contextmanager
def _kept_login_is_told(
    client_id: str, wiring: Wiring, options: ConnectOptions
) -> Iterator[None]:
    """After Ctrl-C, say that the login is not lost."""
    try:
        yield
    except (KeyboardInterrupt, CancelledError):
        with suppress(MetaconnectError):
            wiring.pending.get(client_id)
            if options.resumable:
                say(f"\n{kept_hint(client_id)}")
        raise
