"""
Errors that a request can be answered with.

`faults.json` is the table: Meta's words, code, subcode and HTTP status, and
for each fault the ad account whose Insights always fail with it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from .pages import message_page
from .state import Sandbox
from .urls import with_query

FAULTS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("faults.json").read_text("utf-8")
)
BY_ACCOUNT = {f["account"]: name for name, f in FAULTS.items() if "account" in f}


class Fault(Exception):
    """Raised by a route to answer with the entry of that name in faults.json."""

    def __init__(self, name: str, /, **words: str) -> None:
        super().__init__(name)
        self.name = name
        self.words = words


_ENCODER = json.JSONEncoder(separators=(",", ":"))


def meta_json(content: object) -> str:
    """Write JSON as Meta does: pure ASCII, slashes escaped."""
    text = _quickly(content) or _ENCODER.encode(content)
    return text.replace("/", "\\/")


def _quickly(content: object) -> str:
    """Write it as UTF-8, "" where that is not ASCII or not possible."""
    try:
        text = msgspec.json.encode(content)
    except UnicodeEncodeError:  # a lone surrogate
        return ""
    return text.decode() if text.isascii() else ""


class GraphResponse(Response):
    """An answer in Meta's JSON."""

    media_type = "application/json; charset=UTF-8"

    def render(self, content: object) -> bytes:
        return meta_json(content).encode("ascii")


class RowsResponse(GraphResponse):
    """An answer whose `data` is a list of rows that are JSON already."""

    def render(self, content: Any) -> bytes:
        rows = ",".join(content["data"])
        rest = meta_json({k: v for k, v in content.items() if k != "data"})
        return f'{{"data":[{rows}]{"," if len(rest) > 2 else ""}{rest[1:]}'.encode()  # noqa: PLR2004


class Dropped(Response):
    """Cut the connection without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        transport = scope.get("state", {}).get("transport")
        if transport is None:
            # Not on a socket of ours (server.py), so break the call instead.
            raise ConnectionResetError("the sandbox was asked to drop this request")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def meta_date(moment: datetime) -> str:
    """The date of a 190/463 message: ``Tuesday, 01-Aug-23 10:12:14 PDT``."""
    there = moment.astimezone(ZoneInfo("America/Los_Angeles"))
    return there.strftime("%A, %d-%b-%y %H:%M:%S %Z")


def trace_id(sandbox: Sandbox) -> str:
    """Meta's fbtrace_id: the same for the same request after a reset."""
    seed = f"trace {len(sandbox.requests)}".encode()
    return "A" + hashlib.sha256(seed).hexdigest()[:22]


def answer(fault: Fault, request: Request, sandbox: Sandbox) -> Response:
    """Return the response that *fault* stands for."""
    entry = FAULTS[fault.name]
    if "drop" in entry:
        return Dropped()
    if "redirect" in entry:
        return _redirected(entry["redirect"], request)
    if "page" in entry:
        page = entry["page"]
        return message_page(
            page["title"].format_map(_words(fault, sandbox)), page["text"]
        )
    if "body" in entry:
        return Response(
            entry["body"], entry["status"], media_type=entry["content_type"]
        )
    return _envelope(entry, fault, request, sandbox)


def error_of(fault: Fault, sandbox: Sandbox) -> dict[str, Any]:
    """Return the error object with its message filled in."""
    error = dict(FAULTS[fault.name]["error"])
    error["message"] = error["message"].format_map(_words(fault, sandbox))
    return error


def _envelope(
    entry: dict[str, Any], fault: Fault, request: Request, sandbox: Sandbox
) -> Response:
    error = error_of(fault, sandbox)
    if "type" in error:
        error["fbtrace_id"] = trace_id(sandbox)
    headers = {}
    if kind := entry.get("www_authenticate"):
        said = "".join(c for c in error["message"] if " " <= c <= "~")
        headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "{kind}" "{said}"'
    if throttle := entry.get("throttle"):
        request.scope["throttle"] = throttle
    return GraphResponse({"error": error}, entry["status"], headers=headers)


def _redirected(params: dict[str, str], request: Request) -> Response:
    query = request.query_params
    if "redirect_uri" not in query:
        raise HTTPException(400, "redirect_uri is missing")
    state = {"state": query["state"]} if "state" in query else {}
    location = with_query(query["redirect_uri"], {**params, **state})
    return RedirectResponse(location + "#_=_", 302)


class _Placeholders(dict[str, str]):
    """Placeholders of a planned fault, which has no values: ``<name>``."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def _words(fault: Fault, sandbox: Sandbox) -> dict[str, str]:
    now = meta_date(sandbox.now())
    known = {"app_id": sandbox.app_id, "now": now, "expired": now}
    return _Placeholders({**known, **fault.words})
