"""
Meta's own row of the whole: the account level, in one row for all dates.

Below the account level Meta leaves deleted objects out, while the account has
their spend; and reach cannot be summed. One request answers both.
https://developers.facebook.com/docs/marketing-api/best-practices/storing_adobjects
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from ..constants import Level
from ..graph.client import GraphClient
from ..models import AccessToken, Row
from .fetch import Source
from .query import InsightsQuery
from .schema import columns
from .totals import unsummable

SPEND: Final = "spend"
# Filters that choose objects hold for the account's row too. Others, as
# `spend GREATER_THAN 50`, judge each row by itself: nothing can be compared.
_OF_OBJECTS: Final = frozenset(
    f"{level}.{name}"
    for level in ("campaign", "adset", "ad")
    for name in ("id", "name", "effective_status", "objective", "buying_type")
)


def total_query(query: InsightsQuery) -> InsightsQuery | None:
    """
    Return the query for the whole of *query* in one row.

    None where there is nothing to learn from it, or nothing that can be
    compared: with breakdowns, which leave spend out, filters of rows, or a limit.
    """
    if query.breakdowns or query.limit or not filters_objects(query):
        return None
    missing = unsummable(columns(query))
    if query.level is Level.account and (
        not missing or query.time_increment == "all_days"
    ):
        return None
    return replace(
        query,
        fields=(SPEND, *(name for name in missing if name != SPEND)),
        level=Level.account,
        time_increment="all_days",
        sort=(),
        order=(),
    )


async def fetch_account_total(
    graph: GraphClient,
    token: AccessToken,
    ad_account_id: str,
    query: InsightsQuery,
    *,
    timezone_name: str | None = None,
) -> Row | None:
    """Return the row of `total_query`, None where there is no such query or row."""
    whole = total_query(query)
    if whole is None:
        return None
    source = Source(graph, token, ad_account_id, whole, timezone_name=timezone_name)
    page = await source.page(whole)
    return page.rows[0] if page.rows else None


def spend_of_deleted(
    query: InsightsQuery, rows: Sequence[Row], whole: Row | None
) -> Decimal | None:
    """
    Return how much of the spend in *whole* belongs to objects without rows.

    None where that cannot be known, and where it is no more than the rounding
    of the rows. *rows* are all that answer *query*, `spend` among their keys.
    """
    spent = (whole or {}).get(SPEND)
    if query.level is Level.account or not isinstance(spent, Decimal):
        return None
    if total_query(query) is None or any(SPEND not in row for row in rows):
        return None
    parts = [row[SPEND] for row in rows if isinstance(row[SPEND], Decimal)]
    missing = spent - sum(parts, Decimal(0))
    return missing if missing > rounding([spent, *parts]) else None


def is_whole(query: InsightsQuery, rows: Sequence[Row], whole: Row | None) -> bool:
    """Return whether *whole* is the sum of *rows*, so that its reach is theirs."""
    if whole is None:
        return False
    return query.level is Level.account or spend_of_deleted(query, rows, whole) is None


def filters_objects(query: InsightsQuery) -> bool:
    return all(condition.field in _OF_OBJECTS for condition in query.filtering)


def rounding(numbers: Sequence[Decimal]) -> Decimal:
    """Return how far a sum may be off: each number by half of its last digit."""
    finest = min(int(number.as_tuple().exponent) for number in numbers)
    return len(numbers) * Decimal(1).scaleb(finest) / 2
