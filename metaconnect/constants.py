"""Names and values that Meta defines: levels, date presets, fields, kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

META_GRAPH_URL = "https://graph.facebook.com"
META_DIALOG_URL = "https://www.facebook.com"
DEFAULT_VERSION = "v26.0"
DEFAULT_SCOPES = ("ads_read", "ads_management", "business_management")


class ServedUntil(NamedTuple):
    """The day on which a version ends; None: Meta has not announced one."""

    graph: date | None  # logins and tokens
    marketing: date | None  # ad accounts and Insights


# https://developers.facebook.com/docs/graph-api/changelog/versions
# https://developers.facebook.com/docs/marketing-api/marketing-api-changelog/versions
SERVED_UNTIL: Mapping[str, ServedUntil] = MappingProxyType(
    {
        "v17.0": ServedUntil(date(2025, 9, 12), date(2024, 5, 14)),
        "v18.0": ServedUntil(date(2026, 1, 26), date(2024, 8, 13)),
        "v19.0": ServedUntil(date(2026, 5, 21), date(2025, 2, 4)),
        "v20.0": ServedUntil(date(2026, 9, 24), date(2025, 5, 6)),
        "v21.0": ServedUntil(date(2027, 1, 21), date(2025, 9, 9)),
        "v22.0": ServedUntil(date(2027, 5, 20), date(2026, 2, 19)),
        "v23.0": ServedUntil(date(2027, 10, 8), date(2026, 6, 9)),
        "v24.0": ServedUntil(date(2028, 2, 18), date(2026, 10, 6)),
        "v25.0": ServedUntil(date(2028, 7, 29), None),
        "v26.0": ServedUntil(None, None),
    }
)

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


class Level(StrEnum):
    """The objects that have a row each: Meta's `level` parameter."""

    account = "account"
    campaign = "campaign"
    adset = "adset"
    ad = "ad"


# In the order of Meta's error message for an unknown preset.
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


class Storage(StrEnum):
    """What a column that is kept holds, whichever the file or the database."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    COUNT = "count"
    DECIMAL = "decimal"
    JSON = "json"


class FieldKind(StrEnum):
    """What the values of an Insights column are, and how they may be used."""

    TEXT = "text"
    ID = "id"
    DATE = "date"
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
    UNKNOWN = "unknown"  # a field that is not in our list

    @property
    def is_text(self) -> bool:
        """Whether the values are names, ids or dates: nothing to calculate with."""
        return self in _TEXTS

    @property
    def adds_up(self) -> bool:
        """Whether the values of several rows may be summed."""
        return self in _ADDS_UP

    @property
    def is_actions(self) -> bool:
        """Whether the values are lists by `action_type`."""
        return self in _OF_ONE

    @property
    def of_one(self) -> FieldKind:
        """What one number of an action list is; else the kind itself."""
        return _OF_ONE.get(self, self)

    @property
    def storage(self) -> Storage:
        """
        What a column of such values holds.

        Meta estimates some counts as fractions: what keeps them must take those, too.
        """
        return _STORAGES.get(self, Storage.JSON)

    @property
    def is_listed(self) -> bool:
        """Whether a value may hold several numbers, or none at all."""
        return self.is_actions or self in (FieldKind.OBJECTS, FieldKind.UNKNOWN)

    @property
    def is_money(self) -> bool:
        """Whether the values are in the ad account's currency."""
        return self in _IN_CURRENCY


_TEXTS = frozenset((FieldKind.TEXT, FieldKind.ID, FieldKind.DATE))
_ADDS_UP = frozenset(
    (FieldKind.COUNT, FieldKind.MONEY, FieldKind.ACTIONS, FieldKind.ACTION_VALUES)
)
_OF_ONE: Mapping[FieldKind, FieldKind] = {
    FieldKind.ACTIONS: FieldKind.COUNT,
    FieldKind.UNIQUE_ACTIONS: FieldKind.UNIQUE_COUNT,
    FieldKind.ACTION_VALUES: FieldKind.MONEY,
    FieldKind.ACTION_COSTS: FieldKind.COST,
    FieldKind.ACTION_RATIOS: FieldKind.RATIO,
}
_STORAGES: Mapping[FieldKind, Storage] = {
    FieldKind.TEXT: Storage.TEXT,
    FieldKind.ID: Storage.TEXT,
    FieldKind.DATE: Storage.DATE,
    FieldKind.COUNT: Storage.COUNT,
    FieldKind.UNIQUE_COUNT: Storage.COUNT,
    FieldKind.MONEY: Storage.DECIMAL,
    FieldKind.COST: Storage.DECIMAL,
    FieldKind.RATIO: Storage.DECIMAL,
}
_IN_CURRENCY = frozenset(
    (
        FieldKind.MONEY,
        FieldKind.COST,
        FieldKind.ACTION_VALUES,
        FieldKind.ACTION_COSTS,
    )
)


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"
    markdown = "markdown"
    parquet = "parquet"
    xlsx = "xlsx"

    @property
    def is_binary(self) -> bool:
        """Whether it is for files and programs alone."""
        return self in (Format.parquet, Format.xlsx)
