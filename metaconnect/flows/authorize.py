"""
The browser leg: from the authorization request to the authorization code.

https://www.rfc-editor.org/rfc/rfc6749#section-4.1
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack

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

    The *receivers* share one redirect URI and one login, and listen before *show*
    brings the request before the person. Raises AuthorizationDenied, and
    AuthorizationTimeout after *timeout* seconds.
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
        # Already waiting when the browser opens: some answer within milliseconds.
        waiting = asyncio.create_task(
            first_response(receivers, request.pending, timeout)
        )
        try:
            await show(request)
            response = await waiting
        except AuthorizationTimeout:
            raise no_response(timeout, client_id) from None
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
    return authorization_code(response, client_id), request.redirect_uri
