"""The insights command at work: the flow, and a format to write its rows in."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import UsageError
from ..flows.clients import connection_to_use
from ..flows.insights import ad_account_to_read, read_insights
from ..insights.fields import kind_of
from ..insights.query import InsightsQuery, insights_query
from ..insights.rows import columns
from ..insights.totals import totals
from ..models import Column
from ..output.base import Format, TableOptions, open_sink
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
                form = Format(reading.form)
                await _write(form, file, query, pages, raw=reading.raw)


def _with_currency(query: InsightsQuery) -> InsightsQuery:
    return replace(query, fields=(*query.fields, CURRENCY))


async def _write(
    form: Format, file: BinaryIO, query: InsightsQuery, pages: Pages, *, raw: bool
) -> None:
    names = columns(query)
    shown = [Column(name=name, kind=kind_of(name)) for name in names]
    first: list[dict[str, Any]] = await anext(pages, [])
    options = TableOptions(
        width=stdout_console().width if form is Format.table else None,
        currency=first[0].get(CURRENCY) if first else None,
        totals=lambda rows: totals(names, rows, {c.name: c.kind for c in shown}),
        notice=say,
        empty="No rows: nothing was delivered in this time.",
    )
    sink = open_sink(form, file, shown, table=options, raw=raw)
    sink.write(first)
    async for page in pages:
        sink.write(page)
    sink.close()
