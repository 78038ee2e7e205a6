"""A connection as other programs take it: in environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from ..errors import TokenRejected, UsageError
from ..models import Connection
from ..redact import command
from ..settings import NAMES, Settings
from ..settings.names import SECRET

# What a variable can hold. An account has its ``act_``, an account_number has not.
KINDS: Final = (
    "token",
    "account",
    "account_number",
    "app_id",
    "app_secret",
    "version",
    "client",
)
KEPT: Final = "kept"  # whatever the variable held before
# Whose names -> variable -> what it holds. All of them can be set at once.
SETS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        # https://pypi.org/project/meta-ads
        "meta-ads": {"ACCESS_TOKEN": "token", "AD_ACCOUNT_ID": "account"},
        # The SDK itself reads none: these are what scripts that use it read.
        "facebook-business": {
            "META_ACCESS_TOKEN": "token",
            "META_AD_ACCOUNT_ID": "account",
            "FACEBOOK_ACCESS_TOKEN": "token",
            "FACEBOOK_AD_ACCOUNT_ID": "account",
            "FB_ACCESS_TOKEN": "token",
            "FB_AD_ACCOUNT_ID": "account",
        },
        # https://github.com/MeltanoLabs/tap-facebook
        "singer": {
            "TAP_FACEBOOK_ACCESS_TOKEN": "token",
            "TAP_FACEBOOK_ACCOUNT_ID": "account_number",
        },
        # https://dlthub.com/docs/dlt-ecosystem/verified-sources/facebook_ads
        "dlt": {
            "SOURCES__FACEBOOK_ADS__ACCESS_TOKEN": "token",
            "SOURCES__FACEBOOK_ADS__ACCOUNT_ID": "account_number",
        },
    }
)
# Our own secrets. What is NEXT_PUBLIC_ is none: a dashboard sends it to browsers.
WITHHELD: Final = frozenset(
    name
    for setting in SECRET
    for name in NAMES[setting]
    if not name.startswith("NEXT_PUBLIC_")
)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def require_unexpired(connection: Connection, now: datetime) -> None:
    """Raise TokenRejected where the token's date has passed."""
    expires_at = connection.token.expires_at
    if expires_at is None or expires_at > now:
        return
    client_id = connection.client_id
    raise TokenRejected(
        f"The token of client {client_id!r} expired on "
        f"{expires_at.astimezone(UTC).date()}.",
        hint=f"Log in again:  {command('connect --force', client_id)}",
    )


def variables(named: str | None, more: Iterable[str]) -> dict[str, str]:
    """
    Return what each variable is to hold: those of the set *named*, else of all, and
    *more*, each ``NAME=KIND``, or a NAME that keeps what it holds, of kind KEPT.
    Raises UsageError.
    """
    sets = SETS if named is None else {named: SETS[named]}
    wanted = {name: kind for names in sets.values() for name, kind in names.items()}
    for text in more:
        name, given, kind = text.partition("=")
        if not _NAME.fullmatch(name) or (given and kind not in KINDS):
            raise UsageError(
                f"--env takes NAME, or NAME=KIND with a kind of: {', '.join(KINDS)}.",
                hint="Example:  --env FB_TOKEN=token",
            )
        wanted[name] = kind if given else KEPT
    return wanted


def environment(
    connection: Connection,
    wanted: Mapping[str, str],
    settings: Settings,
    environ: Mapping[str, str],
) -> dict[str, str]:
    """
    Return *environ* with the variables *wanted*, and without our own secrets.

    Where no ad account is chosen its variables are missing, so that one of another
    client is not taken for it. Raises ConfigError for an app that is not known.
    """
    values = _values(connection, settings, set(wanted.values()))
    named = {n: environ.get(n) if k == KEPT else values[k] for n, k in wanted.items()}
    others = {n: v for n, v in environ.items() if n not in WITHHELD | wanted.keys()}
    return others | {n: v for n, v in named.items() if v}


def _values(
    connection: Connection, settings: Settings, kinds: set[str]
) -> dict[str, str]:
    account = connection.ad_account_id or ""
    if "app_id" in kinds:
        settings.require("meta_app_id")
    return {
        "token": connection.token.value,
        "account": account,
        "account_number": account.removeprefix("act_"),
        "app_id": settings.meta_app_id or "",
        "app_secret": settings.meta_app.app_secret if "app_secret" in kinds else "",
        "version": settings.meta_host.version,
        "client": connection.client_id,
    }


def without_account(connection: Connection, wanted: Mapping[str, str]) -> Sequence[str]:
    """Return the variables that stay empty because no ad account is chosen."""
    if connection.ad_account_id:
        return []
    return [name for name, kind in wanted.items() if kind.startswith("account")]
