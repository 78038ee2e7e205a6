"""All rows of a request, and what a table needs beside them: totals and facts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from ..errors import MetaconnectError
from ..graph.client import GraphClient
from ..graph.gate import IN_FLIGHT
from ..insights.account_total import fetch_account_total, is_whole, spend_of_deleted
from ..insights.caption import Facts, facts, table_fields
from ..insights.progress import ReadProgress
from ..insights.reading import ReportRuns
from ..insights.rows import Problems
from ..insights.schema import table_columns, table_query
from ..insights.totals import totals
from ..models import AdAccount, Column, Row
from .insights import InsightsRequest, ad_account_of, reading, with_dates


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


async def insights_report(
    request: InsightsRequest,
    *,
    graph: GraphClient,
    now: datetime,
    for_terminal: bool = True,
    report_runs: ReportRuns = "auto",
    at_once: int = IN_FLIGHT,
    problems: Problems | None = None,
    progress: ReadProgress | None = None,
) -> InsightsReport:
    """
    Read all rows of *request*; a terminal shows other columns (see `table_query`).
    """
    request = await with_dates(request, graph=graph, now=now)
    if for_terminal:
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
        request = await with_dates(request, graph=graph, now=datetime.now(UTC))
        return await fetch_account_total(
            graph,
            request.connection.token,
            request.ad_account_id,
            request.dated_query,
            timezone_name=request.timezone_name,
        )
    except MetaconnectError:
        return None
