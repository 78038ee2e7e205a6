"""`metaconnect query`: SQL in, rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import FormatOption, JsonOption

if TYPE_CHECKING:
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect query "select * from meta_insights where report = 'account'"

metaconnect query "from meta_insights_changes" --from insights.duckdb --format csv"""


def query(
    ctx: typer.Context,
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One statement that only reads.")
    ],
    place: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PLACE",
            help="A DuckDB file, or postgresql://…. Default: METACONNECT_SYNC_TO.",
        ),
    ] = None,
    form: FormatOption = None,
    json: JsonOption = False,
) -> None:
    """
    Ask a synced table in SQL, and print the answer.

    Nothing can be written: the file is opened, and the transaction begun, for reading.
    """
    from ..output.base import TableOptions, open_sink
    from ..warehouse.reading import answer
    from .output import chosen_format, colors, opened, table_width
    from .terminal import say

    chosen = chosen_format(form, json=json)
    found = answer(_place(place, ctx.obj), sql)
    table = TableOptions(
        width=table_width(), color=colors(), notice=say, empty="No rows."
    )
    with opened(None) as file:
        sink = open_sink(chosen, file, found.columns, table=table)
        sink.write(found.rows)
        sink.close()


def _place(given: str | None, context: CommandContext) -> str:
    from ..errors import UsageError

    place = context.settings.sync_to if given is None else given
    if not place or not place.strip():
        raise UsageError(
            "Where from?",
            hint="Name a place with --from, or set METACONNECT_SYNC_TO.",
        )
    return place.strip()
