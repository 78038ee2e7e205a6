"""Parse the version and token, record the request, wait, answer planned faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .faults import Fault, answer, trace_id
from .state import Sandbox
from .usage import over_quota, usage_headers

VERSION = re.compile(r"^/(v(\d+)\.\d+)(?=/|$)")
NEWEST = 26
# By the calendar of 2026-11: older ones are served as these.
# https://developers.facebook.com/docs/graph-api/changelog/versions
OLDEST_GRAPH = 21
OLDEST_MARKETING = 25
MARKETING = re.compile(r"^/(act_|me/adaccounts|\w+/assigned_ad_accounts)")
REMOVED_PARAMETERS = ("pretty", "debug", "date_format")


class GraphMiddleware:
    """ASGI middleware around the routes; ``/_sandbox`` passes untouched."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self.app = app
        self.sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self.app(scope, receive, send)
            return
        try:
            scope = await _read(scope, receive)
        except ClientDisconnect:
            return
        self._record(scope)
        if wait := self.sandbox.switches.latency_ms:
            await asyncio.sleep(wait / 1000)
        send = self._with_headers(scope, send)
        fault = self._fault(scope)
        if fault is None:
            await self.app(scope, receive, send)
        else:
            response = answer(fault, Request(scope, receive), self.sandbox)
            await response(scope, receive, send)

    def _fault(self, scope: Scope) -> Fault | None:
        """Return what this request fails with before it reaches its route."""
        if planned := self.sandbox.due(scope["method"], scope["path"]):
            return Fault(planned, path=scope["path"])
        if scope["major"] > NEWEST:
            return Fault("2500/path", path=scope["path"])
        if removed := _removed_feature(scope):
            return Fault("100/protocol", param=removed)
        return over_quota(scope, self.sandbox)

    def _record(self, scope: Scope) -> None:
        self.sandbox.requests.append(
            {
                "method": scope["method"],
                "path": scope["root"] + scope["path"],
                "headers": sorted({name.decode() for name, _ in scope["headers"]}),
                "query": list(Request(scope).query_params.keys()),
                "form": list(scope["form"].keys()),
            }
        )

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        if scope["path"].startswith("/dialog/"):
            return send

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(graph_headers(scope, self.sandbox))
            await send(message)

        return wrapped


async def _read(scope: Scope, receive: Receive) -> Scope:
    """Return *scope* with version, parameters and token parsed, once for all routes."""
    request = Request(scope, receive)
    try:
        form = await request.form()
    except HTTPException:
        form = FormData()
    match = VERSION.match(scope["path"])
    root = match[1] if match else ""
    path: str = scope["path"][match.end() :] if match else scope["path"]
    params = {k: v for k, v in form.items() if isinstance(v, str)}
    params = {**params, **request.query_params}
    bearer = request.headers.get("authorization", "")
    token = bearer[7:].strip() if bearer.lower().startswith("bearer ") else ""
    return {
        **scope,
        "root": f"/{root}" if root else "",
        "major": int(match[2]) if match else 0,
        "path": path.rstrip("/") or "/",
        "form": form,
        "params": params,
        "access_token": params.get("access_token") or token,
    }


def _removed_feature(scope: Scope) -> str | None:
    """
    Return the parameter or header of *scope* that no version serves any more.

    v26.0 removed them, and on 2026-10-27 they left the older versions too;
    /debug_token is exempt. The error that Meta answers with is not documented:
    an invalid parameter (code 100) stands for it here.
    https://developers.facebook.com/docs/graph-api/changelog/version26.0
    """
    if scope["path"].startswith(("/dialog/", "/debug_token")):
        return None
    gone = [name for name in REMOVED_PARAMETERS if name in scope["params"]]
    if "ids" in scope["params"] and scope["path"] == "/":
        gone.append("ids")
    if any(name == b"if-none-match" for name, _ in scope["headers"]):
        gone.append("If-None-Match")
    return ", ".join(gone) or None


def graph_headers(scope: Mapping[str, Any], sandbox: Sandbox) -> dict[str, str]:
    """Return the headers of every Graph API answer."""
    marketing = MARKETING.match(scope["path"])
    asked = scope["major"] or OLDEST_GRAPH
    served = max(asked, OLDEST_GRAPH)
    if marketing and asked < OLDEST_MARKETING:
        served = NEWEST
    served = min(served, NEWEST)
    trace = trace_id(sandbox)
    headers = {
        "facebook-api-version": f"v{served}.0",
        "x-fb-request-id": trace,
        "x-fb-trace-id": trace[1:12],
        "x-fb-debug": trace[::-1],
        "x-fb-rev": "1041925777",
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "private, no-cache, no-store, must-revalidate",
        "Expires": "Sat, 01 Jan 2000 00:00:00 GMT",
        "Pragma": "no-cache",
    }
    if marketing and served != asked:
        headers["X-Ad-Api-Version-Warning"] = (
            f"The call has been auto-upgraded to v{served}.0 "
            f"as v{asked}.0 has been deprecated."
        )
    return headers | usage_headers(scope, sandbox)
