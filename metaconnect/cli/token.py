"""`metaconnect token`: a client's access token, for another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import ClientOption

if TYPE_CHECKING:
    from .context import CommandContext

EXAMPLE = "Example:  TOKEN=$(metaconnect token --client acme)"


def token(
    ctx: typer.Context,
    client: ClientOption = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print it on a terminal too.")
    ] = False,
) -> None:
    """
    Print the access token and nothing else.

    It fails with exit code 4 where the token has expired. For a program that
    takes its token from the environment, exec is safer: nothing is printed.
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
    print(asyncio.run(_token(ctx.obj, client)))  # noqa: T201


async def _token(context: CommandContext, client: str | None) -> str:
    from ..flows.handover import require_unexpired

    async with context.meta() as meta:
        connection = await meta.connection(client, pick=context.pick_client)
        require_unexpired(connection, meta.parts.now())
    return connection.token.value
