"""`metaconnect disconnect`: revoke a login at Meta, and delete it here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .options import ClientOption

if TYPE_CHECKING:
    from ..flows.disconnect import Disconnection
    from ..models import Connection
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect disconnect --client acme

metaconnect disconnect --client acme --local-only"""
# Where Facebook lists the apps that were given access to ad accounts.
INTEGRATIONS = "https://www.facebook.com/settings?tab=business_tools"


def disconnect(
    ctx: typer.Context,
    client: ClientOption = None,
    local_only: Annotated[
        bool,
        typer.Option("--local-only", help="Delete it here, and ask nothing of Meta."),
    ] = False,
    keep_grant: Annotated[
        bool,
        typer.Option(
            "--keep-grant",
            help="The same, where other clients go on with the login.",
        ),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="Do not ask where it ends the login of other clients too."
        ),
    ] = False,
) -> None:
    """
    Revoke the login at Meta, then delete the connection.

    Meta knows one login for each person and app: revoking it ends the login
    of every client that the same person connected. Where there are others,
    they are named first. Where Meta cannot be reached, nothing is deleted.
    """
    import asyncio

    from ..errors import UsageError

    local_only = local_only or keep_grant
    if yes and local_only:
        raise UsageError("--yes ends the login of others, and the other option none.")
    asyncio.run(_disconnect(ctx.obj, client, local_only=local_only, sure=yes))


async def _disconnect(
    context: CommandContext, client: str | None, *, local_only: bool, sure: bool
) -> None:
    async with context.meta() as meta:
        result = await meta.disconnect(
            client,
            local_only=local_only,
            may_cut_off=_ask if context.interactive and not sure else sure,
            pick=context.pick_client,
        )
    _tell(result)


def _ask(connection: Connection, others: Sequence[str]) -> bool:
    from ..flows.disconnect import whom_it_cuts_off
    from .prompts import confirm
    from .terminal import say

    say(whom_it_cuts_off(connection, others))
    return confirm("Revoke it for all of them?")


def _tell(result: Disconnection) -> None:
    from ..redact import command
    from .terminal import say

    say(f"Disconnected client {result.client_id!r}. {_at_meta(result)}")
    for client_id in result.cut_off:
        again = command("connect --force", client_id)
        say(f"Client {client_id!r} has lost its login too. Again:  {again}")


def _at_meta(result: Disconnection) -> str:
    from ..flows.disconnect import AtMeta

    return {
        AtMeta.revoked: "Its login is revoked at Meta.",
        AtMeta.gone: "Meta need not be told: the app was removed there before.",
        AtMeta.not_told: f"Meta could not be told: {result.reason}\n"
        f"The person can remove the app on Facebook:  {INTEGRATIONS}",
        AtMeta.system_user: "It had the token of a system user, which cannot revoke "
        "itself: revoke it in the Business settings, under System users.",
        AtMeta.not_asked: "Meta was not asked: the login stays as it is there.",
    }[result.at_meta]
