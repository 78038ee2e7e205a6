"""`metaconnect connect`: log in to Meta and store the connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from .connect_options import (
    AccountOption,
    CompleteOption,
    ConfigIdOption,
    ConnectOptions,
    ForceOption,
    PasteOption,
    PrintOption,
    QrOption,
    RerequestOption,
    ResumeOption,
    StartOption,
    TokenStdinOption,
    WaitOption,
)
from .options import (
    CertificateOption,
    HttpsOption,
    KeyOption,
    NoBrowserOption,
    TogetherOption,
    one_each,
)
from .report import report_as_json

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..flows.connect import LoginResult
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect connect --client acme

metaconnect connect --client acme --account act_101000000000000 --no-browser

metaconnect connect --client acme --client globex

metaconnect connect --client acme --resume

metaconnect connect --client acme --start

metaconnect connect --client acme --complete -"""


def connect(
    ctx: typer.Context,
    client: TogetherOption = None,
    account: AccountOption = None,
    force: ForceOption = False,
    resume: ResumeOption = False,
    rerequest: RerequestOption = False,
    config_id: ConfigIdOption = None,
    paste: PasteOption = False,
    qr: QrOption = False,
    https: HttpsOption = False,
    cert: CertificateOption = None,
    key: KeyOption = None,
    token_stdin: TokenStdinOption = False,
    start: StartOption = False,
    complete: CompleteOption = None,
    no_browser: NoBrowserOption = False,
    timeout: WaitOption = None,
    json: PrintOption = False,
) -> None:
    """
    Log in to Meta and save the connection.

    Opens the browser, takes the answer on localhost, trades it for a
    long-lived token, lets you pick an ad account, and saves the connection.
    On this machine a new --client makes a new client. A client that is
    connected already stays so; --account then chooses another ad account.
    Several clients share one login, and each gets a connection of its own.

    The app's META_APP_ID and META_APP_SECRET are read from the environment,
    .env.local or .env.
    """
    import asyncio

    from ..oauth.browser import open_browser

    if json or start:
        report_as_json(explicit=json)
    clients = client or []
    options = ConnectOptions(
        accounts=one_each(account, "--account", clients),
        force=force,
        resume=resume,
        rerequest=rerequest,
        config_id=config_id,
        paste=paste,
        qr=qr,
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
    asyncio.run(run(ctx.obj, options, clients))


async def run(
    context: CommandContext, options: ConnectOptions, clients: Sequence[str]
) -> None:
    """Connect *clients*, else the one that the settings or the person name."""
    from . import several, ways

    context.settings.require_all_for_connecting()
    ways.refuse_mixed(options, clients)
    if options.config_id:
        context.use_config_id(options.config_id)
    async with context.meta() as meta:
        context.choose_secret_backend(meta)
        if len(clients) > 1:
            await several.connect_each(clients, context, options, meta)
        else:
            await _connect_one("".join(clients), context, options, meta)


async def _connect_one(
    client: str,
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> None:
    from . import kept, ways

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
    receivers, show = receivers_and_show(context, options)
    return await meta.connect(
        client_id,
        account=account,
        force=options.force,
        rerequest=options.rerequest,
        timeout=options.seconds,
        receivers=receivers,
        show=show,
        pick=pick,
    )


def _announce(result: LoginResult, options: ConnectOptions) -> None:
    from .announce import announce, print_connection

    announce(result, with_next=not options.is_demo)
    if options.json:
        print_connection(result)
