"""
One login for several clients: each is saved as a connection of its own.

The login is kept for all of them from the code exchange on, and for each until its
connection is saved: what fails for one client leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from ..errors import AdAccountNotFound, MetaconnectError
from ..redact import command
from .accepted import accepted
from .clients import naming
from .connect import Choose, ConnectFlow, LoginResult

Accounts = Mapping[str, str | None]
LogIn = Callable[[ConnectFlow], Awaitable[None]]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a client: its connection, or what went wrong."""

    client_id: str
    result: LoginResult | None = None
    problem: MetaconnectError | None = None


async def outcome_of(client_id: str, connecting: Awaitable[LoginResult]) -> Outcome:
    """Return what becomes of the client."""
    try:
        with naming(client_id):
            return Outcome(client_id=client_id, result=await connecting)
    except MetaconnectError as error:
        return Outcome(client_id=client_id, problem=error)


async def found_already(
    flows: Sequence[ConnectFlow], accounts: Accounts
) -> tuple[list[Outcome], list[ConnectFlow]]:
    """Return the outcomes of those that need no login, and the flows of the others."""
    found, left = [], []
    for flow in flows:
        client_id = flow.client_id
        try:
            with naming(client_id):
                result = await accepted(flow, accounts.get(client_id))
        except AdAccountNotFound as error:
            found.append(Outcome(client_id=client_id, problem=error))
            continue
        if result:
            found.append(Outcome(client_id=client_id, result=result))
        else:
            left.append(flow)
    return found, left


async def log_in_once(
    flows: Sequence[ConnectFlow], log_in: LogIn, choose: Callable[[str], Choose]
) -> AsyncGenerator[Outcome, None]:
    """
    Yield what becomes of each client, after one login for all of them.

    Raises, before that, where a connection of any could not be saved.
    """
    for flow in flows:
        with naming(flow.client_id):
            await flow.prepare()
    sharing = _sharing(flows)
    if sharing:
        await _logged_in(sharing[0], log_in)
    former = None
    for flow in sharing:
        finishing = flow.finish(choose(flow.client_id), former)
        outcome = await outcome_of(flow.client_id, finishing)
        former = outcome.result or former
        yield outcome


def _sharing(flows: Sequence[ConnectFlow]) -> list[ConnectFlow]:
    """Return *flows* that keep their login for those that come after them too."""
    clients = [flow.client_id for flow in flows]
    return [
        replace(flow, others=tuple(clients[place:]))
        for place, flow in enumerate(flows, start=1)
    ]


async def _logged_in(first: ConnectFlow, log_in: LogIn) -> None:
    try:
        with naming(first.client_id):
            await log_in(first)
    except MetaconnectError as error:
        # The command to type again is for all of them.
        named = [_option(client_id) for client_id in (first.client_id, *first.others)]
        error.hint = error.hint.replace(named[0], " ".join(named))
        raise


def _option(client_id: str) -> str:
    return command("connect", client_id).removeprefix("metaconnect connect ")
