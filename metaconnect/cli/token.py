"""`metaconnect token`: a client's access token, for another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import ClientOption, NoRefreshOption

if TYPE_CHECKING:
    from .context import CommandContext

EXAMPLE = "Example:  TOKEN=$(metaconnect token --client acme)"


def token(
    ctx: typer.Context,
    client: ClientOption = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print it on a terminal too.")
    ] = False,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Print the access token and nothing else.

    A token with less than seven days left is extended first. Where it has
    expired the exit code is 4. For a program that takes its token from the
    environment, exec is safer: nothing is printed.
    """
    import asyncio
    import sys

    from ..errors import UsageError
    from ..redact import name_client

    if sys.stdout.isatty() and not show:
        see = "See it all the same:  metaconnect token --show"
        raise UsageError(
            "A token on a terminal stays in its history, for others to see.",
            hint=name_client(see, client) if client else see,
        )
    print(asyncio.run(_token(ctx.obj, client, refresh=not no_refresh)))  # noqa: T201


async def _token(context: CommandContext, client: str | None, *, refresh: bool) -> str:
    from ..flows.handover import require_unexpired

    async with context.meta() as meta:
        connection = await meta.connection_to_read(
            client, pick=context.pick_client, refresh=refresh
        )
        require_unexpired(connection, meta.parts.now())
    return connection.token.value
