"""
The authorization request, and reading its response (RFC 6749, section 4.1).

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from ..errors import AuthorizationDenied
from ..redact import clean
from .state import State

LONGEST_QUOTE = 200
DENIALS = ("error", "error_code", "error_reason", "error_message")

TRY_AGAIN = "Nothing was saved. Try again with:  metaconnect connect"
WHY_DENIED = (
    "If nobody pressed Cancel: Facebook Login for Business also answers like this"
    " while the app is in Development mode, or when its configuration asks for"
    f" permissions or assets that this person cannot grant.\n{TRY_AGAIN}"
)
WHY_NO_CODE = (
    "The Business login does this after 'Sorry, something went wrong': compare the"
    f" configuration (META_CONFIG_ID) with the app.\n{TRY_AGAIN}"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class AuthorizationRequest:
    """
    One login of one client, from the dialog's URL to the claim of its answer.

    `client_id` is metaconnect's client, whom the state is bound to; the app is
    `app_id`. `lifetime` is in seconds, from now. With `config_id` the
    configuration of Facebook Login for Business decides the permissions, and
    no scope is sent.
    """

    endpoint: str
    app_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    config_id: str | None = None
    rerequest: bool = False
    client_id: str
    lifetime: float
    _state: State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_state", State(self.lifetime))

    @property
    def state(self) -> str:
        return self._state.value

    @property
    def url(self) -> str:
        """Where the browser is sent. It holds the state: never log it."""
        query = {
            "client_id": self.app_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
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

    def claim(self, params: Mapping[str, str]) -> bool:
        """Return True once: for the first response in time with our state."""
        return self._state.claim(params)


def response_params(query: str) -> dict[str, str]:
    """
    Return the parameters of a response's *query*.

    Raises ValueError where one is there twice (RFC 6749, section 3.1).
    """
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    params = dict(pairs)
    if len(params) != len(pairs):
        raise ValueError("a parameter is included more than once")
    return params


def is_denial(params: Mapping[str, str]) -> bool:
    """Whether the response is an error response (section 4.1.2.1)."""
    return any(params.get(name) for name in DENIALS)


def authorization_code(params: Mapping[str, str]) -> str:
    """Return the code. Raises AuthorizationDenied with what Meta said instead."""
    if is_denial(params):
        raise AuthorizationDenied(
            f"Meta answered without access: {denial_reason(params)}.", hint=WHY_DENIED
        )
    if code := params.get("code"):
        return code
    raise AuthorizationDenied(
        "Meta answered with neither a code nor an error.", hint=WHY_NO_CODE
    )


def denial_reason(params: Mapping[str, str]) -> str:
    """Return why there is no access, in the other side's words."""
    words = params.get("error_description") or params.get("error_message") or ""
    name = params.get("error_reason") or params.get("error") or ""
    quotes = [
        clean(words, longest=LONGEST_QUOTE).rstrip("."),
        name and f"({clean(name, longest=LONGEST_QUOTE)})",
    ]
    return " ".join(filter(None, quotes)) or "no reason was given"
