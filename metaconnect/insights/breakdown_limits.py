"""What Meta leaves out of the rows of some breakdowns."""

from __future__ import annotations

from typing import Final

import msgspec

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


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """
    What the rows of a breakdown lack.

    With `opt_in` there may be none, with `some_ads` only those of some ads.
    """

    opt_in: bool
    some_ads: bool
    no_off_meta: bool

    def lacks(self, metric: str) -> bool:
        """Whether *metric* is an action outside of Meta, which the rows lack."""
        _, colon, action_type = metric.partition(":")
        return self.no_off_meta and bool(colon) and not action_type.startswith(_ON_META)


def limit_of(names: str) -> Limit:
    """Return what the rows by *names*, breakdowns with commas between them, lack."""
    parts = set(names.split(","))
    return Limit(
        opt_in=not parts.isdisjoint(_OPT_IN),
        some_ads=any(
            name.endswith("_asset") or name.startswith(_OF_SOME_ADS) for name in parts
        ),
        no_off_meta=not parts.isdisjoint(_NO_OFF_META),
    )
