"""
The authorization request and its response (RFC 6749, section 4.1).

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from ..errors import AuthorizationDenied, AuthorizationTimeout
from ..redact import clean, command
from .pending import PendingAuthorization
from .state import State

MAX_QUOTE = 200
ERROR_PARAMS = ("error", "error_code", "error_reason", "error_message")

# What the dialog shows instead of redirecting.
USUAL_REASONS = """\
If the browser shows an error page of Meta's, it is usually one of these:
  URL Blocked, Can't Load URL: the redirect URI is not among the app's Valid OAuth
    Redirect URIs, or the app is Live (http://localhost works in Development mode).
  Invalid Scopes: the app lacks the Marketing API use case, or is a Facebook Login
    for Business app and needs META_CONFIG_ID.
  App Not Setup, App not active: the app is in Development mode and this person has
    no role on it."""
WHY_DENIED = (
    "If nobody pressed Cancel: Facebook Login for Business also answers like this"
    " while the app is in Development mode, or when its configuration asks for"
    " permissions or assets that this person cannot grant."
)
WHY_NO_CODE = (
    "The Business login does this after 'Sorry, something went wrong': compare the"
    " configuration (META_CONFIG_ID) with the app."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class AuthorizationRequest:
    """
    One login of one client, and the addresses at which it begins.

    `client_id` is metaconnect's client, whom the login is for; the app is
    `app_id`. `lifetime` is in seconds, from now. With `config_id` the
    configuration of Facebook Login for Business decides the permissions, and
    no scope is sent. `pending` is what a receiver waits for.
    """

    endpoint: str
    app_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    config_id: str | None = None
    rerequest: bool = False
    client_id: str
    lifetime: float
    pending: PendingAuthorization = field(init=False, repr=False)
    _state: State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shown, start = State(self.lifetime), State(self.lifetime)
        pending = PendingAuthorization(self._url_with(start), start, shown)
        object.__setattr__(self, "_state", shown)
        object.__setattr__(self, "pending", pending)

    @property
    def state(self) -> str:
        return self._state.value

    @property
    def url(self) -> str:
        """
        The long address, to be shown in the terminal alone: it holds a state.

        The start page leads to the same dialog with another state.
        """
        return self._url_with(self._state)

    def _url_with(self, state: State) -> str:
        query = {
            "client_id": self.app_id,
            "redirect_uri": self.redirect_uri,
            "state": state.value,
            "response_type": "code",
        }
        if self.config_id:
            # Without the override a system-user configuration answers no code.
            query |= {
                "config_id": self.config_id,
                "override_default_response_type": "true",
            }
        else:
            query["scope"] = ",".join(self.scopes)
        if self.rerequest:
            query["auth_type"] = "rerequest"
        return f"{self.endpoint}?{urlencode(query)}"


def response_params(query: str) -> dict[str, str]:
    """
    Return the parameters of a response's *query*.

    Raises ValueError where one is included twice (RFC 6749, section 3.1).
    """
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    params = dict(pairs)
    if len(params) != len(pairs):
        raise ValueError("a parameter is included more than once")
    return params


def is_denial(params: Mapping[str, str]) -> bool:
    """Whether the response is an error response (section 4.1.2.1)."""
    return any(params.get(name) for name in ERROR_PARAMS)


def authorization_code(params: Mapping[str, str], client_id: str) -> str:
    """Return the code. Raises AuthorizationDenied with Meta's own description."""
    try_again = f"Nothing was saved. Try again with:  {command('connect', client_id)}"
    if is_denial(params):
        raise AuthorizationDenied(
            f"Meta answered without access: {denial_reason(params)}.",
            hint=f"{WHY_DENIED}\n{try_again}",
        )
    if code := params.get("code"):
        return code
    raise AuthorizationDenied(
        "Meta answered with neither a code nor an error.",
        hint=f"{WHY_NO_CODE}\n{try_again}",
    )


def no_response(timeout: float, client_id: str) -> AuthorizationTimeout:
    """Return the error for a dialog that did not redirect in time."""
    paste = command("connect --paste", client_id)
    return AuthorizationTimeout(
        f"No answer from Meta within {timeout:g} seconds.\n{USUAL_REASONS}",
        hint="If the browser runs on another machine, paste its address instead:"
        f"  {paste}",
    )


def denial_reason(params: Mapping[str, str]) -> str:
    """Return the error response's own description, safe to print."""
    description = params.get("error_description") or params.get("error_message") or ""
    name = params.get("error_reason") or params.get("error") or ""
    quotes = [
        clean(description, longest=MAX_QUOTE).rstrip("."),
        name and f"({clean(name, longest=MAX_QUOTE)})",
    ]
    return " ".join(filter(None, quotes)) or "no reason was given"
