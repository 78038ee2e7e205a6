"""The nouns: plain, frozen, and ignorant of where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

DEFAULT_VERSION = "v26.0"
DEFAULT_SCOPES = ("ads_read", "ads_management", "business_management")

# https://developers.facebook.com/docs/marketing-api/reference/ad-account
ACCOUNT_STATUSES: Mapping[int, str] = MappingProxyType(
    {
        1: "active",
        2: "disabled",
        3: "unsettled",
        7: "pending risk review",
        8: "pending settlement",
        9: "in grace period",
        100: "pending closure",
        101: "closed",
        201: "any active",
        202: "any closed",
    }
)


@dataclass(frozen=True, kw_only=True)
class MetaHost:
    """Where Meta lives. The sandbox is another host, not another client."""

    dialog_url: str = "https://www.facebook.com"
    graph_url: str = "https://graph.facebook.com"
    version: str = DEFAULT_VERSION

    @property
    def authorization_endpoint(self) -> str:
        """RFC 6749, section 3.1; Meta calls it the Login dialog."""
        return f"{self.dialog_url}/{self.version}/dialog/oauth"


@dataclass(frozen=True, kw_only=True)
class MetaApp:
    """
    The app registered with Meta: the OAuth client.

    `config_id` names a Facebook Login for Business configuration, which then
    decides the permissions in the place of `scopes`.
    """

    app_id: str
    app_secret: str = field(repr=False)
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    config_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """A Meta access token. `expires_at` is UTC; None means it never does."""

    value: str = field(repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MetaUser:
    """The person who logged in. `id` is scoped to the app."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class AdAccount:
    """An ad account as /me/adaccounts lists it. `id` includes ``act_``."""

    id: str
    name: str = ""
    account_status: int | None = None
    currency: str | None = None
    timezone_name: str | None = None

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


@dataclass(frozen=True, kw_only=True)
class Client:
    """Whom a connection belongs to: a row of the dashboard's `clients`."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Connection:
    """
    What a login leaves behind: one row of `meta_tokens`.

    `ad_account_id` includes ``act_`` and is None until one was chosen.
    The two dates are the store's own and None where it keeps none.
    """

    client_id: str
    token: AccessToken
    user_facebook_id: str
    ad_account_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Level(StrEnum):
    """How fine the rows are: Meta's `level` parameter."""

    account = "account"
    campaign = "campaign"
    adset = "adset"
    ad = "ad"


# In the order of Meta's own error message for a wrong one.
# https://developers.facebook.com/docs/marketing-api/insights/parameters
DATE_PRESETS = (
    "today",
    "yesterday",
    "this_month",
    "last_month",
    "this_quarter",
    "maximum",
    "data_maximum",
    "last_3d",
    "last_7d",
    "last_14d",
    "last_28d",
    "last_30d",
    "last_90d",
    "last_week_mon_sun",
    "last_week_sun_sat",
    "last_quarter",
    "last_year",
    "this_week_mon_today",
    "this_week_sun_today",
    "this_year",
)

DEFAULT_FIELDS = (
    "spend",
    "impressions",
    "actions",
    "roas",
    "cpc",
    "ctr",
    "cpm",
    "clicks",
    "conversions",
)


@dataclass(frozen=True, kw_only=True)
class TimeRange:
    """Absolute dates, both inclusive, in the ad account's time zone."""

    since: date
    until: date


@dataclass(frozen=True, kw_only=True)
class InsightsQuery:
    """
    What is asked of Insights, in Meta's own words.

    A `time_range` takes the place of `date_preset`. `time_increment` is
    "1" to "90" (days), "monthly" or "all_days".
    """

    ad_account: str
    fields: tuple[str, ...] = DEFAULT_FIELDS
    level: Level = Level.account
    date_preset: str = "last_7d"
    time_range: TimeRange | None = None
    time_increment: str = "1"


def normal_ad_account_id(text: str) -> str:
    """Return *text* with the ``act_`` that Meta's paths need."""
    return text if text.startswith("act_") else f"act_{text}"


class FieldKind(StrEnum):
    """What the values of an Insights field are, and how they may be used."""

    TEXT = "text"
    COUNT = "count"
    UNIQUE_COUNT = "unique_count"
    MONEY = "money"
    COST = "cost"
    RATIO = "ratio"
    ACTIONS = "actions"
    UNIQUE_ACTIONS = "unique_actions"
    ACTION_VALUES = "action_values"
    ACTION_COSTS = "action_costs"
    ACTION_RATIOS = "action_ratios"
    OBJECTS = "objects"

    @property
    def adds_up(self) -> bool:
        """Whether the values of several rows may be summed."""
        return self in _ADDS_UP

    @property
    def is_actions(self) -> bool:
        """Whether the values are lists by `action_type`."""
        return self in _ACTION_LISTS

    @property
    def is_money(self) -> bool:
        """Whether the values are in the ad account's currency."""
        return self in _IN_CURRENCY


_ADDS_UP = frozenset(
    (FieldKind.COUNT, FieldKind.MONEY, FieldKind.ACTIONS, FieldKind.ACTION_VALUES)
)
_ACTION_LISTS = frozenset(
    (
        FieldKind.ACTIONS,
        FieldKind.UNIQUE_ACTIONS,
        FieldKind.ACTION_VALUES,
        FieldKind.ACTION_COSTS,
        FieldKind.ACTION_RATIOS,
    )
)
_IN_CURRENCY = frozenset(
    (
        FieldKind.MONEY,
        FieldKind.COST,
        FieldKind.ACTION_VALUES,
        FieldKind.ACTION_COSTS,
    )
)
