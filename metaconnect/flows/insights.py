"""The insights flow: a stored connection and a query in, pages of rows out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace

from ..graph.client import GraphClient
from ..insights.fetch import fetch_insights
from ..insights.query import InsightsQuery
from ..models import Connection, Row, TimeRange


@dataclass(frozen=True, kw_only=True)
class InsightsRequest:
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


def insights_pages(
    request: InsightsRequest,
    *,
    graph: GraphClient,
    extra_fields: Iterable[str] = (),
    raw: bool = False,
) -> AsyncGenerator[list[Row], None]:
    """Return the rows a page at a time; *raw* leaves them as Meta sent them."""
    return fetch_insights(
        graph,
        request.connection.token,
        request.ad_account_id,
        request.dated_query,
        extra_fields=extra_fields,
        raw=raw,
    )
