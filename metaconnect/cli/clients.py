"""`metaconnect clients`: whom connections belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import FormatOption, JsonOption

if TYPE_CHECKING:
    from ..models import Client, Connection, Row
    from .context import CommandContext

app = typer.Typer(
    name="clients",
    help="Whom connections belong to.",
    no_args_is_help=True,
    epilog="Example:  metaconnect clients list",
)


@app.command("list", epilog="Example:  metaconnect clients list --json | jq '.[].id'")
def list_(
    ctx: typer.Context, form: FormatOption = None, json: JsonOption = False
) -> None:
    """List the clients; in the table a connected one has a star."""
    import asyncio

    from .output import chosen_format, print_list

    chosen = chosen_format(form, json=json)
    print_list(
        asyncio.run(_rows(ctx.obj)),
        ("id", "name", "connected", "ad_account_id"),
        chosen,
        marker="connected",
        empty="No clients yet. Connect one:  metaconnect connect",
    )


@app.command(epilog='Example:  metaconnect clients add "Acme Outdoor"')
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call the client.")],
) -> None:
    """Add a client of yours to the Supabase project, and print its new id."""
    import asyncio

    asyncio.run(_add(ctx.obj, name.strip()))


@app.command(epilog="Example:  metaconnect clients remove acme --yes")
def remove(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help="An id, or a name that only one has.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a client of yours from the project, and its connection with it."""
    import asyncio

    asyncio.run(_remove(ctx.obj, client, sure=yes))


async def _rows(context: CommandContext) -> list[Row]:
    async with context.meta() as meta:
        clients = await meta.clients()
        by_client = {c.client_id: c for c in await meta.connections()}
    return [_row(client, by_client.get(client.id)) for client in clients]


def _row(client: Client, connection: Connection | None) -> Row:
    return {
        "id": client.id,
        "name": client.name,
        "connected": connection is not None,
        "ad_account_id": connection.ad_account_id if connection else None,
    }


async def _add(context: CommandContext, name: str) -> None:
    from ..flows.threads import in_thread
    from ..redact import command
    from .terminal import say

    async with context.meta() as meta:
        client = await in_thread(meta.parts.client_admin.add_client, name)
    say(f"Added client {client.name!r}. Next:  {command('connect', client.id)}")
    print(client.id)  # noqa: T201


async def _remove(context: CommandContext, named: str, *, sure: bool) -> None:
    from ..flows.threads import in_thread
    from .terminal import say

    async with context.meta() as meta:
        admin = meta.parts.client_admin
        client = await in_thread(admin.named, named)
        connected = any(c.client_id == client.id for c in await meta.connections())
        if not sure:
            _ask_before_removing(context, client, connected=connected)
        await in_thread(admin.remove_client, client.id)
    if not connected:
        say(f"Removed client {client.name!r} ({client.id}).")
        return
    say(f"Removed client {client.name!r} ({client.id}) and its connection.")
    say("Its token is still good at Meta until it expires.")


def _ask_before_removing(
    context: CommandContext, client: Client, *, connected: bool
) -> None:
    from ..errors import UsageError
    from ..redact import command
    from .prompts import confirm
    from .terminal import say

    context.require_interactive("--yes")
    if connected:
        first = command("disconnect", client.id)
        say(f"Its token stays good at Meta. To revoke it first:  {first}")
    and_more = " and its connection" if connected else ""
    if not confirm(f"Remove client {client.name!r}{and_more}?"):
        raise UsageError("Nothing was removed.", hint="")
