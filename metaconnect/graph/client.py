"""One Graph API request: send it, and turn whatever comes back into a body."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Self

import httpx
import msgspec

from .._version import __version__
from ..errors import (
    ConfigError,
    MetaconnectError,
    NetworkError,
    ServiceUnavailable,
    TokenRejected,
)
from ..models import AccessToken, MetaHost
from ..redact import clean
from .decode import Body, decode_body
from .errors import error_from, holds_error
from .redaction import mask_secrets_in_logs, secrets_in
from .retry import delay_before_retry, in_words
from .usage import Usage, usage_of

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_WORTH_MENTIONING = 5.0  # seconds of waiting in silence
_TOKEN = re.compile(r"[\x21-\x7e]+")  # what fits a header (RFC 6750, section 2.1)


def ignore(_notice: str) -> None:
    """Say nothing."""


class GraphClient:
    """
    Talks to the Graph API of one host, in one version.

    `notice` is told, in a line each, what a person should know but no caller
    must act on. Every method raises an error of ours, never one of httpx.
    Closing the client closes `http`.
    """

    def __init__(
        self,
        host: MetaHost,
        *,
        app_secret: str | None = None,
        notice: Callable[[str], None] = ignore,
        http: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        mask_secrets_in_logs()
        self._host = host
        self._app_secret = app_secret
        self._notice = notice
        self._http = http or _http_client(host)
        self._sleep = sleep
        self._jitter = jitter
        self._version_said = False
        self.usage = Usage()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, token: AccessToken, /, **params: object) -> Body:
        """
        GET *path* as the owner of *token*; None leaves a parameter out.

        The token travels in a header (RFC 6750, section 2.1). With it goes
        its `appsecret_proof` where the app secret is known:
        https://developers.facebook.com/docs/graph-api/guides/secure-requests
        """
        bearer = _checked(token.value)
        if self._app_secret:
            params["appsecret_proof"] = _proof(bearer, self._app_secret)
        return await self._retried("GET", path, params=params, bearer=bearer)

    async def get_with_secret(
        self, path: str, /, *, bearer: str | None = None, **params: object
    ) -> Body:
        """
        GET *path* with secrets in the query, as two calls are documented.

        For the long-lived exchange and debug_token alone: whatever is in the
        query is kept out of logs and messages, but not out of a proxy's.
        """
        bearer = None if bearer is None else _checked(bearer)
        return await self._retried("GET", path, params=params, bearer=bearer)

    async def post(self, path: str, /, **form: str) -> Body:
        """POST a form to *path*, once: a second try could act twice."""
        return await self._send("POST", path, form=form)

    async def _retried(self, method: str, path: str, **request: Any) -> Body:
        attempt = 1
        while True:
            try:
                return await self._send(method, path, **request)
            except MetaconnectError as error:
                delay = delay_before_retry(attempt, error, self._jitter())
                if delay is None:
                    raise
                if delay >= _WORTH_MENTIONING:
                    self._notice(f"{error} Waiting {in_words(delay)}.")
            await self._sleep(delay)
            attempt += 1

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, object] | None = None,
        form: dict[str, str] | None = None,
        bearer: str | None = None,
    ) -> Body:
        secrets = secrets_in({**(params or {}), **(form or {})})
        secrets += [self._app_secret] if self._app_secret else []
        headers = {"User-Agent": f"metaconnect/{__version__}"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
            secrets += [bearer, bearer.rpartition("|")[2]]
        try:
            response = await self._http.request(
                method,
                f"{self._host.graph_url}/{self._host.version}{path}",
                params=_query(params or {}),
                data=form,
                headers=headers,
                follow_redirects=False,
            )
        except httpx.DecodingError:
            raise ServiceUnavailable("Meta's answer arrived damaged.") from None
        except httpx.RequestError as exc:
            # Without its cause: httpx quotes headers and URLs.
            raise self._unreachable(exc, secrets) from None
        return self._body(response, secrets)

    def _body(self, response: httpx.Response, secrets: list[str]) -> Body:
        self.usage = usage_of(response.headers)
        self._mention_version(response.headers)
        if response.has_redirect_location:
            # Followed nowhere: the token belongs to this host.
            raise ServiceUnavailable(
                f"{response.url.host} answered with a redirect (HTTP "
                f"{response.status_code}), which the Graph API never does.",
                hint="Check META_GRAPH_URL, and whether a network login is due.",
            )
        body = decode_body(response.content)
        if not response.is_success or holds_error(body):
            raise error_from(response.status_code, body, self.usage, secrets=secrets)
        if not isinstance(body, dict):
            raise ServiceUnavailable(
                "Meta's answer was no JSON object: "
                f"{clean(response.text[:80], secrets) or 'it was empty'}"
            )
        return body

    def _unreachable(self, exc: httpx.RequestError, secrets: list[str]) -> NetworkError:
        host = httpx.URL(self._host.graph_url).host
        if isinstance(exc, httpx.TimeoutException):
            return NetworkError(f"{host} did not answer in time.")
        reason = clean(str(exc), secrets) or type(exc).__name__
        return NetworkError(f"{host} cannot be reached: {reason}")

    def _mention_version(self, headers: httpx.Headers) -> None:
        warning = clean(headers.get("x-ad-api-version-warning", ""))
        served = clean(headers.get("facebook-api-version", ""))
        differs = served not in ("", self._host.version)
        if self._version_said or not (differs or warning):
            return
        self._version_said = True
        asked = f"asked for {self._host.version}"
        asked += f", Meta answered as {served}." if differs else "."
        self._notice(f"Graph API version: {asked} {warning}".rstrip())


def _http_client(host: MetaHost) -> httpx.AsyncClient:
    secure = httpx.URL(host.graph_url).scheme == "https"
    # Plain http is for loopback alone: no proxy reaches that, and reading the
    # certificates of every authority is slow. The bare context trusts nobody.
    verify = True if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return httpx.AsyncClient(verify=verify, trust_env=secure, timeout=TIMEOUT)
    except (ImportError, ValueError):
        # Not quoted: a proxy's address may hold a password.
        raise ConfigError(
            "The proxy named in the environment cannot be used.",
            hint="Correct HTTPS_PROXY or ALL_PROXY; socks needs httpx[socks].",
        ) from None


def _checked(bearer: str) -> str:
    if not _TOKEN.fullmatch(bearer):
        raise TokenRejected("The access token is damaged: no token looks like it.")
    return bearer


def _proof(bearer: str, app_secret: str) -> str:
    return hmac.new(app_secret.encode(), bearer.encode(), hashlib.sha256).hexdigest()


def _query(params: dict[str, object]) -> dict[str, str]:
    """Lists and objects travel as JSON, as Meta's own SDK sends them."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in params.items()
        if value is not None
    }
