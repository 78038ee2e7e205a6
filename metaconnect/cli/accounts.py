"""`metaconnect accounts`: the ad accounts that a client's token reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .options import ClientOption, FormatOption, JsonOption

if TYPE_CHECKING:
    from ..models import AdAccount, Connection, Row
    from .context import CommandContext

# The last ones leave first where a terminal is narrow.
FIRST = ("id", "name", "status")
REST = ("used_by", "currency", "timezone_name", "chosen")
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
    businesses: Annotated[
        bool,
        typer.Option(
            "--businesses",
            help="Those that the person's businesses own or were given, also "
            "where the person has no role on them.",
        ),
    ] = False,
) -> None:
    """
    List them; in the table the chosen one has a star.

    used_by names the clients whose chosen ad account it is.
    """
    import asyncio

    from .output import chosen_format, print_list

    chosen = chosen_format(form, json=json)
    rows = asyncio.run(_rows(ctx.obj, client, businesses=businesses))
    print_list(
        rows,
        (*FIRST, "business", *REST) if businesses else FIRST + REST,
        chosen,
        marker="chosen",
        dim=lambda row: row["status"] not in ("active", "any active", "unknown"),
        empty="The businesses of this login have no ad account."
        if businesses
        else "This login reaches no ad account.",
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


async def _rows(
    context: CommandContext, client: str | None, *, businesses: bool
) -> list[Row]:
    async with context.meta() as meta:
        connection = await meta.connection(client, pick=context.pick_client)
        ad_accounts = await meta.ad_accounts(
            connection.client_id, businesses=businesses
        )
        used_by = _used_by(await meta.connections())
    return [
        _row(account, connection, used_by.get(account.id, ()), businesses=businesses)
        for account in ad_accounts
    ]


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


def _used_by(connections: Sequence[Connection]) -> dict[str | None, list[str]]:
    """Return the clients that have chosen an ad account, by its id."""
    used_by: dict[str | None, list[str]] = {}
    for connection in connections:
        used_by.setdefault(connection.ad_account_id, []).append(connection.client_id)
    return used_by


def _row(
    account: AdAccount,
    connection: Connection,
    used_by: Sequence[str],
    *,
    businesses: bool,
) -> Row:
    return {
        "id": account.id,
        "name": account.name,
        "status": account.status,
        **({"business": account.business} if businesses else {}),
        "used_by": sorted(used_by),
        "currency": account.currency,
        "timezone_name": account.timezone_name,
        "chosen": account.id == connection.ad_account_id,
    }
