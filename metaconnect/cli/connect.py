"""`metaconnect connect`: log in to Meta and store the connection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from .options import (
    CertificateOption,
    ClientOption,
    HttpsOption,
    KeyOption,
    NoBrowserOption,
)
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

metaconnect connect --client acme --resume

metaconnect connect --client acme --start

metaconnect connect --client acme --complete -"""

TIMEOUT = 300  # seconds


class ConnectOptions(NamedTuple):
    """The options of `metaconnect connect`, by their own names."""

    account: str | None = None
    force: bool = False
    resume: bool = False
    rerequest: bool = False
    paste: bool = False
    https: bool = False
    cert: Path | None = None
    key: Path | None = None
    token_stdin: bool = False
    start: bool = False
    complete: str | None = None
    timeout: int | None = None
    json: bool = False
    # The demo keeps nothing, and says how to go on by itself.
    is_demo: bool = False
    open_browser: OpenBrowser | None = None
    without_browser: Approve | None = None

    @property
    def is_plain(self) -> bool:
        """Whether a login that is kept would do as well."""
        another = self.force or self.rerequest or self.start or self.token_stdin
        return not (another or self.resume or self.complete is not None)


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
    https: HttpsOption = False,
    cert: CertificateOption = None,
    key: KeyOption = None,
    token_stdin: Annotated[
        bool,
        typer.Option(
            "--token-stdin",
            help="Read a token from stdin: a person's or a system user's, of this app.",
        ),
    ] = False,
    start: Annotated[
        bool,
        typer.Option(
            "--start",
            help="Print, as JSON, the address at which somebody logs in; and exit.",
        ),
    ] = False,
    complete: Annotated[
        str | None,
        typer.Option(
            "--complete",
            metavar="ADDRESS",
            help="Finish what --start began, with the address that the browser ended "
            "on. It holds a code: '-' reads it from stdin, unseen by other users.",
        ),
    ] = None,
    no_browser: NoBrowserOption = False,
    timeout: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            max=86_400,
            help="How long to wait for the browser: 300; with --start 3600.",
        ),
    ] = None,
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

    if json or start:
        report_as_json(explicit=json)
    options = ConnectOptions(
        account=only_one(account, "--account"),
        force=force,
        resume=resume,
        rerequest=rerequest,
        paste=paste,
        https=https,
        cert=cert,
        key=key,
        token_stdin=token_stdin,
        start=start,
        complete=complete,
        timeout=timeout,
        json=json,
        open_browser=None if no_browser else open_browser,
    )
    asyncio.run(run(ctx.obj, options, client))


async def run(
    context: CommandContext, options: ConnectOptions, client: str | None
) -> None:
    """Connect *client*, else the one that the settings or the person name."""
    from . import kept, ways

    context.settings.require_all_for_connecting()
    ways.refuse_mixed(options)
    async with context.meta() as meta:
        context.choose_secret_backend(meta)
        named = client or context.settings.client
        if found := options.is_plain and kept.kept_client(named, context, meta):
            named, options = found, options._replace(resume=True)
        client_id = await meta.client_to_connect(named, pick=context.pick_client)
        if options.start:
            await ways.start(client_id, context, options, meta)
            return
        try:
            result = await _connected(client_id, context, options, meta)
        except BaseException as error:
            if not options.is_demo:
                kept.say_what_is_kept(client_id, meta, error)
            raise
    _announce(result, options)


async def _connected(
    client_id: str,
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> LoginResult:
    from . import ways
    from .browser import receivers_and_show

    account, pick = options.account, context.pick_ad_account
    if options.resume:
        return await meta.resume(client_id, account=account, pick=pick)
    if options.complete is not None:
        answer = await ways.answer_given(options.complete)
        return await meta.complete_connect(
            client_id, answer, account=account, pick=pick
        )
    if options.token_stdin:
        token = await ways.token_given(context)
        return await meta.connect_with_token(
            client_id, token, account=account, pick=pick
        )
    receivers, show = receivers_and_show(
        context,
        paste=options.paste,
        tls=ways.tls(options, context.settings),
        note=ways.note_on_certificate(options),
        open_browser=options.open_browser,
        without_browser=options.without_browser,
    )
    return await meta.connect(
        client_id,
        account=account,
        force=options.force,
        rerequest=options.rerequest,
        timeout=options.timeout or TIMEOUT,
        receivers=receivers,
        show=show,
        pick=pick,
    )


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
