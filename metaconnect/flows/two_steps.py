"""
A login in two steps: the address that somebody opens, and the answer to it.

Nothing listens in between, so that the browser may be anywhere, and the answer
may reach another process. For agents, CI, and a client far away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from ..errors import UsageError
from ..models import MetaApp, MetaHost
from ..oauth.authorization import AuthorizationRequest, authorization_code
from ..oauth.paste import parse_pasted
from ..stores.started import StartedLogins, StartedState
from .threads import in_thread

LONGEST = timedelta(days=1)


class StartedLogin(msgspec.Struct, frozen=True, kw_only=True):
    """The address at which the person logs in, and until when its answer counts."""

    url: str
    expires_at: datetime

    def __repr__(self) -> str:
        """Without the address, which holds the state."""
        return f"StartedLogin(expires_at={self.expires_at!r})"


async def start_login(
    client_id: str,
    *,
    host: MetaHost,
    app: MetaApp,
    redirect_uri: str,
    started: StartedLogins,
    lifetime: timedelta,
    rerequest: bool,
    now: datetime,
) -> StartedLogin:
    """Keep what the answer is checked with, and return where to log in."""
    if not timedelta(0) < lifetime <= LONGEST:
        raise UsageError("An answer can be waited for between a second and a day.")
    request = AuthorizationRequest(
        endpoint=host.authorization_endpoint,
        app_id=app.app_id,
        redirect_uri=redirect_uri,
        scopes=app.scopes,
        config_id=app.config_id,
        rerequest=rerequest,
        client_id=client_id,
        lifetime=lifetime.total_seconds(),
    )
    expires_at = now + lifetime
    kept = StartedState(
        state=request.state, redirect_uri=redirect_uri, expires_at=expires_at
    )
    await in_thread(started.keep, client_id, kept)
    return StartedLogin(url=request.url, expires_at=expires_at)


async def code_in_answer(
    client_id: str, address: str, *, started: StartedLogins
) -> tuple[str, str]:
    """
    Return the code in *address*, and the redirect URI that it was issued for.

    Raises AuthError for what is no answer to the login that was started, which
    then still waits; AuthorizationDenied for an answer without a code.
    """
    params = parse_pasted(address)
    login = await in_thread(started.claim, client_id, params["state"])
    return authorization_code(params, client_id), login.redirect_uri
