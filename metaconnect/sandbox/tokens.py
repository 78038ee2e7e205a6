"""
The token endpoint, debug_token and revocation.

https://developers.facebook.com/docs/facebook-login/guides/access-tokens
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .auth import inspect_token
from .faults import Fault, GraphResponse, error_of
from .state import APP_NAME, DATA_ACCESS, LONG_LIVED, USERS, Sandbox, Token


async def access_token(request: Request) -> Response:
    """GET or POST /oauth/access_token: all the grants."""
    sandbox: Sandbox = request.app.state.sandbox
    params: Mapping[str, str] = request.scope["params"]
    grant_type = params.get("grant_type", "authorization_code")
    if grant_type == "authorization_code":
        return _exchange_code(params, sandbox)
    _authenticate_app(params, sandbox)
    if grant_type == "fb_exchange_token":
        return _extend(params, sandbox)
    if grant_type == "client_credentials":
        app_token = f"{sandbox.app_id}|{sandbox.app_secret}"
        return GraphResponse({"access_token": app_token, "token_type": "bearer"})
    raise Fault("100/grant", value=grant_type)


def _authenticate_app(params: Mapping[str, str], sandbox: Sandbox) -> None:
    if "client_id" not in params:
        raise Fault("101/missing")
    if params["client_id"] != sandbox.app_id:
        raise Fault("101")
    if "client_secret" not in params:
        raise Fault("1/no-secret")
    given, known = params["client_secret"].encode(), sandbox.app_secret.encode()
    if not hmac.compare_digest(given, known):
        raise Fault("1/secret")


def _exchange_code(params: Mapping[str, str], sandbox: Sandbox) -> Response:
    code = sandbox.codes.get(params.get("code", ""))
    used = code is not None and code.used
    if code is not None:
        # Even an exchange that fails consumes the code.
        code.used = True
    _authenticate_app(params, sandbox)
    if "redirect_uri" not in params:
        raise Fault("191/missing")
    if not params.get("code"):
        raise Fault("1/no-code")
    if code is None:
        raise Fault("100/code-format")
    if used:
        raise Fault("36009")
    if sandbox.now() >= code.expires_at:
        raise Fault("36007")
    if params["redirect_uri"] != code.redirect_uri:
        raise Fault("36008")
    value = sandbox.issue_token(
        kind=code.kind, expires_in=code.token_life, scopes=code.scopes
    )
    return _token_answer(sandbox.tokens[value], sandbox)


def _extend(params: Mapping[str, str], sandbox: Sandbox) -> Response:
    if not params.get("fb_exchange_token"):
        raise Fault("100/empty", param="fb_exchange_token")
    token = inspect_token(params["fb_exchange_token"], sandbox)
    if token.app_id != sandbox.app_id:
        raise Fault("100/other-app")
    return _token_answer(_longer(token, params, sandbox), sandbox)


def _longer(token: Token, params: Mapping[str, str], sandbox: Sandbox) -> Token:
    """
    Return a new long-lived token, or *token* itself where there is none to get.

    A system user's is renewed only with `set_token_expires_in_60_days`.
    https://developers.facebook.com/docs/business-management-apis/system-users/install-apps-and-generate-tokens
    """
    if token.kind == "SYSTEM_USER":
        if params.get("set_token_expires_in_60_days") != "true":
            return token
    elif token.long_lived and not sandbox.switches.extend_long_lived:
        return token
    value = sandbox.issue_token(
        kind=token.kind, expires_in=LONG_LIVED, scopes=token.scopes
    )
    return sandbox.tokens[value]


def _token_answer(token: Token, sandbox: Sandbox) -> Response:
    body: dict[str, Any] = {"access_token": token.value, "token_type": "bearer"}
    told = sandbox.switches.expires_in
    if told and told != "missing":
        body["expires_in"] = int(told)
    elif not told and token.expires_at is not None:
        left = token.expires_at - sandbox.now()
        body["expires_in"] = round(left.total_seconds())
    return GraphResponse(body)


async def debug_token(request: Request) -> Response:
    """GET /debug_token: needs an app token, ``app_id|app_secret``."""
    sandbox: Sandbox = request.app.state.sandbox
    viewer: str = request.scope["access_token"]
    if "|" not in viewer:
        raise Fault("100/app-token")
    known = f"{sandbox.app_id}|{sandbox.app_secret}"
    if not hmac.compare_digest(viewer.encode(), known.encode()):
        raise Fault("190/signature")
    given = request.scope["params"].get("input_token")
    if not given:
        raise Fault("100/empty", param="input_token")
    if given == known:
        return GraphResponse({"data": {"app_id": sandbox.app_id, "is_valid": True}})
    return GraphResponse({"data": _debugged(given, sandbox)})


def _debugged(given: str, sandbox: Sandbox) -> dict[str, Any]:
    token = sandbox.tokens.get(given)
    if token is not None and token.app_id != sandbox.app_id:
        raise Fault("100/viewing-app")
    data = _facts(token, sandbox) if token else {"scopes": []}
    try:
        inspect_token(given, sandbox)
    except Fault as fault:
        error = error_of(fault, sandbox)
        inner = {"code": error["code"], "message": error["message"]}
        if "error_subcode" in error:
            # Meta's own spelling in this one place.
            inner["subcode"] = error["error_subcode"]
        return {**data, "is_valid": False, "error": inner}
    return data


def _facts(token: Token, sandbox: Sandbox) -> dict[str, Any]:
    until = token.expires_at
    data_access = token.issued_at + DATA_ACCESS
    scopes = list(sandbox.scopes_of(token))
    facts: dict[str, Any] = {
        "app_id": token.app_id,
        "type": token.kind,
        "application": APP_NAME,
        "data_access_expires_at": int(data_access.timestamp()) if until else 0,
        "expires_at": int(until.timestamp()) if until else 0,
        "is_valid": True,
        "scopes": scopes,
        "granular_scopes": _granular(token, sandbox),
        "user_id": USERS[token.kind]["id"],
    }
    if token.long_lived:
        facts["issued_at"] = int(token.issued_at.timestamp())
    return facts


def _granular(token: Token, sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return the scopes, with the ad accounts that a person's are limited to."""
    ticked = sandbox.ticked() if token.kind == "USER" else []
    return [
        {"scope": s, "target_ids": ticked}
        if ticked and s in ("ads_read", "ads_management")
        else {"scope": s}
        for s in sandbox.scopes_of(token)
        if s != "public_profile"
    ]


async def revoke(request: Request) -> Response:
    """GET or POST /oauth/revoke: one token becomes invalid at once."""
    sandbox: Sandbox = request.app.state.sandbox
    params: Mapping[str, str] = request.scope["params"]
    _authenticate_app(params, sandbox)
    token = sandbox.tokens.get(params.get("revoke_token", ""))
    if token is None:
        raise Fault("190/signature")
    token.dead = "466"
    return GraphResponse({"success": True})
