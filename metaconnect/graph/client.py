"""One Graph API request: send it, and turn whatever comes back into a body."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import httpx

from ..errors import MetaconnectError, ServiceUnavailable
from ..models import AccessToken, MetaApp, MetaHost
from ..redact import SECRET_NAMES, clean, mask_secrets_in_logs, remember_secret
from .decode import Body, Decoder, decode_body
from .errors import error_from, holds_error
from .http import DEADLINE, Answer, encoded, headers, send
from .throttle import Failure, Quota, Throttle, ignore
from .usage import wait_named
from .waits import reason_of

if TYPE_CHECKING:  # loaded where limits are shared
    from .shared import SharedPauses

T = TypeVar("T")
FromBytes = Callable[[bytes], T | None]

_AD_ACCOUNT = re.compile(r"/act_(\w+)(?:/|$)")
_LONGEST_QUOTE: Final = 80  # characters of a body that is not what it should be
_QUOTED_UP_TO: Final = 65_536  # bytes; a larger body is not searched for secrets


class Probe(NamedTuple):
    """The headers of an answer, and the error that it was, if it was one."""

    headers: httpx.Headers
    error: MetaconnectError | None


class GraphClient:
    """
    Talks to the Graph API of one host, in one version.

    With *app*, requests carry the `appsecret_proof`. `notice` is told, in a
    line each, what a person should know but no caller must act on. Every
    method raises an error of ours, never one of httpx. The caller closes
    *http*.
    """

    def __init__(
        self,
        host: MetaHost,
        *,
        http: httpx.AsyncClient,
        throttle: Throttle,
        app: MetaApp | None = None,
        notice: Callable[[str], None] = ignore,
        deadline: float = DEADLINE,
    ) -> None:
        mask_secrets_in_logs()
        self._host = host
        self._http = http
        self._throttle = throttle
        self._app = app
        self.notice = notice
        self._deadline = deadline
        self._noticed: set[str] = set()  # shared with the clients made from this one
        self._ad_account_id: str | None = None
        self._waiting: Callable[[str], None] = ignore

    @property
    def app(self) -> MetaApp | None:
        """The app whose secret proves the requests, None where it is not known."""
        return self._app

    def for_ad_account(
        self, ad_account_id: str, *, waiting: Callable[[str], None] = ignore
    ) -> GraphClient:
        """
        Return a client whose every request counts against one ad account's quota,
        whatever its path; *waiting* is told why nothing happens, "" once it does.
        """
        client = copy(self)
        client.__dict__ |= {
            "_ad_account_id": ad_account_id.removeprefix("act_"),
            "_waiting": waiting,
        }
        return client

    async def pause(self, seconds: float, why: str) -> None:
        """Let time pass before something is asked again."""
        self._waiting(why)
        try:
            await self._throttle.sleep(seconds)
        finally:
            self._waiting("")

    def share_limits(self, shared: SharedPauses) -> None:
        """Heed the pauses of other processes from now on, and let them know ours."""
        self._throttle.shared = shared

    def clock(self) -> float:
        """Return the seconds of the clock that pauses are measured by."""
        return self._throttle.clock()

    async def get(self, path: str, token: AccessToken, /, **params: object) -> Body:
        """GET *path* as the owner of *token*; None leaves a parameter out."""
        return await self.request("GET", path, token=token, params=params)

    async def get_decoded(
        self, path: str, token: AccessToken, decoder: Decoder[T], /, **params: object
    ) -> T:
        """GET as `get` does, but return what *decoder* makes of the answer."""
        request = self._request("GET", path, token, None, params, None)
        quota = self._quota(path)
        found = await self._send(request, quota, decoder.from_bytes, retry=True)
        return decoder.from_body(found) if isinstance(found, dict) else found

    async def request(
        self,
        method: str,
        path: str,
        *,
        token: AccessToken | None = None,
        bearer: str | None = None,
        params: Mapping[str, object] | None = None,
        form: Mapping[str, object] | None = None,
        retry: bool = True,
    ) -> Body:
        """
        Send a request as the owner of *token*, or with any other *bearer*.

        A failure that may pass is tried again, unless *retry* is False: for a
        request that must not act twice.
        """
        request = self._request(method, path, token, bearer, params or {}, form)
        return await self._send(request, self._quota(path), _nothing, retry=retry)

    async def probe(
        self,
        method: str,
        path: str,
        *,
        token: AccessToken | None = None,
        form: Mapping[str, object] | None = None,
    ) -> Probe:
        """Send a request once, whatever the quota, and keep none of the body."""
        request = self._request(method, path, token, None, {}, form)
        answer = await send(self._http, request, deadline=self._deadline)
        try:
            _body(answer, wait_named(answer.response.headers))
        except MetaconnectError as error:
            return Probe(answer.response.headers, error)
        return Probe(answer.response.headers, None)

    async def _send(
        self,
        request: httpx.Request,
        quota: Quota,
        from_bytes: FromBytes[T],
        *,
        retry: bool,
    ) -> T | Body:
        attempt, failure = 1, None
        while True:
            await self._throttle.enter(
                quota, failure, notice=self.notice, waiting=self._waiting
            )
            started = self._throttle.clock()
            try:
                return await self._send_once(request, quota, from_bytes)
            except MetaconnectError as error:
                delay = self._throttle.delay_after(quota, attempt, error)
                if delay is None or not retry:
                    raise
                spent = self._throttle.clock() - started
                failure = Failure(reason_of(error), delay, spent)
            finally:
                self._throttle.leave(quota)
            attempt += 1

    def _request(
        self,
        method: str,
        path: str,
        token: AccessToken | None,
        bearer: str | None,
        params: Mapping[str, object],
        form: Mapping[str, object] | None,
    ) -> httpx.Request:
        """
        The token travels in a header (RFC 6750, section 2.1). With it goes
        its `appsecret_proof` where the app secret is known:
        https://developers.facebook.com/docs/graph-api/guides/secure-requests
        """
        if token is not None:
            bearer = token.value
            if form is None:
                params = {**params, **self._proof(bearer)}
            else:
                form = {**form, **self._proof(bearer)}
        self._remember_secrets(bearer, {**params, **(form or {})})
        return self._http.build_request(
            method,
            f"{self._host.graph_url}/{self._host.version}{path}",
            params=encoded(params),
            data=None if form is None else encoded(form),
            headers=headers(bearer),
        )

    async def _send_once(
        self, request: httpx.Request, quota: Quota, from_bytes: FromBytes[T]
    ) -> T | Body:
        answer = await send(self._http, request, deadline=self._deadline)
        received = answer.response.headers
        self._throttle.read(quota, received)
        self._notice_version(received)
        found = from_bytes(answer.content) if answer.response.is_success else None
        if found is not None:
            return found
        return _body(answer, wait_named(received, quota.ad_account_id))

    def _quota(self, path: str) -> Quota:
        match = _AD_ACCOUNT.match(path)
        app_id = None if self._app is None else self._app.app_id
        return Quota(app_id, match[1] if match else self._ad_account_id)

    def _proof(self, bearer: str) -> dict[str, str]:
        if self._app is None or not self._app.app_secret:
            return {}
        key = self._app.app_secret.encode()
        proof = hmac.new(key, bearer.encode(), hashlib.sha256).hexdigest()
        return {"appsecret_proof": proof}

    def _remember_secrets(
        self, bearer: str | None, words: Mapping[str, object]
    ) -> None:
        if self._app is not None:
            remember_secret(self._app.app_secret)
        if bearer is not None:
            remember_secret(bearer)
            remember_secret(bearer.rpartition("|")[2])  # an app token ends in it
        for name in SECRET_NAMES:
            remember_secret(str(words.get(name) or ""))

    def _notice_version(self, headers: httpx.Headers) -> None:
        warning = clean(headers.get("x-ad-api-version-warning"))
        served = clean(headers.get("facebook-api-version"))
        differs = served not in ("", self._host.version)
        if "version" in self._noticed or not (differs or warning):
            return
        self._noticed.add("version")
        asked = f"asked for {self._host.version}"
        asked += f", Meta answered as {served}." if differs else "."
        self.notice(f"Graph API version: {asked} {warning}".rstrip())


def _nothing(_content: bytes) -> None:
    return None


def _body(answer: Answer, wait: float | None) -> Body:
    response, content = answer
    if response.has_redirect_location:
        # Followed nowhere: the token belongs to this host.
        raise ServiceUnavailable(
            f"{response.url.host} answered with a redirect (HTTP "
            f"{response.status_code}), which the Graph API never does.",
            hint="Check META_GRAPH_URL, and whether a network login is due.",
        )
    body = decode_body(content)
    if not response.is_success or holds_error(body):
        raise error_from(response.status_code, body, wait=wait)
    if not isinstance(body, dict):
        raise ServiceUnavailable(f"Meta's answer is no JSON object: {_quoted(content)}")
    return body


def _quoted(content: bytes) -> str:
    if len(content) > _QUOTED_UP_TO:
        return f"it has {len(content):,} bytes."
    text = clean(content.decode("utf-8", "replace"), longest=_LONGEST_QUOTE)
    return text or "it is empty."
