"""Check access tokens, appsecret_proof and permissions."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from starlette.requests import Request

from .faults import FAULTS, Fault, meta_date
from .fields import whole_number
from .state import Sandbox, Token

PROOF_LIFE = 300


def inspect_token(value: str, sandbox: Sandbox) -> Token:
    """Return the token of that value; raises Fault for an invalid one."""
    token = sandbox.tokens.get(value)
    if token is None:
        raise Fault("190/signature" if value.startswith("EAA") else "190")
    if token.dead:
        raise Fault(f"190/{token.dead}")
    if sandbox.switches.token_error in FAULTS:
        raise Fault(sandbox.switches.token_error)
    if token.expires_at is not None and sandbox.now() >= token.expires_at:
        raise Fault("190/463", expired=meta_date(token.expires_at))
    return token


def caller(request: Request, *, at_me: bool = False) -> Token:
    """Return the token of *request*; raises Fault for a wrong one or wrong proof."""
    sandbox: Sandbox = request.app.state.sandbox
    value: str = request.scope["access_token"]
    if not value or (at_me and "|" in value):
        raise Fault("2500" if at_me else "104")
    token = inspect_token(value, sandbox)
    if token.app_id != sandbox.app_id:
        raise Fault("190/signature")
    _check_proof(token, request.scope["params"], sandbox)
    return token


def _check_proof(token: Token, params: Mapping[str, str], sandbox: Sandbox) -> None:
    """
    Check either form: of the token, or of ``token|appsecret_time``.

    https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """
    given = params.get("appsecret_proof")
    if not given:
        if sandbox.switches.require_proof:
            raise Fault("100/proof-required")
        return
    message = token.value
    if time := params.get("appsecret_time"):
        message += f"|{time}"
        age = sandbox.now().timestamp() - (whole_number(time) or 0)
        if abs(age) > PROOF_LIFE:
            raise Fault("100/proof")
    key = sandbox.app_secret.encode()
    right = hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), given.encode()):
        raise Fault("100/proof")


def require_ads(token: Token, sandbox: Sandbox, otherwise: str) -> None:
    """Raise the fault *otherwise* unless the token may read ads."""
    if not {"ads_read", "ads_management"} & set(sandbox.scopes_of(token)):
        raise Fault(otherwise)
