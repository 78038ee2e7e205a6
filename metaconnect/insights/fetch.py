"""The Insights edge of an ad account: a query in, pages of rows out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from datetime import UTC, datetime
from urllib.parse import quote

from ..errors import InvalidRequest, TooMuchData
from ..graph.client import GraphClient
from ..graph.paging import pages
from ..models import AccessToken, Row, normal_ad_account_id
from .query import InsightsQuery
from .rows import Problems, ignore, row_reader
from .schema import TIMEZONE, column_names, requested_fields, requested_windows

ROWS_A_PAGE = 500


async def fetch_insights(
    graph: GraphClient,
    token: AccessToken,
    ad_account_id: str,
    query: InsightsQuery,
    *,
    extra_fields: Iterable[str] = (),
    raw: bool = False,
    timezone_name: str | None = None,
    problems: Problems | None = None,
) -> AsyncGenerator[list[Row], None]:
    """
    Yield the pages that answer *query*: rows in normal form, or *raw* as Meta's.

    *extra_fields* are asked for along with the query's and come last in a row.
    *timezone_name* is the ad account's, looked up where the query wants it and
    it is not given. No delivery in the range is one page without rows.
    https://developers.facebook.com/docs/marketing-api/insights
    """
    extra = tuple(extra_fields)
    path = account_path(ad_account_id)
    if not raw and timezone_name is None and TIMEZONE in column_names(query):
        timezone_name = await _timezone(graph, token, path)
    if query.relative is not None and query.time_range is None:
        zone = timezone_name or await _timezone(graph, token, path)
        query = _dated(query, zone)
    read_row = row_reader(
        query, extra, timezone_name=timezone_name, problems=problems or ignore
    )
    try:
        async with aclosing(_pages(graph, token, path, query, extra)) as found:
            async for page in found:
                yield page if raw else [read_row(row) for row in page]
    except InvalidRequest as error:
        from .hints import hint_for

        error.hint = hint_for(str(error), query, error.subcode) or error.hint
        raise


async def _pages(
    graph: GraphClient,
    token: AccessToken,
    path: str,
    query: InsightsQuery,
    extra_fields: tuple[str, ...],
) -> AsyncGenerator[list[Row], None]:
    """Yield Meta's pages; a query that is too large is asked in two halves."""
    params = insights_params(query, extra_fields)
    begun = False
    parts: tuple[InsightsQuery, ...] = ()
    try:
        async with aclosing(pages(graph, f"{path}/insights", token, **params)) as found:
            async for page in found:
                begun = True
                yield page
    except TooMuchData:
        # Once rows are out, another order would repeat some and lose others.
        parts = () if begun else await _halves(graph, token, path, query)
        if not parts:
            raise
    for part in parts:
        async with aclosing(_pages(graph, token, path, part, extra_fields)) as found:
            async for page in found:
                yield page


def _dated(query: InsightsQuery, zone: str | None) -> InsightsQuery:
    from .dates import dated

    return dated(query, zone, datetime.now(UTC))


async def _halves(
    graph: GraphClient, token: AccessToken, path: str, query: InsightsQuery
) -> tuple[InsightsQuery, ...]:
    from .dates import date_range
    from .halves import halves

    zone = None if query.time_range else await _timezone(graph, token, path)
    now = datetime.now(UTC)
    return halves(query, date_range(query, timezone_name=zone, now=now))


def account_path(ad_account_id: str) -> str:
    """Return the path of an ad account, whatever its id may hold."""
    return f"/{quote(normal_ad_account_id(ad_account_id), safe='')}"


async def _timezone(graph: GraphClient, token: AccessToken, path: str) -> str | None:
    name = (await graph.get(path, token, fields=TIMEZONE)).get(TIMEZONE)
    return name if isinstance(name, str) else None


def insights_params(
    query: InsightsQuery, extra_fields: Iterable[str] = ()
) -> dict[str, object]:
    """Return the parameters of the request, in Meta's names."""
    extra = tuple(extra_fields)
    lists: dict[str, object] = {
        "breakdowns": query.breakdowns,
        "action_breakdowns": query.action_breakdowns,
        "action_attribution_windows": requested_windows(query, extra),
        "filtering": [condition.as_param() for condition in query.filtering],
        "sort": query.sort,
    }
    return {
        "fields": ",".join(requested_fields(query, extra)),
        "level": query.level.value,
        "time_increment": query.time_increment,
        **_dates(query),
        **{name: value for name, value in lists.items() if value},
        "limit": ROWS_A_PAGE,
    }


def _dates(query: InsightsQuery) -> dict[str, object]:
    if query.time_range is None:
        return {"date_preset": query.date_preset}
    since, until = query.time_range.since, query.time_range.until
    return {"time_range": {"since": since.isoformat(), "until": until.isoformat()}}
