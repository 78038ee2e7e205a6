"""The ASGI application: routes, middleware, exception handlers."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from . import businesses, control, graph, reports, tokens
from .dialog import dialog, dialog_answer
from .faults import Fault, answer
from .guard import GuardMiddleware
from .insights import insights
from .middleware import GraphMiddleware
from .state import Sandbox


async def node(request: Request) -> Response:
    """GET /{id}: a report run or an ad account."""
    if report := reports.find(request):
        return await reports.poll(request, report)
    return await graph.ad_account(request)


async def rows(request: Request) -> Response:
    """GET /{id}/insights: of a report run or an ad account."""
    if report := reports.find(request):
        return await reports.rows(request, report)
    return await insights(request)


GET_POST = ["GET", "POST"]
ROUTES = [
    Mount("/_sandbox", routes=control.ROUTES),
    Route("/dialog/oauth", dialog),
    Route("/dialog/oauth/answer", dialog_answer, methods=["POST"]),
    Route("/oauth/access_token", tokens.access_token, methods=GET_POST),
    Route("/oauth/revoke", tokens.revoke, methods=GET_POST),
    Route("/debug_token", tokens.debug_token),
    Route("/me", graph.me),
    Route("/me/permissions", graph.permissions),
    Route("/me/permissions", graph.delete_permissions, methods=["DELETE"]),
    Route("/me/permissions/{permission}", graph.delete_permission, methods=["DELETE"]),
    Route("/me/adaccounts", graph.ad_accounts),
    Route("/me/businesses", businesses.businesses),
    Route("/{user_id}/assigned_ad_accounts", graph.assigned_ad_accounts),
    Route("/{business_id}/owned_ad_accounts", businesses.owned_ad_accounts),
    Route("/{business_id}/client_ad_accounts", businesses.client_ad_accounts),
    Route("/{object_id}", node),
    Route("/{object_id}/insights", rows),
    Route("/{object_id}/insights", reports.start, methods=["POST"]),
]


def create_app(sandbox: Sandbox | None = None) -> Starlette:
    """Return the pretend Meta as an ASGI application; `sandbox` is its state."""
    sandbox = sandbox or Sandbox()
    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(GuardMiddleware),
            Middleware(GraphMiddleware, sandbox=sandbox),
        ],
        exception_handlers={
            Fault: _fault,
            control.BadRequest: control.bad_request,
            HTTPException: _not_found,
        },
    )
    app.router.redirect_slashes = False
    app.state.sandbox = sandbox
    return app


def _fault(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Fault)  # noqa: S101  for the type checker
    return answer(fault, request, request.app.state.sandbox)


def _not_found(request: Request, problem: Exception) -> Response:
    """Answer a path, or a method on it, that does not exist."""
    assert isinstance(problem, HTTPException)  # noqa: S101  for the type checker
    if request.url.path.startswith("/_sandbox"):
        return JSONResponse({"error": problem.detail}, problem.status_code)
    path = request.scope["path"]
    return answer(Fault("2500/path", path=path), request, request.app.state.sandbox)
