"""
The browser leg: from the authorization request to the authorization code.

https://www.rfc-editor.org/rfc/rfc6749#section-4.1
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from ..errors import AuthorizationTimeout
from ..models import MetaApp, MetaHost
from ..oauth.authorization import (
    AuthorizationRequest,
    authorization_code,
    no_response,
)
from ..oauth.browser import open_browser
from ..oauth.loopback import LoopbackReceiver
from ..oauth.receiver import Receiver, first_response

T = TypeVar("T")
# Brings an authorization request before the person.
Show = Callable[[AuthorizationRequest], Awaitable[None]]


def own_browser(
    redirect_uri: str, notice: Callable[[str], None]
) -> tuple[list[Receiver], Show]:
    """Return a listener on *redirect_uri*, and what opens the person's browser."""
    receiver = LoopbackReceiver(redirect_uri)

    async def show(_request: AuthorizationRequest) -> None:
        notice(f"Log in to Meta in the browser:  {receiver.start_url}")
        await open_browser(receiver.start_url)

    return [receiver], show


async def authorize(
    client_id: str,
    *,
    host: MetaHost,
    app: MetaApp,
    receivers: Sequence[Receiver],
    show: Show,
    timeout: float,
    rerequest: bool = False,
) -> tuple[str, str]:
    """
    Return the code and the redirect URI that it was issued for.

    The *receivers* share one redirect URI, and listen before *show* is called.
    Raises AuthorizationDenied, and AuthorizationTimeout after *timeout* seconds.
    """
    with ExitStack() as stack:
        for receiver in receivers:
            stack.enter_context(receiver)
        request = AuthorizationRequest(
            endpoint=host.authorization_endpoint,
            app_id=app.app_id,
            redirect_uri=receivers[0].redirect_uri,
            scopes=app.scopes,
            config_id=app.config_id,
            rerequest=rerequest,
            client_id=client_id,
            lifetime=timeout,
        )
        return await _code(request, receivers, show), request.redirect_uri


async def _code(
    request: AuthorizationRequest, receivers: Sequence[Receiver], show: Show
) -> str:
    waiting = first_response(receivers, request.pending, request.lifetime)
    try:
        response = await answer_to(show(request), waiting)
    except AuthorizationTimeout:
        raise no_response(request.lifetime, request.client_id) from None
    return authorization_code(response, request.client_id)


async def answer_to(showing: Awaitable[None], answer: Coroutine[Any, Any, T]) -> T:
    """Return the *answer* that comes once *showing* is done, or even before."""
    # Already waiting when the browser opens: some answer within milliseconds.
    waiting = asyncio.create_task(answer)
    try:
        await showing
        return await waiting
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
