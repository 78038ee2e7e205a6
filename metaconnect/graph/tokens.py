"""The token endpoint, and what Meta knows about a token."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from ..errors import (
    ConfigError,
    GraphError,
    MetaconnectError,
    ServiceUnavailable,
    TokenRejected,
)
from ..models import AccessToken, MetaApp
from .client import GraphClient, Probe
from .decode import Body
from .error_codes import CHECK_APP
from .errors import error_from, holds_error
from .paging import rows_of


class TokenInfo(msgspec.Struct, frozen=True, kw_only=True):
    """
    What debug_token says of a token. Times are UTC; None means never, or not
    known: `never_expires` is True only where Meta says so.

    `type` is USER, SYSTEM_USER, PAGE or APP. `granular_scopes` maps a scope
    to the ids it is limited to; without ids it holds for all. `rejection` is
    why a token is not valid, as the error that a call with it would raise.
    https://developers.facebook.com/docs/graph-api/reference/debug_token
    """

    is_valid: bool
    app_id: str | None = None
    user_id: str | None = None
    type: str | None = None
    expires_at: datetime | None = None
    never_expires: bool = False
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    granular_scopes: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    rejection: MetaconnectError | None = None

    @property
    def is_system_user(self) -> bool:
        """Whether the token is a system user's: it has no permissions edge."""
        return self.type == "SYSTEM_USER"

    @property
    def is_extendable(self) -> bool:
        """Whether the long-lived exchange is meant for such a token."""
        return not (self.is_system_user or self.never_expires)

    @property
    def permissions(self) -> dict[str, str]:
        """The scopes as `granted_permissions` would return them."""
        return dict.fromkeys(self.scopes, "granted")


async def exchange_code(
    graph: GraphClient, app: MetaApp, code: str, redirect_uri: str, now: datetime
) -> AccessToken:
    """
    Trade an authorization code for a token (RFC 6749, section 4.1.3).

    Sent once: the first try uses the code up, failed or not. Without an
    expiry in the answer `expires_at` is None.
    """
    form = {
        "client_id": app.app_id,
        "client_secret": app.app_secret,
        "redirect_uri": redirect_uri,
        "code": code,
    }
    body = await graph.request("POST", "/oauth/access_token", form=form, retry=False)
    return access_token_in(body, now)


async def long_lived_token(
    graph: GraphClient, app: MetaApp, token: AccessToken, now: datetime
) -> tuple[AccessToken, TokenInfo | None]:
    """
    Return the token to keep after a code exchange, and what it is if known.

    A system user's token, and one that never expires, is kept as it is:
    https://developers.facebook.com/docs/facebook-login/facebook-login-for-business
    An app that may not inspect tokens (of type Native) exchanges all.
    """
    try:
        info = await inspect_token(graph, app, token)
    except (ConfigError, GraphError):
        return await extend_token(graph, app, token, now), None
    if info.rejection is not None:
        raise info.rejection
    if info.is_extendable:
        return await extend_token(graph, app, token, now), info
    return replace(token, expires_at=info.expires_at), info


async def extend_token(
    graph: GraphClient,
    app: MetaApp,
    token: AccessToken,
    now: datetime,
    *,
    system_user: bool = False,
) -> AccessToken:
    """
    Trade *token* for a long-lived one, with its true expiry.

    That of a *system_user* is renewed for 60 days only where this is asked for:
    https://developers.facebook.com/docs/business-management-apis/system-users/install-apps-and-generate-tokens

    Documented only as a GET with the secrets in the query, like debug_token:
    they are kept out of logs and messages, but not out of a proxy's.
    https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
    """
    params = {
        "grant_type": "fb_exchange_token",
        "client_id": app.app_id,
        "client_secret": app.app_secret,
        "fb_exchange_token": token.value,
    }
    if system_user:
        params |= {"set_token_expires_in_60_days": "true"}
    body = await graph.request("GET", "/oauth/access_token", params=params)
    return await with_true_expiry(graph, app, access_token_in(body, now))


async def with_true_expiry(
    graph: GraphClient, app: MetaApp, token: AccessToken
) -> AccessToken:
    """Ask debug_token when *token* expires, where its answer did not say."""
    if token.expires_at is not None:
        return token
    info = await inspect_token(graph, app, token)
    return replace(token, expires_at=info.expires_at)


async def inspect_token(
    graph: GraphClient, app: MetaApp, token: AccessToken
) -> TokenInfo:
    """
    Return what Meta knows about *token*; an invalid one is no error here.

    Raises ConfigError where Meta does not accept the app id and secret.
    """
    try:
        body = await graph.request(
            "GET",
            "/debug_token",
            bearer=f"{app.app_id}|{app.app_secret}",
            params={"input_token": token.value},
        )
    except TokenRejected as error:
        # The token that was rejected is the app's, not the one inspected.
        raise ConfigError(
            str(error),
            hint=CHECK_APP,
            code=error.code,
            subcode=error.subcode,
            fbtrace_id=error.fbtrace_id,
        ) from None
    return token_info_in(body)


async def probe_app(graph: GraphClient, app: MetaApp) -> Probe:
    """Ask for a token of the app itself (RFC 6749, section 4.4), and drop it."""
    form = {
        "client_id": app.app_id,
        "client_secret": app.app_secret,
        "grant_type": "client_credentials",
    }
    return await graph.probe("POST", "/oauth/access_token", form=form)


async def granted_permissions(graph: GraphClient, token: AccessToken) -> dict[str, str]:
    """Return each permission's status: granted, declined or expired."""
    rows = rows_of(await graph.get("/me/permissions", token))
    return {
        str(row["permission"]): str(row.get("status"))
        for row in rows
        if "permission" in row
    }


def access_token_in(body: Body, now: datetime) -> AccessToken:
    """Return the token in an answer of the token endpoint (section 5.1)."""
    value = body.get("access_token")
    if not isinstance(value, str) or not value:
        raise ServiceUnavailable("Meta's answer holds no access token.")
    seconds = _number(body.get("expires_in", body.get("expires")))
    try:
        expires_at = now + timedelta(seconds=seconds) if seconds else None
    except OverflowError:
        expires_at = None
    return AccessToken(value=value, expires_at=expires_at)


def token_info_in(body: Body) -> TokenInfo:
    """Return what the body of a debug_token answer says."""
    data = body.get("data")
    if not isinstance(data, dict):
        raise ServiceUnavailable("Meta's answer says nothing about the token.")
    scopes = data.get("scopes")
    return TokenInfo(
        is_valid=data.get("is_valid") is True,
        app_id=_text(data.get("app_id")),
        user_id=_text(data.get("user_id")),
        type=_text(data.get("type")),
        expires_at=_time(data.get("expires_at")),
        never_expires=data.get("expires_at") in (0, "0"),
        data_access_expires_at=_time(data.get("data_access_expires_at")),
        scopes=tuple(map(str, scopes)) if isinstance(scopes, list) else (),
        granular_scopes=_granular(data.get("granular_scopes")),
        rejection=error_from(200, data) if holds_error(data) else None,
    )


def _granular(entries: object) -> dict[str, tuple[str, ...]]:
    return {
        str(entry["scope"]): tuple(map(str, entry.get("target_ids") or ()))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and "scope" in entry
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> float:
    """Return *value*, which comes as a number or as text; 0 if it is neither."""
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0


def _time(value: object) -> datetime | None:
    if not (seconds := _number(value)):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
