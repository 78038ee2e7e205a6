"""
What the parts pass to one another: plain frozen values.

msgspec's structs, because a dataclass takes 0.8 ms to define and these are loaded by
every command that works.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from .constants import (
    ACCOUNT_STATUSES,
    DEFAULT_SCOPES,
    DEFAULT_VERSION,
    META_DIALOG_URL,
    META_GRAPH_URL,
    FieldKind,
)

# One row of data, in Meta's form or in ours.
Row = dict[str, Any]


class MetaHost(msgspec.Struct, frozen=True, kw_only=True):
    """Where Meta lives. The sandbox is another host, not another client."""

    dialog_url: str = META_DIALOG_URL
    graph_url: str = META_GRAPH_URL
    version: str = DEFAULT_VERSION

    @property
    def is_meta(self) -> bool:
        """Whether tokens go to Meta, and not to a sandbox, a proxy or a test."""
        return self.graph_url == META_GRAPH_URL

    @property
    def authorization_endpoint(self) -> str:
        """RFC 6749, section 3.1; Meta calls it the Login dialog."""
        return f"{self.dialog_url}/{self.version}/dialog/oauth"


class MetaApp(msgspec.Struct, frozen=True, kw_only=True):
    """
    The app registered with Meta: the OAuth client.

    `config_id` names a Facebook Login for Business configuration, which then
    decides the permissions in the place of `scopes`.
    """

    app_id: str
    app_secret: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    config_id: str | None = None

    def __repr__(self) -> str:
        """Without the secret."""
        return (
            f"MetaApp(app_id={self.app_id!r}, scopes={self.scopes!r}, "
            f"config_id={self.config_id!r})"
        )


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """A Meta access token. `expires_at` is UTC; None means it never does."""

    value: str
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        """Without the token."""
        return f"AccessToken(expires_at={self.expires_at!r})"


class MetaUser(msgspec.Struct, frozen=True, kw_only=True):
    """The person who logged in. `id` is scoped to the app."""

    id: str
    name: str


class AdAccount(msgspec.Struct, frozen=True, kw_only=True):
    """
    An ad account as /me/adaccounts lists it. `id` includes ``act_``.

    `business` is the name of the business that it was listed for, if any was.
    """

    id: str
    name: str = ""
    account_status: int | None = None
    currency: str | None = None
    timezone_name: str | None = None
    business: str | None = None

    @property
    def status(self) -> str:
        """Meta's word for `account_status`, in lower case."""
        if self.account_status is None:
            return "unknown"
        return ACCOUNT_STATUSES.get(
            self.account_status, f"status {self.account_status}"
        )

    @property
    def is_active(self) -> bool:
        return self.account_status in (None, 1, 201)


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a connection belongs to: a row of the dashboard's `clients`."""

    id: str
    name: str


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a login leaves behind: one row of `meta_tokens`.

    `ad_account_id` includes ``act_`` and is None until one was chosen;
    `currency` and `timezone_name` are that ad account's. `graph_url` and
    `app_id` say which Graph API host and app issued the token. What the table
    has no column for is None, the two dates included.
    """

    client_id: str
    token: AccessToken
    user_facebook_id: str
    user_name: str | None = None
    ad_account_id: str | None = None
    ad_account_name: str | None = None
    currency: str | None = None
    timezone_name: str | None = None
    graph_url: str | None = None
    app_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class TimeRange(msgspec.Struct, frozen=True, kw_only=True):
    """Absolute dates, both inclusive, in the ad account's time zone."""

    since: date
    until: date


# A date, or a day relative to today in short form: today, yesterday, 7d, 2w, 1m.
Day = date | str


class RelativeRange(msgspec.Struct, frozen=True, kw_only=True):
    """
    A range with at least one relative day; both inclusive.

    It means days in the ad account's time zone, which a query does not know:
    `insights.dates.dated` makes a TimeRange of it.
    """

    since: Day
    until: Day


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A column to sort rows by, and in which direction."""

    column: str
    descending: bool = False


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """
    A column of output: the key of a row, what its values are, and their unit.

    `unit` is a currency code for money, "%" for a percentage, "s" for seconds,
    and "" where there is none or it is not known.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    unit: str = ""


class QuotaPause(msgspec.Struct, frozen=True, kw_only=True):
    """
    Until when nothing is asked against a quota of Meta's, and why.

    An `ad_account_id` is without ``act_``, and "" for the quota of the app itself;
    `app_id` is "" where the app is not known.
    """

    app_id: str
    ad_account_id: str
    paused_until: datetime
    why: str
    code: int | None = None


def normal_ad_account_id(text: str) -> str:
    """Return *text* with the ``act_`` that Meta's paths need."""
    return text if text.startswith("act_") else f"act_{text}"
