"""
The HTTP client for Supabase, and the answers that are not Supabase's at all.

Imported only when a request is made: httpx alone takes 0.1 to 0.2 s.
"""

from __future__ import annotations

import httpx

from ...errors import ConfigError, MetaconnectError, StoreError
from ...redact import clean
from .wording import Verdict

CONNECT = 5.0  # seconds
READ = 15.0  # seconds between two pieces of an answer
NOT_SUPABASE = (
    "Compare SUPABASE_URL with the project's (https://REF.supabase.co). "
    "If it is right: does this network want you to log in first (hotel Wi-Fi)?"
)
# Statuses of the gateway itself, whose answers carry no error code.
# https://supabase.com/docs/guides/troubleshooting/http-status-codes
_GATEWAY: dict[int, Verdict] = {
    401: Verdict(
        ConfigError,
        "Supabase does not accept the API key.",
        "Compare SUPABASE_KEY (with the service role: SUPABASE_SERVICE_ROLE_KEY) "
        "with the project's Settings > API Keys.",
    ),
    402: Verdict(
        StoreError,
        "The Supabase project is restricted: it is over its quota.",
        "See its organization's usage at https://supabase.com/dashboard",
    ),
    404: Verdict(ConfigError, "SUPABASE_URL is not that of a project.", NOT_SUPABASE),
    429: Verdict(StoreError, "Supabase gets too many requests.", "Wait a minute."),
    540: Verdict(
        StoreError,
        "The Supabase project is paused.",
        "Restore it at https://supabase.com/dashboard",
    ),
}


def open_http() -> httpx.Client:
    """
    Return a client that holds no connection between requests: nobody has to
    close it. Raises ConfigError where the proxy or the certificates that the
    environment names cannot be used.
    """
    try:
        # No redirects: they would carry the API key, and a sign-in's body, away.
        return httpx.Client(
            timeout=httpx.Timeout(READ, connect=CONNECT),
            limits=httpx.Limits(max_keepalive_connections=0),
            event_hooks={"response": [reject_foreign_response]},
            follow_redirects=False,
        )
    except (OSError, ImportError, ValueError) as exc:
        raise ConfigError(
            f"The proxy or the certificates cannot be used: {clean(str(exc))}.",
            hint="Look at HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from exc


def reject_foreign_response(response: httpx.Response) -> None:
    """
    Raise for an answer that comes from neither PostgREST nor Auth.

    Theirs are JSON, and their errors have a code. postgrest-py would take a
    captive portal's page for data.
    """
    status = response.status_code
    if status == httpx.codes.NO_CONTENT:
        return
    is_json = "json" in response.headers.get("content-type", "")
    if not is_json and status < httpx.codes.INTERNAL_SERVER_ERROR:
        raise StoreError(
            f"A web page came (HTTP {status}) instead of Supabase's answer.",
            hint=NOT_SUPABASE,
        )
    if response.is_error and not (is_json and _is_theirs(response)):
        raise _from_gateway(status)


def unreachable(exc: BaseException | None) -> StoreError:
    """Say why a request got no answer; *exc* is httpx's."""
    if isinstance(exc, httpx.ConnectTimeout):
        return StoreError(f"Supabase could not be reached within {CONNECT:g} s.")
    if isinstance(exc, httpx.TimeoutException):
        return StoreError(f"Supabase gave no answer within {READ:g} s.")
    hint = "Is the network up, and is SUPABASE_URL right?"
    if "CERTIFICATE" in str(exc):
        hint = "Behind a proxy with its own certificates, name them in SSL_CERT_FILE."
    reason = clean(str(exc)) if isinstance(exc, httpx.HTTPError) else "no answer"
    return StoreError(f"Supabase cannot be reached: {reason}.", hint=hint)


def _is_theirs(response: httpx.Response) -> bool:
    response.read()
    try:
        body = response.json()
    except ValueError:
        return False
    if not isinstance(body, dict):
        return False
    if not body:  # PostgREST 12, asked to write to a table that is not there
        return response.status_code == httpx.codes.NOT_FOUND
    # `code` of PostgREST and newer Auth; `error_code` of older Auth.
    return any(isinstance(body.get(name), str) for name in ("code", "error_code"))


def _from_gateway(status: int) -> MetaconnectError:
    if status in _GATEWAY:
        return _GATEWAY[status].filled()
    if status < httpx.codes.INTERNAL_SERVER_ERROR:
        return StoreError(f"Supabase refused the request (HTTP {status}).")
    return StoreError(f"Supabase is out of order (HTTP {status}).")
