"""The insights flow: a stored connection and a query in, pages of rows out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from ..errors import MetaconnectError, UsageError
from ..graph.accounts import get_ad_account
from ..graph.client import GraphClient
from ..graph.gate import IN_FLIGHT
from ..insights.fetch import Source
from ..insights.progress import ReadProgress
from ..insights.query import InsightsQuery
from ..insights.reading import ReportRuns, open_rows
from ..insights.rows import Problems
from ..models import AdAccount, Connection, Row, TimeRange
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
    Raises UsageError where *raw* rows would have to be sorted here.
    """
    seen = progress or ReadProgress()
    client_id = request.connection.client_id
    with naming(client_id):
        request = await with_dates(request, graph=graph, now=datetime.now(UTC))
    query = request.dated_query
    if raw and query.order:
        raise UsageError(f"Raw rows cannot be sorted by {query.order[0].column}.")
    hidden: tuple[str, ...] = ()
    if query.order:
        from ..insights.sorting import order_fields

        hidden = order_fields(query)
    source = Source(
        graph,
        request.connection.token,
        request.ad_account_id,
        query,
        extra_fields=(*extra_fields, *hidden),
        raw=raw,
        timezone_name=request.timezone_name,
        problems=problems,
        waiting=seen.wait,
    )
    opened = open_rows(source, report_runs=report_runs, at_once=at_once, progress=seen)

    async def pages(rows: AsyncIterator[list[Row]]) -> AsyncIterator[list[Row]]:
        with naming(client_id):
            async for page in rows:
                seen.rows += len(page)
                yield page

    async with opened as rows:
        if query.order:
            from .shaping import shaped

            async with aclosing(shaped(pages(rows), query, hidden=hidden)) as found:
                yield found
        else:
            yield pages(rows)


async def with_dates(
    request: InsightsRequest, *, graph: GraphClient, now: datetime
) -> InsightsRequest:
    """
    Return *request* for concrete days, where its query has others than a preset.

    Raises UsageError where they cannot be known, or Meta has nothing of them.
    """
    query, zone = request.dated_query, request.timezone_name
    if query.time_range is None and query.relative is None:
        return request
    from ..insights.dates import dated

    if query.relative and query.time_range is None and not zone:
        zone = (await ad_account_of(request, graph=graph)).timezone_name
    return replace(request, query=dated(query, zone, now), window=None)


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
