"""`metaconnect clients`: the clients of the signed-in user."""

from enum import StrEnum
from typing import Annotated

import typer

from .report import report_as_json

app = typer.Typer(
    name="clients",
    help="The clients of the signed-in user.",
    no_args_is_help=True,
)


class Format(StrEnum):
    """How clients are printed."""

    table = "table"
    json = "json"


@app.command("list")
def list_(
    ctx: typer.Context,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Default: a table on a terminal, else JSON."),
    ] = None,
) -> None:
    """List the clients, and which are connected."""
    import sys

    from .client_commands import show
    from .wiring import Wiring

    chosen = form or (Format.table if sys.stdout.isatty() else Format.json)
    if chosen is Format.json:
        report_as_json(explicit=form is not None)
    show(Wiring(ctx.obj), as_json=chosen is Format.json)


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call the client.")],
) -> None:
    """Add a client of yours, and print its new id."""
    from .client_commands import add as add_client
    from .wiring import Wiring

    add_client(Wiring(ctx.obj), name)


@app.command()
def remove(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help="An id, or a name that only one has.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a client of yours, and its connection with it."""
    from .client_commands import remove as remove_client
    from .wiring import Wiring

    remove_client(Wiring(ctx.obj), client, sure=yes)
