"""The same flow for a Python program: no terminal, rows instead of text."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

from ..flows.insights import read_insights, require_chosen
from ..insights.query import insights_query
from ..models import normal_ad_account_id
from .options import GlobalOptions
from .wiring import Wiring


async def fetch(
    client_id: str,
    ad_account_id: str,
    *,
    any_account: bool,
    raw: bool,
    **asked: Any,
) -> list[dict[str, Any]]:
    """Return every row; see `metaconnect.fetch_meta_insights_async`."""
    query = insights_query(**asked)
    wiring = Wiring(GlobalOptions(no_input=True))
    # Stores are synchronous: the caller's event loop is not ours to block.
    connection = await asyncio.to_thread(lambda: wiring.store.get(client_id))
    if not any_account:
        require_chosen(connection, ad_account_id)
    async with wiring.graph() as graph:
        pages = read_insights(
            connection, normal_ad_account_id(ad_account_id), query, graph=graph, raw=raw
        )
        async with aclosing(pages):
            return [row async for page in pages for row in page]
