"""`metaconnect connect`: log in to Meta and store the connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from .options import ClientOption, NoBrowserOption, TimeoutOption
from .report import report_as_json

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..flows.connect import LoginResult
    from .browser import Approve, OpenBrowser
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect connect --client acme

metaconnect connect --client acme --account act_101000000000000 --no-browser

metaconnect connect --client acme --resume"""


class ConnectOptions(NamedTuple):
    """The options of `metaconnect connect`, by their own names."""

    account: str | None = None
    force: bool = False
    resume: bool = False
    rerequest: bool = False
    paste: bool = False
    timeout: int = 300
    json: bool = False
    # The demo keeps nothing, and says how to go on by itself.
    is_demo: bool = False
    open_browser: OpenBrowser | None = None
    without_browser: Approve | None = None


def connect(
    ctx: typer.Context,
    client: ClientOption = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACCOUNT",
            help="The ad account: an id (with or without act_), a name, or 'first'.",
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
            "--rerequest", help="Ask again for permissions that were declined."
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
    no_browser: NoBrowserOption = False,
    timeout: TimeoutOption = 300,
    json: Annotated[
        bool, typer.Option("--json", help="Print the connection, without its token.")
    ] = False,
) -> None:
    """
    Log in to Meta and save the connection.

    Opens the browser, takes the answer on localhost, trades it for a
    long-lived token, lets you pick an ad account, and saves the connection.
    On this machine a new --client makes a new client. A client that is
    connected already stays so; --account then chooses another ad account.

    The app's META_APP_ID and META_APP_SECRET are read from the environment,
    .env.local or .env.
    """
    import asyncio

    from ..oauth.browser import open_browser

    if json:
        report_as_json()
    options = ConnectOptions(
        account=only_one(account, "--account"),
        force=force,
        resume=resume,
        rerequest=rerequest,
        paste=paste,
        timeout=timeout,
        json=json,
        open_browser=None if no_browser else open_browser,
    )
    asyncio.run(run(ctx.obj, options, client))


async def run(
    context: CommandContext, options: ConnectOptions, client: str | None
) -> None:
    """Connect *client*, else the one that the settings or the person name."""
    from ..errors import UsageError

    context.settings.require_all_for_connecting()
    if options.resume and (options.force or options.rerequest):
        raise UsageError("--resume finishes a login; --force starts another.")
    async with context.meta() as meta:
        context.choose_secret_backend(meta)
        named = client or context.settings.client
        if kept := not options.resume and _kept_client(named, context, options, meta):
            named, options = kept, options._replace(resume=True)
        client_id = await meta.client_to_connect(named, pick=context.pick_client)
        try:
            result = await _connected(client_id, context, options, meta)
        except BaseException as error:
            _say_what_is_kept(client_id, meta, options, error)
            raise
    _announce(result, options)


async def _connected(
    client_id: str,
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> LoginResult:
    from .browser import receivers_and_show

    account, pick = options.account, context.pick_ad_account
    if options.resume:
        return await meta.resume(client_id, account=account, pick=pick)
    receivers, show = receivers_and_show(
        context,
        paste=options.paste,
        open_browser=options.open_browser,
        without_browser=options.without_browser,
    )
    return await meta.connect(
        client_id,
        account=account,
        force=options.force,
        rerequest=options.rerequest,
        timeout=options.timeout,
        receivers=receivers,
        show=show,
        pick=pick,
    )


def _kept_client(
    named: str | None,
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> str | None:
    """Return the client whose login is kept, if the person would rather finish it."""
    from .prompts import confirm

    if options.force or options.rerequest or not context.interactive:
        return None
    pending = meta.parts.pending
    client_id = named or next(iter(pending.clients()), None)
    login = pending.find(client_id) if client_id else None
    if login is None:
        return None
    when = login.created_at.astimezone().strftime("%H:%M")
    question = f"A login of client {client_id!r} at {when} was not saved."
    wanted = confirm(f"{question} Finish it, without the browser?")
    return client_id if wanted else None


def _say_what_is_kept(
    client_id: str, meta: AsyncMetaconnect, options: ConnectOptions, error: object
) -> None:
    """After Ctrl-C, say that the login is not lost."""
    from asyncio import CancelledError
    from contextlib import suppress

    from ..errors import MetaconnectError
    from ..flows.connect import kept_hint
    from .terminal import say

    if options.is_demo or not isinstance(error, (KeyboardInterrupt, CancelledError)):
        return
    with suppress(MetaconnectError):
        if meta.parts.pending.find(client_id):
            say(f"\n{kept_hint(client_id)}")


def _announce(result: LoginResult, options: ConnectOptions) -> None:
    from .announce import announce, print_connection

    announce(result, with_next=not options.is_demo)
    if options.json:
        print_connection(result)


def only_one(values: Sequence[str] | None, option: str) -> str | None:
    """Return the one value of an option that may be given once, and not empty."""
    from ..errors import UsageError

    if not values:
        return None
    if len(values) > 1:
        raise UsageError(f"{option} can be given once.")
    if not values[0]:
        raise UsageError(f"{option} is empty.")
    return values[0]
