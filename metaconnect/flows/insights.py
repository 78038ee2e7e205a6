"""The insights flow: a stored connection and a query in, pages of rows out."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ..errors import AdAccountNotFound, UsageError
from ..graph.accounts import list_ad_accounts
from ..graph.client import GraphClient
from ..insights.fetch import fetch_insights
from ..insights.query import InsightsQuery
from ..models import Connection, Row, normal_ad_account_id
from ..redact import command
from .accounts import named_ad_account


def require_chosen(connection: Connection, ad_account_id: str) -> str:
    """
    Return *ad_account_id* with its ``act_`` if it is the client's chosen one.

    Raises AdAccountNotFound where the two do not belong together: the
    dashboard looks a token up by both, and so do we.
    """
    wanted = normal_ad_account_id(ad_account_id)
    if connection.ad_account_id == wanted:
        return wanted
    chosen = connection.ad_account_id or "none chosen yet"
    raise AdAccountNotFound(
        f"{wanted} is not the ad account of client {connection.client_id!r} "
        f"({chosen}).",
        hint="Choose it with:  "
        + command(f"accounts use {wanted}", connection.client_id),
    )


async def ad_account_to_read(
    named: str | None, connection: Connection, graph: GraphClient
) -> str:
    """
    Return the id of the ad account *named*, else of the client's chosen one.

    An id is taken at its word; a name is looked up. Raises AdAccountNotFound,
    and UsageError where none was named and none chosen.
    """
    if named is None:
        if connection.ad_account_id:
            return connection.ad_account_id
        raise UsageError(
            f"Client {connection.client_id!r} has no ad account chosen yet.",
            hint="Choose one:  "
            + command("accounts use ACCOUNT", connection.client_id),
        )
    if named.removeprefix("act_").isdecimal():
        return normal_ad_account_id(named)
    return named_ad_account(named, await list_ad_accounts(graph, connection.token)).id


def read_insights(
    connection: Connection,
    ad_account_id: str,
    query: InsightsQuery,
    *,
    graph: GraphClient,
    raw: bool = False,
) -> AsyncGenerator[list[Row], None]:
    """Return the rows, a page at a time; *raw* leaves them as Meta sent them."""
    return fetch_insights(graph, connection.token, ad_account_id, query, raw=raw)
