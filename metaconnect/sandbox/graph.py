"""/me, its permissions and ad accounts, and the ad account itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .auth import caller, require_ads
from .faults import Fault, GraphResponse
from .fields import NAMES, asked_fields, page, selected
from .state import USERS, Sandbox, Token

USER_FIELDS = ("id", "name", "first_name", "last_name", "email", "client_business_id")
NODES = {"USER": "User", "SYSTEM_USER": "SystemUser"}
BUSINESS = ("business", "owner", "owner_business", "viewable_business")


async def me(request: Request) -> Response:
    """GET /me: the user of the token, by default id and name."""
    token = caller(request, at_me=True)
    fields = asked_fields(request.scope["params"].get("fields") or "id,name")
    body = selected(
        USERS[token.kind],
        {**fields, "id": ""},
        names=USER_FIELDS,
        node=NODES[token.kind],
    )
    return GraphResponse(body)


async def permissions(request: Request) -> Response:
    """GET /me/permissions: granted and declined."""
    sandbox: Sandbox = request.app.state.sandbox
    person(request, "permissions")
    known = sandbox.permissions.items()
    rows = [{"permission": p, "status": status} for p, status in known]
    return GraphResponse({"data": rows})


def person(request: Request, edge: str) -> Token:
    """Return the token of *request*, a person's: SystemUser has no such *edge*."""
    token = caller(request, at_me=True)
    if token.kind != "USER":
        raise Fault("100/node-field", name=edge, node=NODES[token.kind])
    return token


async def delete_permissions(request: Request) -> Response:
    """DELETE /me/permissions: remove the app; all its user tokens become invalid."""
    sandbox: Sandbox = request.app.state.sandbox
    person(request, "permissions")
    for token in sandbox.tokens.values():
        if token.kind == "USER" and token.app_id == sandbox.app_id:
            token.dead = token.dead or "458"
    sandbox.permissions.clear()
    return GraphResponse({"success": True})


async def delete_permission(request: Request) -> Response:
    """DELETE /me/permissions/{permission}: decline that one."""
    sandbox: Sandbox = request.app.state.sandbox
    person(request, "permissions")
    name = request.path_params["permission"]
    if name == "public_profile" or name not in sandbox.permissions:
        raise Fault("100")
    sandbox.permissions[name] = "declined"
    return GraphResponse({"success": True})


async def ad_accounts(request: Request) -> Response:
    """GET /me/adaccounts: 25 a page; by default only the ids."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request, at_me=True)
    return listed(request, token, accounts.reached(sandbox))


async def assigned_ad_accounts(request: Request) -> Response:
    """GET /{user}/assigned_ad_accounts: those that a system user may read."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    user_id = request.path_params["user_id"]
    if user_id not in ("me", USERS[token.kind]["id"]):
        raise Fault("100/33", method="get", id=user_id)
    return listed(request, token, accounts.allowed(token, sandbox))


def listed(
    request: Request, token: Token, found: Sequence[accounts.Account]
) -> Response:
    """Answer with a page of the ad accounts *found*."""
    sandbox: Sandbox = request.app.state.sandbox
    require_ads(token, sandbox, "200/ads")
    fields = _account_fields(request, token)
    body = page(request, found)
    body["data"] = [_account(each, fields, sandbox) for each in body["data"]]
    return GraphResponse(body)


async def ad_account(request: Request) -> Response:
    """GET /act_…: one ad account."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    account = accounts.find(request.path_params["object_id"], token, sandbox)
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
