"""GET /act_…/insights."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .auth import caller, require_ads
from .faults import BY_ACCOUNT, Fault, GraphResponse
from .fields import limit_of, page
from .query import parse_query
from .rows import rows_of, summary_of
from .state import Sandbox


async def insights(request: Request) -> Response:
    """GET /act_…/insights, synchronous."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    object_id = request.path_params["object_id"]
    account = accounts.find(object_id, token, sandbox)
    if name := BY_ACCOUNT.get(account["account_id"]):
        raise Fault(name, id=object_id, path=request.scope["path"])
    require_ads(token, sandbox, "200")
    query = parse_query(request.scope["params"], account, sandbox)
    limit = limit_of(request.scope["params"])
    rows = await run_in_threadpool(rows_of, query)
    if min(limit, len(rows)) > sandbox.switches.row_budget:
        raise Fault("1/reduce")
    body = page(request, rows)
    if request.scope["params"].get("default_summary") == "true" and (
        summary := await run_in_threadpool(summary_of, query)
    ):
        body["summary"] = summary
    return GraphResponse(body)


async def report_run(request: Request) -> Response:
    """POST /act_…/insights: asynchronous reports, which the sandbox has not."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    accounts.find(request.path_params["object_id"], token, sandbox)
    raise Fault("100/unsupported", param="asynchronous reports")
