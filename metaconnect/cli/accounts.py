"""`metaconnect accounts`: the ad accounts that a client's token reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .options import ClientOption, FormatOption, JsonOption

if TYPE_CHECKING:
    from ..models import AdAccount, Connection, Row
    from .context import CommandContext

app = typer.Typer(
    name="accounts",
    help="The ad accounts that a client's token reaches.",
    no_args_is_help=True,
    epilog="Example:  metaconnect accounts list",
)


@app.command(
    "list", epilog="Example:  metaconnect accounts list --client acme --format csv"
)
def list_(
    ctx: typer.Context,
    client: ClientOption = None,
    form: FormatOption = None,
    json: JsonOption = False,
) -> None:
    """List them; in the table the chosen one has a star."""
    import asyncio

    from .output import chosen_format, print_list

    chosen = chosen_format(form, json=json)
    connection, ad_accounts = asyncio.run(_reached(ctx.obj, client))
    print_list(
        [_row(connection, account) for account in ad_accounts],
        ("id", "name", "status", "currency", "timezone_name", "chosen"),
        chosen,
        marker="chosen",
        dim=lambda row: row["status"] not in ("active", "any active", "unknown"),
        empty="This login reaches no ad account.",
    )


@app.command(
    epilog="Examples:  metaconnect accounts use\n\n"
    "metaconnect accounts use act_101000000000000 --client acme"
)
def use(
    ctx: typer.Context,
    account: Annotated[
        str | None,
        typer.Argument(
            help="An id, a name, or 'first'. Without one, a terminal lets you pick."
        ),
    ] = None,
    client: ClientOption = None,
) -> None:
    """Choose the one that `insights` reads."""
    import asyncio

    asyncio.run(_use(ctx.obj, client, account))


async def _reached(
    context: CommandContext, client: str | None
) -> tuple[Connection, Sequence[AdAccount]]:
    async with context.meta() as meta:
        connection = await meta.connection(client, pick=context.pick_client)
        return connection, await meta.ad_accounts(connection.client_id)


async def _use(context: CommandContext, client: str | None, named: str | None) -> None:
    from ..output.text import one_line
    from .terminal import say

    async with context.meta() as meta:
        connection, account = await meta.use_ad_account(
            client,
            named,
            pick_client=context.pick_client,
            pick=context.pick_ad_account,
        )
    name = one_line(account.name)
    say(f"Client {connection.client_id!r} now uses {name} ({account.id}).")


def _row(connection: Connection, account: AdAccount) -> Row:
    return {
        "id": account.id,
        "name": account.name,
        "status": account.status,
        "currency": account.currency,
        "timezone_name": account.timezone_name,
        "chosen": account.id == connection.ad_account_id,
    }
