"""`connect` for several clients: one login, a connection each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..flows.connect import LoginResult
    from ..flows.several import Outcome
    from .connect_options import ConnectOptions
    from .context import CommandContext


async def connect_each(
    clients: Sequence[str],
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> None:
    """
    Connect all of *clients*, and tell of each as soon as it is done.

    Raises, at the end, where any of them failed.
    """
    from ..flows.many import failure_of
    from .announce import print_connections
    from .kept import say_what_is_kept

    done: list[Outcome] = []
    try:
        async with aclosing(_outcomes(clients, context, options, meta)) as outcomes:
            async for outcome in outcomes:
                _tell(outcome)
                done.append(outcome)
    except BaseException as error:
        for client_id in clients:
            say_what_is_kept(client_id, meta, error)
        raise
    done.sort(key=lambda outcome: clients.index(outcome.client_id))
    if options.json:
        print_connections(outcome.result for outcome in done if outcome.result)
    problems = [outcome.problem for outcome in done if outcome.problem]
    if failure := failure_of(problems, total=len(clients)):
        raise failure


async def _outcomes(
    clients: Sequence[str],
    context: CommandContext,
    options: ConnectOptions,
    meta: AsyncMetaconnect,
) -> AsyncGenerator[Outcome, None]:
    from ..flows.several import outcome_of
    from . import ways
    from .browser import receivers_and_show

    accounts = dict(zip(clients, options.accounts, strict=True))
    if options.resume or options.token_stdin:
        token = await ways.token_given(context) if options.token_stdin else None
        for client_id, account in accounts.items():
            kept_or_given = _without_browser(client_id, token, account, context, meta)
            yield await outcome_of(client_id, kept_or_given)
        return
    receivers, show = receivers_and_show(context, options)
    async for outcome in meta.connect_many(
        clients,
        accounts=accounts,
        force=options.force,
        rerequest=options.rerequest,
        timeout=options.seconds,
        receivers=receivers,
        show=show,
        pick=context.pick_ad_account_of,
    ):
        yield outcome


async def _without_browser(
    client_id: str,
    token: str | None,
    account: str | None,
    context: CommandContext,
    meta: AsyncMetaconnect,
) -> LoginResult:
    pick = context.pick_ad_account_of(client_id)
    if token is None:
        return await meta.resume(client_id, account=account, pick=pick)
    return await meta.connect_with_token(client_id, token, account=account, pick=pick)


def _tell(outcome: Outcome) -> None:
    """Say what became of a client; what went wrong on one line."""
    from .announce import announce
    from .report import notice_on

    if outcome.result:
        announce(outcome.result)
    if problem := outcome.problem:
        hint = " ".join(problem.hint.splitlines())
        notice_on(outcome.client_id, f"{problem} {hint}")
