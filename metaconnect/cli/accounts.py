"""`metaconnect accounts`: the ad accounts that a client's token reaches."""

from typing import Annotated

import typer

from .options import ClientOption
from .report import report_as_json

app = typer.Typer(
    name="accounts",
    help="The ad accounts that a client's token reaches.",
    no_args_is_help=True,
)


@app.command("list")
def list_(
    ctx: typer.Context,
    client: ClientOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List them; the chosen one has a star."""
    import asyncio

    from .account_commands import show
    from .wiring import Wiring

    if json:
        report_as_json()
    asyncio.run(show(Wiring(ctx.obj), client, as_json=json))


@app.command()
def use(
    ctx: typer.Context,
    account: Annotated[
        str,
        typer.Argument(help="An id, a name or a part of it, or 'first'."),
    ],
    client: ClientOption = None,
) -> None:
    """Choose the one that `insights` reads."""
    import asyncio

    from .account_commands import choose
    from .wiring import Wiring

    asyncio.run(choose(Wiring(ctx.obj), client, account))
