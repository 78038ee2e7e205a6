"""GET /act_…/insights."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from . import accounts
from .accounts import Account
from .auth import caller, require_ads
from .faults import BY_ACCOUNT, Fault, RowsResponse
from .fields import limit_of, page, row_number
from .query import Query, parse_query
from .rows import rows_of, summary_of
from .state import Sandbox


async def insights(request: Request) -> Response:
    """GET /act_…/insights, synchronous."""
    sandbox: Sandbox = request.app.state.sandbox
    params = request.scope["params"]
    query = parse_query(params, asked_account(request), sandbox)
    summary = params.get("default_summary") == "true"
    return await page_of_rows(request, query, summary=summary, synchronous=True)


def asked_account(request: Request) -> Account:
    """Return the ad account of the path; raises Fault where it may not be read."""
    sandbox: Sandbox = request.app.state.sandbox
    token = caller(request)
    object_id = request.path_params["object_id"]
    account = accounts.find(object_id, token, sandbox)
    if name := BY_ACCOUNT.get(account["account_id"]):
        raise Fault(name, id=object_id, path=request.scope["path"])
    require_ads(token, sandbox, "200")
    return account


async def page_of_rows(
    request: Request, query: Query, *, summary: bool, synchronous: bool = False
) -> Response:
    """Answer with one page of the rows of *query*, and the summary if asked for."""
    sandbox: Sandbox = request.app.state.sandbox
    params = request.scope["params"]
    limit = limit_of(params)
    rows = await run_in_threadpool(rows_of, query)
    _check_size(query.account, len(rows), limit, sandbox)
    if synchronous:
        start = row_number(params["after"]) + 1 if "after" in params else 0
        _check_query(query.account, len(rows), start + limit, sandbox)
    body = page(request, rows)
    if summary and (row := await run_in_threadpool(summary_of, query)):
        body["summary"] = row
    return RowsResponse(body)


def _check_size(account: Account, rows: int, limit: int, sandbox: Sandbox) -> None:
    """Refuse a page of more rows than the ad account or the switch allows."""
    most = account.get("page_rows", sandbox.switches.row_budget)
    if min(limit, rows) > most:
        raise Fault(_too_much(account, sandbox))


def _check_query(account: Account, rows: int, stop: int, sandbox: Sandbox) -> None:
    """Refuse a query of too many rows, at the first page or at a later one."""
    switches = sandbox.switches
    most = account.get("query_rows", switches.query_rows)
    answered = account.get("too_much_after", switches.too_much_after)
    if most and rows > most and min(stop, rows) > answered:
        raise Fault(_too_much(account, sandbox))


def _too_much(account: Account, sandbox: Sandbox) -> str:
    return str(account.get("too_much", sandbox.switches.too_much) or "1/reduce")
