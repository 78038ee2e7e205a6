"""A token that was issued elsewhere: whether it is one that can be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from ..errors import ConfigError, TokenRejected, UsageError
from ..graph.client import GraphClient
from ..graph.tokens import TokenInfo, inspect_token
from ..models import AccessToken, MetaApp
from ..redact import remember_secret

# Meta's short-lived tokens live an hour or two, its long-lived ones 60 days.
# https://developers.facebook.com/docs/facebook-login/guides/access-tokens
SHORT_LIVED = timedelta(days=1)
KINDS = ("USER", "SYSTEM_USER")


async def inspected_token(
    value: str, *, graph: GraphClient, app: MetaApp, now: datetime
) -> tuple[AccessToken, bool]:
    """
    Return the token with its expiry, and whether it is to be kept as it is.

    Raises UsageError for a text that is no token and for a page's or an app's,
    ConfigError for another app's, and TokenRejected or CheckpointRequired with
    Meta's reason where it is not valid.
    """
    token = AccessToken(value=_plain(value))
    info = await inspect_token(graph, app, token)
    _check(info, app)
    ends = info.expires_at
    lasts = not info.is_extendable or (ends is not None and ends > now + SHORT_LIVED)
    return replace(token, expires_at=ends), lasts


def _plain(value: str) -> str:
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError("That is no access token: one is a single word.")
    remember_secret(value)
    return value


def _check(info: TokenInfo, app: MetaApp) -> None:
    if info.app_id is not None and info.app_id != app.app_id:
        raise ConfigError(
            f"The token was issued by app {info.app_id}, not by {app.app_id}.",
            hint="Make one with the app META_APP_ID, or set META_APP_ID and "
            "META_APP_SECRET to that app's.",
        )
    if info.rejection is not None:
        raise info.rejection
    if not info.is_valid:
        raise TokenRejected("Meta says that the token is not valid, and not why.")
    if info.type not in KINDS:
        kind = (info.type or "APP").lower().replace("_", " ")
        raise UsageError(
            f"That is the token of a kind that is not used here ({kind}).",
            hint="Give the token of a person or of a system user.",
        )
