"""The insights flow: a stored connection and a query in, pages of rows out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from ..errors import MetaconnectError
from ..graph.accounts import get_ad_account
from ..graph.client import GraphClient
from ..graph.gate import IN_FLIGHT
from ..insights.account_total import fetch_account_total, is_whole, spend_of_deleted
from ..insights.caption import Facts, facts, table_fields
from ..insights.fetch import Source
from ..insights.progress import ReadProgress
from ..insights.query import InsightsQuery
from ..insights.reading import ReportRuns, open_rows
from ..insights.rows import Problems
from ..insights.schema import table_columns, table_query
from ..insights.totals import totals
from ..models import AdAccount, Column, Connection, Row, TimeRange
from .clients import naming


class InsightsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """
    The unit of work: whose token, which ad account, what is asked, and for which
    days. A `window` takes the place of the query's own dates.
    """

    connection: Connection
    ad_account_id: str
    query: InsightsQuery
    window: TimeRange | None = None

    @property
    def dated_query(self) -> InsightsQuery:
        """The query for the days of the window."""
        if self.window is None:
            return self.query
        return replace(self.query, time_range=self.window)

    @property
    def timezone_name(self) -> str | None:
        """The ad account's, where the connection knows it."""
        return self.connection.timezone_name if self._is_chosen else None

    @property
    def ad_account_name(self) -> str | None:
        """The ad account's, where the connection knows it."""
        return self.connection.ad_account_name if self._is_chosen else None

    @property
    def currency(self) -> str | None:
        """The ad account's, where the connection knows it."""
        return self.connection.currency if self._is_chosen else None

    @property
    def _is_chosen(self) -> bool:
        return self.ad_account_id == self.connection.ad_account_id


class InsightsReport(msgspec.Struct, frozen=True, kw_only=True):
    """
    All rows of a request, with what a table of them needs.

    `totals` has a value for each column, None where there is none that is true.
    `spend_of_deleted` is what deleted objects spent, which have no rows below the
    account level; None where that is nothing, or not known. `ad_account` has what
    the connection knows of it, else what Meta says.
    """

    request: InsightsRequest
    ad_account: AdAccount
    columns: tuple[Column, ...]
    rows: list[Row]
    totals: Row
    facts: Facts
    spend_of_deleted: Decimal | None


@asynccontextmanager
async def reading(
    request: InsightsRequest,
    *,
    graph: GraphClient,
    extra_fields: Iterable[str] = (),
    raw: bool = False,
    report_runs: ReportRuns = "auto",
    at_once: int = IN_FLIGHT,
    problems: Problems | None = None,
    progress: ReadProgress | None = None,
) -> AsyncIterator[AsyncIterator[list[Row]]]:
    """
    Yield the rows of *request*, some at a time; *raw* leaves them as Meta sent them.

    *problems* is told of each field with a value that cannot be read, once, and
    *progress* of what has come. The block owns what is under way: leaving it stops
    every request. For *report_runs* and *at_once* see `insights.reading.open_rows`.
    """
    seen = progress or ReadProgress()
    source = Source(
        graph,
        request.connection.token,
        request.ad_account_id,
        request.dated_query,
        extra_fields=extra_fields,
        raw=raw,
        timezone_name=request.timezone_name,
        problems=problems,
        waiting=seen.wait,
    )
    opened = open_rows(source, report_runs=report_runs, at_once=at_once, progress=seen)

    async def pages(rows: AsyncIterator[list[Row]]) -> AsyncIterator[list[Row]]:
        with naming(request.connection.client_id):
            async for page in rows:
                seen.rows += len(page)
                yield page

    async with opened as rows:
        yield pages(rows)


async def missing_spend(
    request: InsightsRequest, rows: Sequence[Row], *, graph: GraphClient
) -> Decimal | None:
    """
    Return what objects without *rows* spent: below the account level Meta leaves
    deleted ones out. None where that is nothing, or cannot be compared.
    """
    whole = await account_total(request, graph=graph)
    return spend_of_deleted(request.dated_query, rows, whole)


async def account_total(request: InsightsRequest, *, graph: GraphClient) -> Row | None:
    """
    Return Meta's own row of the whole, None where there is none to ask for.

    It only adds to what the rows say, so that its failure is no error.
    """
    try:
        return await fetch_account_total(
            graph,
            request.connection.token,
            request.ad_account_id,
            request.dated_query,
            timezone_name=request.timezone_name,
        )
    except MetaconnectError:
        return None


async def ad_account_of(request: InsightsRequest, *, graph: GraphClient) -> AdAccount:
    """
    Return the ad account, with its name, currency and time zone.

    Meta is asked where the connection does not know them; a failure leaves them
    out, as in `account_total`.
    """
    known = AdAccount(
        id=request.ad_account_id,
        name=request.ad_account_name or "",
        currency=request.currency,
        timezone_name=request.timezone_name,
    )
    if known.timezone_name:
        return known
    try:
        return await get_ad_account(graph, request.connection.token, known.id)
    except MetaconnectError:
        return known


async def insights_report(
    request: InsightsRequest,
    *,
    graph: GraphClient,
    now: datetime,
    report_runs: ReportRuns = "auto",
    at_once: int = IN_FLIGHT,
    problems: Problems | None = None,
    progress: ReadProgress | None = None,
) -> InsightsReport:
    """Read all rows of *request*, as a terminal shows them: see `table_query`."""
    request = replace(request, query=table_query(request.query))
    opened = reading(
        request,
        graph=graph,
        extra_fields=table_fields(request.dated_query),
        report_runs=report_runs,
        at_once=at_once,
        problems=problems,
        progress=progress,
    )
    beside = asyncio.gather(
        account_total(request, graph=graph), ad_account_of(request, graph=graph)
    )
    try:
        async with opened as pages:
            rows = [row async for page in pages for row in page]
        whole, ad_account = await beside
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
    return _report(request, ad_account, rows, whole, now)


def _report(
    request: InsightsRequest,
    ad_account: AdAccount,
    rows: list[Row],
    whole: Row | None,
    now: datetime,
) -> InsightsReport:
    query = request.dated_query
    known = facts(
        query,
        rows,
        timezone_name=ad_account.timezone_name,
        currency=ad_account.currency,
        now=now,
    )
    columns = table_columns(query, rows, currency=known.currency)
    kept = whole if is_whole(query, rows, whole) else None
    return InsightsReport(
        request=request,
        ad_account=ad_account,
        columns=columns,
        rows=rows,
        totals=totals(columns, rows, whole=kept) if rows else {},
        facts=known,
        spend_of_deleted=spend_of_deleted(query, rows, whole),
    )
