"""
Signing in to Supabase through a browser provider, with PKCE (RFC 7636).

Auth sends the browser to any http://127.0.0.1 unasked, and to `localhost` only
where the project allows it: the other way round than Meta.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from ..errors import AuthorizationTimeout, NotSignedIn
from ..oauth.authorization import denial_reason, is_denial
from ..oauth.loopback import LoopbackReceiver
from ..oauth.pending import PendingAuthorization
from ..oauth.receiver import first_response
from ..oauth.state import State
from ..stores.supabase.session import Session, SessionManager
from .authorize import answer_to
from .threads import in_thread

REDIRECT_URI = "http://127.0.0.1:0/callback"


async def sign_in_with_provider(
    provider: str,
    *,
    sessions: SessionManager,
    show: Callable[[str], Awaitable[None]],
    accept: Callable[[Session], bool],
    timeout: float,
) -> Session:
    """
    Return the session of whoever signs in at *provider* in the browser.

    *show* brings an address before the person. The session is kept only if
    *accept* says that it is the right person's: another user of the machine could
    have answered in their place. Raises NotSignedIn where none is kept.
    """
    state = State(timeout)
    with LoopbackReceiver(REDIRECT_URI) as receiver:
        back = f"{receiver.redirect_uri}?{urlencode({'state': state.value})}"
        login = sessions.authorization(provider, back)
        pending = PendingAuthorization(login.url, state)
        waiting = first_response([receiver], pending, timeout)
        try:
            params = await answer_to(show(receiver.start_url), waiting)
        except AuthorizationTimeout:
            raise _no_response(timeout) from None
    code = _code(params)
    session = await in_thread(sessions.exchange, code, login.code_verifier)
    if not accept(session):
        raise NotSignedIn("The sign-in was not kept.", hint="")
    await in_thread(sessions.keep, session)
    return session


def _no_response(timeout: float) -> NotSignedIn:
    return NotSignedIn(
        f"Nobody came back from the browser within {timeout:g} seconds.",
        hint="If it ended on your dashboard instead, the project does not allow "
        f"{REDIRECT_URI.replace(':0', '')}, or lacks this provider.",
    )


def _code(params: Mapping[str, str]) -> str:
    if is_denial(params):
        raise NotSignedIn(f"Supabase answered: {denial_reason(params)}.")
    if code := params.get("code"):
        return code
    raise NotSignedIn("Supabase answered with neither a code nor an error.")
