"""``/_sandbox``: control of the sandbox by tests; Meta has nothing like it."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .accounts import SPECIAL
from .faults import FAULTS
from .reports import ENDINGS, endings
from .rows import ORDERS
from .state import LONG_LIVED, Sandbox
from .switches import Switches

TOKEN_KINDS = ("USER", "SYSTEM_USER")
METHODS = ("", "GET", "POST", "DELETE")


class BadRequest(ValueError):
    """A control request that is answered with 400 and this text."""


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise BadRequest("the body must be JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


async def scenarios(_request: Request) -> Response:
    """GET: every fault, switch, special ad account and end of report runs."""
    faults = [
        {
            "error": name,
            "about": fault["about"],
            "ad_account": f"act_{fault['account']}" if "account" in fault else None,
        }
        for name, fault in FAULTS.items()
    ]
    special = [
        {"ad_account": f"act_{each['account_id']}", "about": each["about"]}
        for each in SPECIAL
    ]
    switches = [
        {"switch": each.name, "about": each.metadata["about"], "default": each.default}
        for each in dataclasses.fields(Switches)
    ]
    runs = [{"ending": name, "about": each.about} for name, each in ENDINGS.items()]
    return JSONResponse(
        {
            "errors": faults,
            "switches": switches,
            "special_accounts": special,
            "report_endings": runs,
        }
    )


async def plan(request: Request) -> Response:
    """
    POST {"path", "error", "times", "method", "after"}: plan faults.

    0 times is until the reset; the first `after` requests are answered as usual.
    """
    sandbox: Sandbox = request.app.state.sandbox
    wanted: dict[str, Any] = {
        "path": "*",
        "error": None,
        "times": 1,
        "method": "",
        "after": 0,
    }
    wanted |= {k: v for k, v in (await _body(request)).items() if k in wanted}
    _check_plan(**wanted)
    sandbox.plan(**{**wanted, "times": wanted["times"] or None})
    waiting = [dataclasses.asdict(each) for each in sandbox.planned]
    return JSONResponse({"planned": [each for each in waiting if each["times"] != 0]})


def _check_plan(path: Any, error: Any, times: Any, method: Any, after: Any) -> None:
    if error not in FAULTS:
        raise BadRequest(f"no error {error!r}; see GET /_sandbox/scenarios")
    if not isinstance(path, str) or not (path == "*" or path.startswith("/")):
        raise BadRequest(
            'path is "*", or a path without version, as /oauth/access_token'
        )
    if type(times) is not int or times < 0:
        raise BadRequest("times is a number; 0 is until the reset")
    if type(after) is not int or after < 0:
        raise BadRequest("after is a number of requests")
    if method not in METHODS:
        raise BadRequest("method is GET, POST or DELETE; without it, any")


async def switches(request: Request) -> Response:
    """GET or POST {switch: value}: read or change the switches."""
    sandbox: Sandbox = request.app.state.sandbox
    if request.method == "POST":
        changed = dataclasses.replace(sandbox.switches)
        for name, value in (await _body(request)).items():
            try:
                changed.turn(name, value)
            except ValueError as problem:
                raise BadRequest(str(problem)) from None
        _check(changed)
        sandbox.switches = changed
    return JSONResponse(dataclasses.asdict(sandbox.switches))


def _check(switches: Switches) -> None:
    """Raise BadRequest for names that are in no list."""
    for name in ("token_error", "too_much"):
        if (value := getattr(switches, name)) and value not in FAULTS:
            raise BadRequest(f"{name} takes one of the errors of /_sandbox/scenarios")
    if switches.row_order not in ("", *ORDERS):
        raise BadRequest(f"row_order takes {', '.join(ORDERS)}")
    if not {*endings(switches.report_endings)} <= {*ENDINGS}:
        raise BadRequest(f"report_endings takes {', '.join(ENDINGS)}, with commas")


async def requests(request: Request) -> Response:
    """GET: the requests so far; names of parameters, no values."""
    sandbox: Sandbox = request.app.state.sandbox
    return JSONResponse({"requests": sandbox.requests})


async def tokens(request: Request) -> Response:
    """POST {"type", "expires_in", "scopes", "dead"}: a token without a dialog."""
    sandbox: Sandbox = request.app.state.sandbox
    body = await _body(request)
    kind, life = body.get("type", "USER"), body.get("expires_in", LONG_LIVED)
    scopes = body.get("scopes", ["ads_read", "ads_management", "business_management"])
    if kind not in TOKEN_KINDS:
        raise BadRequest(f"type is one of {', '.join(TOKEN_KINDS)}")
    if life is not None and type(life) is not int:
        raise BadRequest("expires_in is a number of seconds, or null for never")
    if not isinstance(scopes, list) or not all(isinstance(s, str) for s in scopes):
        raise BadRequest("scopes is a list of names")
    dead = body.get("dead", "")
    if dead and f"190/{dead}" not in FAULTS:
        raise BadRequest("dead is the subcode of an error 190, such as 459")
    app_id = None if body.get("app_id") is None else str(body["app_id"])
    value = sandbox.issue_token(
        kind=kind,
        expires_in=life,
        scopes=tuple(scopes),
        app_id=app_id,
        dead=str(dead),
    )
    return JSONResponse({"access_token": value})


async def clock(request: Request) -> Response:
    """GET, or POST {"advance": seconds} or {"now": "…+00:00"}."""
    sandbox: Sandbox = request.app.state.sandbox
    if request.method == "POST":
        body = await _body(request)
        try:
            if "now" in body:
                there = datetime.fromisoformat(body["now"])
                sandbox.advance((there - sandbox.now()).total_seconds())
            sandbox.advance(float(body.get("advance", 0)))
        except (TypeError, ValueError, OverflowError) as problem:
            raise BadRequest(f"not a time: {problem}") from None
    return JSONResponse({"now": sandbox.now().isoformat()})


async def reset(request: Request) -> Response:
    """POST: forget everything."""
    request.app.state.sandbox.reset()
    return JSONResponse({"success": True})


def bad_request(_request: Request, problem: Exception) -> Response:
    return JSONResponse({"error": str(problem)}, 400)


ROUTES = [
    Route("/scenarios", scenarios),
    Route("/next", plan, methods=["POST"]),
    Route("/switches", switches, methods=["GET", "POST"]),
    Route("/requests", requests),
    Route("/tokens", tokens, methods=["POST"]),
    Route("/clock", clock, methods=["GET", "POST"]),
    Route("/reset", reset, methods=["POST"]),
]
