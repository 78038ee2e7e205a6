"""What Meta leaves out of the rows of some breakdowns, and what it estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..models import Row
from .findings import Cause
from .gaps import Gap, Gaps, amounts

# https://developers.facebook.com/docs/marketing-api/insights/breakdowns
_NO_OFF_META: Final = frozenset(
    """
    region dma comscore_market hourly_stats_aggregated_by_advertiser_time_zone
    hourly_stats_aggregated_by_audience_time_zone product_id
    """.split()  # noqa: SIM905 - a list of words
)
# Since 2026-08-03 these may answer empty, without an error.
_OPT_IN: Final = frozenset(
    """
    frequency_value hourly_stats_aggregated_by_audience_time_zone impression_device
    """.split()  # noqa: SIM905 - a list of words
)
# Of catalogue ads, of Dynamic Creative, of app campaigns: other ads have no rows.
_OF_SOME_ADS: Final = ("product_", "skan_", "rule_set_")
# What people do on Meta, and not on a website or in an app.
_ON_META: Final = (
    "link_click",
    "post",
    "page_engagement",
    "video_view",
    "photo_view",
    "like",
    "comment",
    "onsite_conversion",
    "leadgen",
)


def cause_of(names: str, gap: Gap, found: Gaps, rows: Sequence[Row]) -> Cause | None:
    """
    Return what explains *gap*, one of those *found* in *rows*, None if nothing does.

    *names* are the breakdowns, with commas between them.
    """
    breakdowns = set(names.split(","))
    if not rows and not breakdowns.isdisjoint(_OPT_IN):
        return Cause.OPT_IN
    if gap.missing > 0 and any(map(_is_of_some_ads, breakdowns)):
        return Cause.SOME_ADS
    off_meta = _is_off_meta(gap.metric)
    if gap.missing > 0 and off_meta and not breakdowns.isdisjoint(_NO_OFF_META):
        return Cause.OFF_META_RESULTS
    return Cause.ESTIMATED if _is_estimate(gap, found, rows) else None


def _is_of_some_ads(name: str) -> bool:
    return name.endswith("_asset") or name.startswith(_OF_SOME_ADS)


def _is_off_meta(metric: str) -> bool:
    _, colon, action_type = metric.partition(":")
    return bool(colon) and not action_type.startswith(_ON_META)


def _is_estimate(gap: Gap, found: Gaps, rows: Sequence[Row]) -> bool:
    """
    Return whether *gap* is within what Meta estimates: half of a result each row.

    Where money or impressions are missing too, it is rows that are missing.
    """
    only_results = all(":" in each.metric for each in found.beyond)
    return only_results and 2 * gap.size <= len(amounts(rows).get(gap.metric, ()))
