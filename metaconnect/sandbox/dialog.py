"""
The Login dialog: the authorization endpoint (RFC 6749, section 3.1).

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .faults import FAULTS, Fault
from .pages import PERMISSIONS, consent_page
from .state import APP_NAME, SYSTEM_USER_CONFIGS, USER, Sandbox
from .urls import redirect_uri_problem, with_query

# The permissions of every Login for Business configuration of this app.
CONFIGURED = ("ads_read", "ads_management", "business_management")
DENIED = "dialog-denied"


async def dialog(request: Request) -> Response:
    """GET /dialog/oauth: check the request, then show the consent page."""
    sandbox: Sandbox = request.app.state.sandbox
    query = dict(request.query_params)
    asked = _asked(query, sandbox)
    if sandbox.switches.auto_approve:
        declined = set(re.split(r"[\s,]+", sandbox.switches.decline))
        ticked = [name for name in asked if name not in declined]
        return _approved(query, asked, ticked, sandbox)
    handle = secrets.token_urlsafe(16)
    sandbox.dialogs[handle] = query
    return consent_page(
        app=APP_NAME,
        user=USER["name"],
        dialog=handle,
        action=request.scope["root"] + "/dialog/oauth/answer",
        host=urlsplit(query["redirect_uri"]).netloc,
        asked=asked,
    )


async def dialog_answer(request: Request) -> Response:
    """POST /dialog/oauth/answer: the form of the consent page."""
    sandbox: Sandbox = request.app.state.sandbox
    form = request.scope["form"]
    query = sandbox.dialogs.pop(str(form.get("dialog")), None)
    if query is None:
        raise Fault("page-expired")
    if form.get("answer") != "continue":
        return _back(query, FAULTS[DENIED]["redirect"])
    asked = _asked(query, sandbox)
    ticked = [name for name in asked if name in form.getlist("scope")]
    return _approved(query, asked, ticked, sandbox)


def _asked(query: Mapping[str, str], sandbox: Sandbox) -> list[str]:
    """Return the permissions to ask for; raises Fault with an error page."""
    if query.get("client_id") != sandbox.app_id:
        raise Fault("page-invalid-app")
    listed = sandbox.switches.redirect_uris.split()
    if problem := redirect_uri_problem(query.get("redirect_uri", ""), listed):
        raise Fault(problem)
    if not set(_words(query.get("response_type", "code"))) <= {
        "code",
        "granted_scopes",
    }:
        raise Fault("page-went-wrong")
    wanted = _wanted(query, sandbox)
    if query.get("auth_type") != "rerequest":
        wanted = [p for p in wanted if sandbox.permissions.get(p) != "declined"]
    return [name for name in wanted if name != "public_profile"]


def _wanted(query: Mapping[str, str], sandbox: Sandbox) -> list[str]:
    if config_id := query.get("config_id"):
        if not config_id.isascii() or not config_id.isdigit():
            raise Fault("page-went-wrong")
        return list(CONFIGURED)
    wanted = list(dict.fromkeys(_words(query.get("scope", ""))))
    unknown = [p for p in wanted if p not in PERMISSIONS and p != "public_profile"]
    if sandbox.switches.business_login:
        unknown = [p for p in wanted if p != "public_profile"]
    if unknown:
        raise Fault("page-invalid-scopes", names=", ".join(unknown))
    return wanted


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _approved(
    query: Mapping[str, str], asked: list[str], ticked: list[str], sandbox: Sandbox
) -> Response:
    declined = [name for name in asked if name not in ticked]
    if not _for_system_user(query):
        sandbox.grant(ticked, declined)
    code = sandbox.issue_code(
        query["redirect_uri"],
        config_id=query.get("config_id", ""),
        scopes=tuple(ticked) if _for_system_user(query) else (),
    )
    params = {"code": code}
    if "granted_scopes" in _words(query.get("response_type", "")):
        params["granted_scopes"] = ",".join(sandbox.granted())
        params["denied_scopes"] = ",".join(declined)
    return _back(query, params)


def _for_system_user(query: Mapping[str, str]) -> bool:
    return query.get("config_id") in SYSTEM_USER_CONFIGS


def _back(query: Mapping[str, str], params: Mapping[str, str]) -> Response:
    """Redirect to the redirect URI, with the fragment that Meta appends."""
    state = {"state": query["state"]} if "state" in query else {}
    location = with_query(query["redirect_uri"], {**params, **state})
    return RedirectResponse(
        location + "#_=_", 302, headers={"Cache-Control": "no-store"}
    )
