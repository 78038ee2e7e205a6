"""Who the token belongs to, and the ad accounts that it reaches."""

from __future__ import annotations

from typing import Any

from ..errors import ServiceUnavailable
from ..models import AccessToken, AdAccount, MetaUser, normal_ad_account_id
from .client import GraphClient
from .paging import pages

_FIELDS = "id,account_id,name,account_status,currency,timezone_name"


async def me(graph: GraphClient, token: AccessToken) -> MetaUser:
    """Return the person who logged in."""
    body = await graph.get("/me", token, fields="id,name")
    if not body.get("id"):
        raise ServiceUnavailable("Meta's answer does not say whose token it is.")
    return MetaUser(id=str(body["id"]), name=str(body.get("name") or ""))


async def list_ad_accounts(
    graph: GraphClient, token: AccessToken
) -> tuple[AdAccount, ...]:
    """
    Return every ad account of the person, in Meta's order, each once.

    https://developers.facebook.com/docs/graph-api/reference/user/adaccounts
    """
    found: dict[str, AdAccount] = {}
    async for page in pages(graph, "/me/adaccounts", token, fields=_FIELDS, limit=100):
        for row in page:
            if ad_account := ad_account_in(row):
                found.setdefault(ad_account.id, ad_account)
    return tuple(found.values())


def ad_account_in(row: dict[str, Any]) -> AdAccount | None:
    """Return the ad account that *row* describes, None if it has no id."""
    ad_account_id = row.get("id") or row.get("account_id")
    if not ad_account_id:
        return None
    return AdAccount(
        id=normal_ad_account_id(str(ad_account_id)),
        name=str(row.get("name") or ""),
        account_status=_status(row.get("account_status")),
        currency=row.get("currency") or None,
        timezone_name=row.get("timezone_name") or None,
    )


def _status(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
