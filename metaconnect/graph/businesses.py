"""The ad accounts of the businesses that a person works in."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from msgspec.structs import replace

from ..errors import PermissionMissing
from ..models import AccessToken, AdAccount
from .accounts import PAGE, accounts_at, each_once
from .client import GraphClient
from .paging import pages

# Those that belong to the business, then those that others share with it.
# https://developers.facebook.com/docs/marketing-api/businessmanager
EDGES = ("owned_ad_accounts", "client_ad_accounts")


async def business_ad_accounts(
    graph: GraphClient, token: AccessToken
) -> tuple[AdAccount, ...]:
    """
    Return every ad account of the person's businesses, each once and with the
    business that owns it, else with the first that it is shared with.

    Needs business_management. The token may not be able to read some of them: that
    takes a role on the ad account itself.
    """
    found = await _businesses(graph, token)
    tasks = [
        asyncio.create_task(_edge(graph, token, business_id, name, edge))
        for edge in EDGES
        for business_id, name in found.items()
    ]
    try:
        listed = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return each_once(ad_account for several in listed for ad_account in several)


async def _businesses(graph: GraphClient, token: AccessToken) -> dict[str, str]:
    """Return the names of the person's businesses by id."""
    found: dict[str, str] = {}
    async for page in pages(
        graph, "/me/businesses", token, fields="id,name", limit=100
    ):
        found |= {str(row["id"]): str(row.get("name", "")) for row in page}
    return found


async def _edge(
    graph: GraphClient, token: AccessToken, business_id: str, name: str, edge: str
) -> list[AdAccount]:
    """Return the ad accounts of one edge; one that is refused has none."""
    path = f"/{quote(business_id, safe='')}/{edge}"
    try:
        ad_accounts = await accounts_at(graph, token, path, **PAGE)
    except PermissionMissing as error:
        graph.notice(f"{edge} of the business {name!r} were refused: {error}")
        return []
    return [replace(ad_account, business=name) for ad_account in ad_accounts]
