"""The rows of a valid Insights query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from .accounts import ZERO_DECIMAL, Account
from .date_ranges import Days
from .metrics import Metrics
from .synthetic import Ad, ads_of, counts_of, running_days, total

# What names a row of each level; the last id tells one object from another.
IDENTITY: dict[str, tuple[str, ...]] = {
    "account": (),
    "campaign": ("campaign_id", "campaign_name"),
    "adset": ("campaign_id", "campaign_name", "adset_id", "adset_name"),
    "ad": (
        "campaign_id",
        "campaign_name",
        "adset_id",
        "adset_name",
        "ad_id",
        "ad_name",
    ),
}
OBJECTIVES = {
    "shop": "OUTCOME_SALES",
    "leads": "OUTCOME_LEADS",
    "awareness": "OUTCOME_AWARENESS",
}
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A valid query; hashable, so that its rows are made once for all pages."""

    account_id: str
    account: Account = field(compare=False, repr=False)
    level: str
    fields: tuple[str, ...]
    periods: tuple[Days, ...]
    windows: tuple[str, ...]
    today: date


@lru_cache(maxsize=32)
def rows_of(query: Query) -> tuple[Row, ...]:
    """All rows, object by object, each in the order of its days."""
    return tuple(_rows(query))


def _rows(query: Query) -> Iterator[Row]:
    for ads in _objects(query):
        named = _named(query, ads[0])
        for period in query.periods:
            row = _row(query, ads, period)
            if row is not None:
                yield {
                    **{name: named[name] for name in query.fields if name in named},
                    **row,
                    "date_start": period[0].isoformat(),
                    "date_stop": period[1].isoformat(),
                }


def _objects(query: Query) -> list[list[Ad]]:
    ads = ads_of(query.account)
    if query.level == "account":
        return [list(ads)] if ads else []
    groups: dict[str, list[Ad]] = defaultdict(list)
    for ad in ads:
        groups[getattr(ad, f"{query.level}_id")].append(ad)
    return list(groups.values())


def _named(query: Query, ad: Ad) -> dict[str, str]:
    account = query.account
    known = {
        "account_id": account["account_id"],
        "account_name": account["name"],
        "account_currency": account["currency"],
        "attribution_setting": "7d_click_1d_view",
    }
    for name in IDENTITY[query.level]:
        known[name] = getattr(ad, name)
    if query.level == "account":
        return {**known, "attribution_setting": "multiple"}
    objective = OBJECTIVES[account["delivery"]["kind"]]
    return {**known, "objective": objective, "buying_type": "AUCTION"}


def _row(query: Query, ads: list[Ad], period: Days) -> Row | None:
    days = running_days(query.account, *period, query.today)
    counts = total(counts_of(query.account, ad, day) for day in days for ad in ads)
    if counts is None:
        return None
    minor = 1 if query.account["currency"] in ZERO_DECIMAL else 100
    metrics = Metrics(counts, minor, query.windows)
    values = ((name, metrics.value(name)) for name in query.fields)
    return {name: value for name, value in values if value is not None}
