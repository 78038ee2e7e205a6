"""Who the token belongs to, and the ad accounts that it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from ..errors import InvalidRequest, ServiceUnavailable
from ..models import AccessToken, AdAccount, MetaUser, Row, normal_ad_account_id
from .client import GraphClient
from .paging import pages

_FIELDS = "id,account_id,name,account_status,currency,timezone_name"
PAGE: dict[str, object] = {"fields": _FIELDS, "limit": 100}


async def me(graph: GraphClient, token: AccessToken) -> MetaUser:
    """Return the person, or the system user, whose token it is."""
    body = await graph.get("/me", token, fields="id,name")
    user_id = _text(body.get("id"))
    if user_id is None:
        raise ServiceUnavailable("Meta's answer does not say whose token it is.")
    return MetaUser(id=user_id, name=_text(body.get("name")) or "")


async def get_ad_account(
    graph: GraphClient, token: AccessToken, ad_account_id: str
) -> AdAccount:
    """Return one ad account with its name, status, currency and time zone."""
    path = f"/{quote(normal_ad_account_id(ad_account_id), safe='')}"
    ad_account = ad_account_in(await graph.get(path, token, fields=_FIELDS))
    if ad_account is None:
        raise ServiceUnavailable("Meta's answer does not describe the ad account.")
    return ad_account


async def list_ad_accounts(
    graph: GraphClient,
    token: AccessToken,
    *,
    system_user: bool = False,
    user_id: str | None = None,
) -> tuple[AdAccount, ...]:
    """
    Return every ad account that the token reaches, in Meta's order, each once.

    For a system user they are those assigned to it: `/me/adaccounts` can also
    show ad accounts of earlier grants. *user_id* is whose token it is.
    https://developers.facebook.com/docs/graph-api/reference/user/adaccounts
    """
    if system_user:
        assigned = await _assigned(graph, token, user_id)
        if assigned is not None:
            return assigned
    return await accounts_at(graph, token, "/me/adaccounts", **PAGE)


async def _assigned(
    graph: GraphClient, token: AccessToken, user_id: str | None
) -> tuple[AdAccount, ...] | None:
    """Return the assigned ad accounts, None where there is no such edge."""
    path = f"/{quote(user_id or 'me', safe='')}/assigned_ad_accounts"
    try:
        return await accounts_at(graph, token, path, **PAGE)
    except InvalidRequest:
        # The edge may not exist, or may refuse `fields` and `limit` only.
        pass
    try:
        bare = await accounts_at(graph, token, path)
    except InvalidRequest:
        return None
    described = {
        a.id: a for a in await accounts_at(graph, token, "/me/adaccounts", **PAGE)
    }
    return tuple(described.get(a.id, a) for a in bare)


async def accounts_at(
    graph: GraphClient, token: AccessToken, path: str, **params: object
) -> tuple[AdAccount, ...]:
    """Return the ad accounts of all pages of the edge at *path*."""
    rows: list[Row] = []
    async for page in pages(graph, path, token, **params):
        rows += page
    return each_once(ad_account_in(row) for row in rows)


def each_once(ad_accounts: Iterable[AdAccount | None]) -> tuple[AdAccount, ...]:
    """Return *ad_accounts* without those that came before."""
    found: dict[str, AdAccount] = {}
    for ad_account in ad_accounts:
        if ad_account is not None:
            found.setdefault(ad_account.id, ad_account)
    return tuple(found.values())


def ad_account_in(row: dict[str, Any]) -> AdAccount | None:
    """Return the ad account that *row* describes, None if it has no id."""
    ad_account_id = _text(row.get("id")) or _text(row.get("account_id"))
    if ad_account_id is None:
        return None
    return AdAccount(
        id=normal_ad_account_id(ad_account_id),
        name=_text(row.get("name")) or "",
        account_status=_status(row.get("account_status")),
        currency=_word(row.get("currency")),
        timezone_name=_word(row.get("timezone_name")),
    )


def _text(value: object) -> str | None:
    """Return an id or a name, which may come as a number."""
    return str(value) or None if type(value) in (str, int) else None


def _word(value: object) -> str | None:
    return value or None if isinstance(value, str) else None


def _status(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
