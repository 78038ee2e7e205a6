"""The person, their permissions and their ad accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .auth import caller, require_ads
from .faults import Fault, GraphResponse
from .fields import NAMES, asked_fields, page, selected
from .state import USER, Sandbox, Token

USER_FIELDS = ("id", "name", "first_name", "last_name", "email", "client_business_id")
BUSINESS = ("business", "owner", "owner_business", "viewable_business")


async def me(request: Request) -> Response:
    """GET /me: the person, by default id and name."""
    caller(request, at_me=True)
    fields = asked_fields(request.scope["params"].get("fields") or "id,name")
    body = selected(USER, {**fields, "id": ""}, names=USER_FIELDS, node="User")
    return GraphResponse(body)


async def permissions(request: Request) -> Response:
    """GET /me/permissions: granted and declined."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request, at_me=True)
    known = sandbox.permissions
    if token.kind != "USER":
        known = dict.fromkeys(token.scopes, "granted")
    rows = [{"permission": p, "status": status} for p, status in known.items()]
    return GraphResponse({"data": rows})


async def delete_permissions(request: Request) -> Response:
    """DELETE /me/permissions: the app is removed, every token of it dies."""
    sandbox: Sandbox = request.app.state.sandbox
    caller(request, at_me=True)
    for token in sandbox.tokens.values():
        if token.kind == "USER" and token.app_id == sandbox.app_id:
            token.dead = token.dead or "458"
    sandbox.permissions.clear()
    return GraphResponse({"success": True})


async def delete_permission(request: Request) -> Response:
    """DELETE /me/permissions/{permission}: that one is declined from now on."""
    sandbox: Sandbox = request.app.state.sandbox
    caller(request, at_me=True)
    name = request.path_params["permission"]
    if name == "public_profile" or name not in sandbox.permissions:
        raise Fault("100")
    sandbox.permissions[name] = "declined"
    return GraphResponse({"success": True})


async def ad_accounts(request: Request) -> Response:
    """GET /me/adaccounts: 25 a page; by default only the ids."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request, at_me=True)
    require_ads(token, sandbox, "200/ads")
    fields = _account_fields(request, token)
    body = page(request, accounts.reached(sandbox))
    body["data"] = [_account(each, fields, sandbox) for each in body["data"]]
    return GraphResponse(body)


async def ad_account(request: Request) -> Response:
    """GET /act_…: one ad account."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    account = accounts.find(request.path_params["object_id"], sandbox)
    require_ads(token, sandbox, "200")
    return GraphResponse(_account(account, _account_fields(request, token), sandbox))


def _account_fields(request: Request, token: Token) -> dict[str, str]:
    sandbox: Sandbox = request.app.state.sandbox
    fields = asked_fields(request.scope["params"].get("fields") or "account_id,id")
    missing = "business_management" not in sandbox.scopes_of(token)
    if missing and any(name in fields for name in BUSINESS):
        raise Fault("200/business")
    return {**fields, "id": ""}


def _account(
    account: accounts.Account, fields: Mapping[str, str], sandbox: Sandbox
) -> dict[str, Any]:
    known = accounts.described(account, sandbox)
    return selected(known, fields, names=NAMES["ad_account"], node="AdAccount")
