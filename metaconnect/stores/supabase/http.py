"""
The HTTP client for Supabase, and answers that are not from Supabase.

Imported only when a request is made: httpx alone takes 0.1 to 0.2 s.
"""

from __future__ import annotations

import ssl
import time
from typing import Any

import httpx

from ...errors import ConfigError, ErrorTemplate, MetaconnectError, StoreError
from ...loopback import is_loopback
from ...redact import clean
from .postgrest_codes import KeyRejected

CONNECT = 5.0  # seconds
READ = 15.0  # seconds between two pieces of an answer
TOTAL = 60.0  # seconds for the body of an answer
MAX_BODY = 64 * 1024 * 1024  # bytes, decompressed
NOT_SUPABASE = (
    "Compare SUPABASE_URL with the project's (https://REF.supabase.co). "
    "If it is right: does this network require a login first (hotel Wi-Fi)?"
)
# Statuses of the gateway itself, whose answers carry no error code.
# https://supabase.com/docs/guides/troubleshooting/http-status-codes
_GATEWAY: dict[int, ErrorTemplate] = {
    401: ErrorTemplate(
        KeyRejected,
        "Supabase does not accept the API key.",
        "Compare SUPABASE_KEY (with the service role: SUPABASE_SERVICE_ROLE_KEY) "
        "with the project's Settings > API Keys.",
    ),
    402: ErrorTemplate(
        StoreError,
        "The Supabase project is restricted: it is over its quota.",
        "See its organization's usage at https://supabase.com/dashboard",
    ),
    404: ErrorTemplate(
        ConfigError, "SUPABASE_URL is not that of a project.", NOT_SUPABASE
    ),
    429: ErrorTemplate(
        StoreError, "Supabase gets too many requests.", "Wait a minute."
    ),
    540: ErrorTemplate(
        StoreError,
        "The Supabase project is paused.",
        "Restore it at https://supabase.com/dashboard",
    ),
}


class SupabaseHTTP(httpx.Client):
    """
    A client that returns only what PostgREST or Auth answered, read whole.

    Raises our own errors for anything else, and for an answer that is too
    large or takes too long.
    """

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        response = super().send(request, **{**options, "stream": True})
        try:
            answer = _read_whole(response, time.monotonic() + TOTAL)
        finally:
            response.close()
        reject_foreign_response(answer)
        return answer


def open_http(url: str) -> httpx.Client:
    """
    Return a client for the project at *url* that keeps connections open.

    Raises ConfigError where the proxy or the certificates that the
    environment names cannot be used.
    """
    try:
        # No redirects: they would carry the API key, and a sign-in's body, away.
        return SupabaseHTTP(
            timeout=httpx.Timeout(READ, connect=CONNECT),
            verify=_ssl_context(url),
            trust_env=not is_loopback(url),
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
    """Return the error for a request without an answer; *exc* is httpx's."""
    if isinstance(exc, httpx.ConnectTimeout):
        return StoreError(f"Supabase could not be reached within {CONNECT:g} s.")
    if isinstance(exc, httpx.TimeoutException):
        return StoreError(f"Supabase gave no answer within {READ:g} s.")
    hint = "Is the network up, and is SUPABASE_URL right?"
    if "CERTIFICATE" in str(exc):
        hint = "Behind a proxy with its own certificates, name them in SSL_CERT_FILE."
    reason = clean(str(exc)) if isinstance(exc, httpx.HTTPError) else "no answer"
    return StoreError(f"Supabase cannot be reached: {reason}.", hint=hint)


def _ssl_context(url: str) -> ssl.SSLContext:
    # Plain http is for loopback alone, and reading the certificates of every
    # authority is slow. The bare context trusts nobody.
    if httpx.URL(url).scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context()  # heeds SSL_CERT_FILE, unlike trust_env=False


def _read_whole(response: httpx.Response, deadline: float) -> httpx.Response:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BODY:
            raise StoreError(
                f"Supabase's answer is larger than {MAX_BODY // 2**20} MiB."
            )
        if time.monotonic() > deadline:
            raise StoreError(f"Supabase's answer was not complete within {TOTAL:g} s.")
    return httpx.Response(
        response.status_code,
        headers=[
            (name, value)
            for name, value in response.headers.multi_items()
            # The body is decoded already.
            if name not in ("content-encoding", "content-length", "transfer-encoding")
        ],
        content=bytes(body),
        request=response.request,
        extensions=response.extensions,
    )


def _is_theirs(response: httpx.Response) -> bool:
    try:
        body = response.json()
    except (ValueError, RecursionError):
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
