"""How much of Meta's quotas is used, and how long until they are free again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

_APP = "x-app-usage"
_AD_ACCOUNT = "x-ad-account-usage"
_BUSINESS = "x-business-use-case-usage"
_INSIGHTS = "x-fb-ads-insights-throttle"

_PERCENTAGES = (
    "call_count",
    "total_time",
    "total_cputime",
    "acc_id_util_pct",
    "app_id_util_pct",
)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """
    What the usage headers of one response say.

    `utilisation` is the fullest quota in percent (it can exceed 100);
    `wait` is in seconds and None where Meta named no time.
    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """

    utilisation: float = 0.0
    wait: float | None = None


def usage_of(headers: Mapping[str, str]) -> Usage:
    """Read the usage headers; what cannot be read counts as not sent."""
    lowered = {name.lower(): value for name, value in headers.items()}
    entries = [
        entry
        for name in (_APP, _AD_ACCOUNT, _BUSINESS, _INSIGHTS)
        for entry in _entries(_json(lowered.get(name, "")))
    ]
    percentages = (_number(entry.get(key)) for entry in entries for key in _PERCENTAGES)
    waits = [_number(lowered.get("retry-after"))]
    for entry in entries:
        # The one is in minutes, the other in seconds.
        waits.append(60 * _number(entry.get("estimated_time_to_regain_access")))
        waits.append(_number(entry.get("reset_time_duration")))
    return Usage(utilisation=max(percentages, default=0.0), wait=max(waits) or None)


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None


def _entries(usage: object) -> Iterator[dict[str, Any]]:
    """Yield every object that holds numbers: itself, or per business object."""
    if not isinstance(usage, dict):
        return
    yield usage
    for per_object in usage.values():
        if isinstance(per_object, list):
            yield from (entry for entry in per_object if isinstance(entry, dict))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return 0.0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
