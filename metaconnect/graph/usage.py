"""How much of Meta's quotas is used, and how long until they are free again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

DAY: Final = 86_400.0  # the quotas are hourly: a longer wait is no wait of Meta's
FULL: Final = 100.0
_MOST: Final = 1000.0  # percent; more is nonsense

_APP = "x-app-usage"
_AD_ACCOUNT = "x-ad-account-usage"
_BUSINESS = "x-business-use-case-usage"
_INSIGHTS = "x-fb-ads-insights-throttle"
_CALLS = ("call_count", "total_time", "total_cputime")


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """
    What the usage headers of one response say about one quota.

    `utilisation` is in percent (it can exceed 100); `wait` is in seconds and
    None where Meta named no time.
    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """

    utilisation: float = 0.0
    wait: float | None = None


def app_usage(headers: Mapping[str, str]) -> Usage:
    """Return what is used of the app's own quotas."""
    insights = _percentages(_object(headers, _INSIGHTS), ("app_id_util_pct",))
    calls = _percentages(_object(headers, _APP), _CALLS)
    return Usage(utilisation=max(insights, calls))


def ad_account_usage(
    headers: Mapping[str, str], ad_account_id: str | None = None
) -> Usage:
    """
    Return what is used of the quotas of *ad_account_id*, given without ``act_``.

    One header can name several ad accounts; without an id all of them count.
    `reset_time_duration` is when a quota starts again, so that it is a time
    to wait only once the quota is used up.
    """
    account = _object(headers, _AD_ACCOUNT)
    insights = _object(headers, _INSIGHTS)
    entries = list(_business_entries(headers, ad_account_id))
    used = _percentages(account, ("acc_id_util_pct",))
    waits = [_number(account.get("reset_time_duration")) if used >= FULL else 0.0]
    # In minutes, unlike all others.
    waits += [60 * _number(e.get("estimated_time_to_regain_access")) for e in entries]
    return Usage(
        utilisation=max(
            used,
            _percentages(insights, ("acc_id_util_pct",)),
            *(_percentages(entry, _CALLS) for entry in entries),
        ),
        wait=_bounded(max(waits)),
    )


def percent_used(headers: Mapping[str, str]) -> float | None:
    """Return how much of the fullest quota is used, None where none is named."""
    if not any(name in headers for name in (_APP, _AD_ACCOUNT, _BUSINESS, _INSIGHTS)):
        return None
    used = (app_usage(headers).utilisation, ad_account_usage(headers).utilisation)
    return max(used)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of `Retry-After`; Meta does not document it."""
    return _bounded(_number(headers.get("retry-after")))


def wait_named(
    headers: Mapping[str, str], ad_account_id: str | None = None
) -> float | None:
    """Return the longest wait that a response asks for, in seconds."""
    waits = (ad_account_usage(headers, ad_account_id).wait, retry_after(headers))
    return max((wait for wait in waits if wait), default=None)


def _object(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return the JSON object in a header; what cannot be read is not there."""
    text = headers.get(name)
    try:
        value = msgspec.json.decode(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _business_entries(
    headers: Mapping[str, str], ad_account_id: str | None
) -> Iterator[dict[str, Any]]:
    for object_id, entries in _object(headers, _BUSINESS).items():
        if ad_account_id in (None, object_id) and isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, dict))


def _percentages(entry: Mapping[str, Any], names: tuple[str, ...]) -> float:
    return min(max(_number(entry.get(name)) for name in names), _MOST)


def _bounded(seconds: float) -> float | None:
    return min(seconds, DAY) or None


def _number(value: object) -> float:
    """Return a positive number, 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return 0.0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
