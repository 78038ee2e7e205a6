"""The Insights edge: a query in, pages of Meta's own rows out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from urllib.parse import quote

from ..graph.client import GraphClient
from ..graph.paging import pages
from ..models import AccessToken, Row, normal_ad_account_id
from .fields import ROAS
from .query import InsightsQuery
from .rows import DATES, columns

ROWS_A_PAGE = 500


def fetch_insights(
    graph: GraphClient,
    token: AccessToken,
    ad_account_id: str,
    query: InsightsQuery,
    *,
    extra_fields: Iterable[str] = (),
) -> AsyncGenerator[list[Row], None]:
    """
    Return an iterator over the pages that answer *query*, as Meta sent them.

    *extra_fields* are asked for along with the query's. No delivery in the
    range is one page without rows.
    https://developers.facebook.com/docs/marketing-api/insights
    """
    path = f"/{quote(normal_ad_account_id(ad_account_id), safe='')}/insights"
    return pages(graph, path, token, **insights_params(query, extra_fields))


def insights_params(
    query: InsightsQuery, extra_fields: Iterable[str] = ()
) -> dict[str, object]:
    """Return the parameters of the request, in Meta's names."""
    params: dict[str, object] = {
        "fields": ",".join(requested_fields(query, extra_fields)),
        "level": query.level.value,
        "time_increment": query.time_increment,
        "limit": ROWS_A_PAGE,
    }
    if query.time_range is None:
        return params | {"date_preset": query.date_preset}
    since, until = query.time_range.since, query.time_range.until
    days = {"since": since.isoformat(), "until": until.isoformat()}
    return params | {"time_range": days}


def requested_fields(
    query: InsightsQuery, extra_fields: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return what to ask for: Meta has no `roas`, and sends the dates anyway."""
    names = [name for name in columns(query) if name not in DATES]
    names += extra_fields
    meta_names = ("purchase_roas" if name == ROAS else name for name in names)
    return tuple(dict.fromkeys(meta_names))
