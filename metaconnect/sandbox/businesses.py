"""The businesses of the person, and the ad accounts that they own or were given."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .auth import caller
from .faults import Fault, GraphResponse
from .fields import asked_fields, page, selected
from .graph import listed, person
from .state import Sandbox, Token

FIELDS = ("id", "name", "created_time", "verification_status", "primary_page")
BUSINESSES = {
    account["business"]["id"]: dict(account["business"])
    for account in accounts.ACCOUNTS
    if "business" in account
}
# The agency, and the ad accounts that others share with it.
AGENCY = "900100000000002"
CLIENTS = ("101000000039595", "101000000182137", "101000000190056")


async def businesses(request: Request) -> Response:
    """GET /me/businesses: by default id and name."""
    _managed(person(request, "businesses"), request)
    fields = asked_fields(request.scope["params"].get("fields") or "id,name")
    body = page(request, list(BUSINESSES.values()))
    body["data"] = [
        selected(each, {**fields, "id": ""}, names=FIELDS, node="Business")
        for each in body["data"]
    ]
    return GraphResponse(body)


async def owned_ad_accounts(request: Request) -> Response:
    """GET /{business}/owned_ad_accounts: those that belong to it."""
    token, business_id, found = _asked(request)
    owned = [a for a in found if a.get("business", {}).get("id") == business_id]
    return listed(request, token, owned)


async def client_ad_accounts(request: Request) -> Response:
    """GET /{business}/client_ad_accounts: those that others share with it."""
    token, business_id, found = _asked(request)
    shared = CLIENTS if business_id == AGENCY else ()
    return listed(request, token, [a for a in found if a["account_id"] in shared])


def _asked(request: Request) -> tuple[Token, str, list[accounts.Account]]:
    """Return whose token it is, which business is asked, and all ad accounts."""
    token = _managed(caller(request), request)
    business_id = request.path_params["business_id"]
    if business_id not in BUSINESSES:
        raise Fault("100/33", method="get", id=business_id)
    return token, business_id, accounts.reached(request.app.state.sandbox)


def _managed(token: Token, request: Request) -> Token:
    """Return *token* if it may see businesses."""
    sandbox: Sandbox = request.app.state.sandbox
    if "business_management" not in sandbox.scopes_of(token):
        raise Fault("200/business")
    return token
