"""The insights command at work: the flow, and a format to write its rows in."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import UsageError
from ..flows.clients import connection_to_use
from ..flows.insights import ad_account_to_read, read_insights
from ..insights.query import InsightsQuery, insights_query
from ..insights.schema import column_names, columns
from ..output.json import json_array, ndjson
from .output import opened, stdout_console
from .terminal import say
from .wiring import Wiring

Pages = AsyncGenerator[list[dict[str, Any]], None]
CURRENCY = "account_currency"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The options of `metaconnect insights`."""

    form: str
    client: str | None = None
    account: str | None = None
    preset: str | None = None
    since: str | None = None
    until: str | None = None
    level: str = "account"
    increment: str = "1"
    fields: str | None = None
    raw: bool = False
    output: Path | None = None


async def read(wiring: Wiring, reading: Reading) -> None:
    """Print the rows that *reading* asks for."""
    query = insights_query(
        date_preset=reading.preset,
        since=reading.since,
        until=reading.until,
        level=reading.level,
        time_increment=reading.increment,
        fields=reading.fields,
    )
    if reading.raw and reading.form not in ("json", "ndjson"):
        raise UsageError("--raw is JSON: give --format json or ndjson.")
    named = reading.client or wiring.settings.client
    connection = connection_to_use(named, wiring.store, wiring.client_picker)
    async with wiring.graph() as graph:
        ad_account = await ad_account_to_read(reading.account, connection, graph)
        # The table's headings say the currency; the other formats have only
        # what was asked for.
        asked = _with_currency(query) if reading.form == "table" else query
        pages = read_insights(
            connection, ad_account, asked, graph=graph, raw=reading.raw
        )
        async with aclosing(pages):
            with opened(reading.output) as file:
                await WRITERS[reading.form](file, query, pages)


def _with_currency(query: InsightsQuery) -> InsightsQuery:
    return replace(query, fields=(*query.fields, CURRENCY))


async def _write_table(file: BinaryIO, query: InsightsQuery, pages: Pages) -> None:
    from ..output.table import insights_table

    rows = [row async for page in pages for row in page]
    if not rows:
        say("No rows: nothing was delivered in this time.")
        return
    names = column_names(query)
    table = insights_table(
        names,
        rows,
        currency=rows[0][CURRENCY],
        kinds={column.name: column.kind for column in columns(query)},
    )
    text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
    stdout_console(text).print(table)
    text.detach()


async def _write_json(file: BinaryIO, _query: InsightsQuery, pages: Pages) -> None:
    file.write(json_array([row async for page in pages for row in page]))


async def _write_ndjson(file: BinaryIO, _query: InsightsQuery, pages: Pages) -> None:
    async for page in pages:
        file.write(ndjson(page))
        file.flush()


async def _write_csv(file: BinaryIO, query: InsightsQuery, pages: Pages) -> None:
    from ..output.csv import csv_header, csv_rows

    names = column_names(query)
    file.write(csv_header(names))
    async for page in pages:
        file.write(csv_rows(names, page))
        file.flush()


WRITERS: Mapping[str, Callable[[BinaryIO, InsightsQuery, Pages], Awaitable[None]]] = {
    "table": _write_table,
    "json": _write_json,
    "ndjson": _write_ndjson,
    "csv": _write_csv,
}
