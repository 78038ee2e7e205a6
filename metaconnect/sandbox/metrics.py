"""Every metric of a row as Insights writes it: strings, and lists by action type."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from .actions import actions_of, conversions_of, values_of
from .synthetic import Counts

RATIO = Decimal("0.000001")
# What a campaign of each kind of business is after: the indicator of `results`.
RESULTS = {
    "shop": "actions:offsite_conversion.fb_pixel_purchase",
    "leads": "actions:onsite_conversion.lead_grouped",
    "awareness": "reach",
}
Typed = list[dict[str, str]] | None
ByType = Callable[[Counts], Mapping[str, Any]]


class Part(NamedTuple):
    """What the entries of action lists are made of: their keys, and their counts."""

    keys: Mapping[str, str]
    counts: Counts
    windows: Mapping[str, Counts]


class Metrics:
    """
    One row's numbers; `value` is None where Meta leaves the key out.

    `parts` are what action lists are cut into, usually one; `unique` is whether
    people are counted.
    """

    def __init__(
        self,
        counts: Counts,
        *,
        minor: int,
        kind: str,
        parts: Sequence[Part],
        unique: bool = True,
    ) -> None:
        self.counts = counts
        self.minor = minor
        self.indicator = RESULTS[kind]
        self.parts = parts
        self.unique = unique
        self.spend = Decimal(counts.spend) / minor
        # People are counted once, so reach grows slower than the days.
        crowd = 1 + 0.4 * math.log(max(counts.parts, 1))
        people = counts.reach if unique else 0
        self.reach = max(1, round(people / crowd)) if people else 0

    def value(self, field: str) -> Any:
        reader = READERS.get(field)
        if reader is None or (not self.unique and field.startswith("unique_")):
            return None
        return reader(self)

    def money(self, smallest: int) -> str:
        if self.minor == 1 or not smallest:
            return str(smallest)
        return f"{Decimal(smallest) / 100:.2f}"

    def ratio(self, top: Decimal | int, bottom: Decimal | int) -> str | None:
        if not bottom:
            return None
        return str((Decimal(top) / bottom).quantize(RATIO, ROUND_HALF_UP))

    def typed(self, by_type: ByType) -> Typed:
        """Return a list by action type, with the windows that were asked for."""
        found = []
        for keys, counts, windows in self.parts:
            entries = [
                {"action_type": kind, **keys, "value": str(value)}
                for kind, value in by_type(counts).items()
                if value is not None
            ]
            for name, part in windows.items():
                values = by_type(part)
                for entry in entries:
                    if (value := values.get(entry["action_type"])) is not None:
                        entry[name] = str(value)
            found += entries
        return found or None

    def costs(self, counted: ByType) -> Typed:
        return self.typed(
            lambda counts: {
                kind: self.ratio(self.spend, n) for kind, n in counted(counts).items()
            }
        )

    def values(self) -> Typed:
        return self.typed(
            lambda counts: {k: self.money(n) for k, n in values_of(counts).items()}
        )

    def roas(self, kind: str) -> Typed:
        def by_type(counts: Counts) -> Mapping[str, Any]:
            value = counts.purchase_value
            return {kind: self.ratio(value, self.counts.spend) if value else None}

        return self.typed(by_type)

    def one(self, kind: str, count: str) -> Typed:
        """Return a list of one action type, from the *count* of that name."""
        return self.typed(lambda counts: {kind: getattr(counts, count) or None})

    def results(self) -> int:
        if self.indicator == "reach":
            return self.reach
        return actions_of(self.counts).get(self.indicator.removeprefix("actions:"), 0)

    def indicated(self, value: object) -> list[dict[str, Any]] | None:
        """Return the list of objects that `results` and its costs are."""
        if not self.results():
            return None
        values = [{"value": str(value), "attribution_windows": ["default"]}]
        return [{"indicator": self.indicator, "values": values}]


def _cost_per_result(row: Metrics) -> Any:
    # Reach is paid for by the thousand.
    each = 1000 if row.indicator == "reach" else 1
    return row.indicated(row.ratio(each * row.spend, row.results()))


NUMBERS: dict[str, Callable[[Metrics], Any]] = {
    "spend": lambda m: m.money(m.counts.spend),
    "social_spend": lambda m: m.money(m.counts.social_spend),
    "impressions": lambda m: str(m.counts.impressions),
    "reach": lambda m: str(m.reach),
    "frequency": lambda m: m.ratio(m.counts.impressions, m.reach) if m.unique else "0",
    "clicks": lambda m: str(m.counts.clicks),
    "unique_clicks": lambda m: str(m.counts.clicks - m.counts.clicks // 20),
    "inline_link_clicks": lambda m: str(m.counts.link_clicks),
    "inline_post_engagement": lambda m: str(
        actions_of(m.counts).get("post_engagement", 0)
    ),
    "ctr": lambda m: m.ratio(100 * m.counts.clicks, m.counts.impressions),
    "cpc": lambda m: m.ratio(m.spend, m.counts.clicks),
    "cpm": lambda m: m.ratio(1000 * m.spend, m.counts.impressions),
    "cpp": lambda m: m.ratio(1000 * m.spend, m.reach),
    "inline_link_click_ctr": lambda m: m.ratio(
        100 * m.counts.link_clicks, m.counts.impressions
    ),
    "cost_per_inline_link_click": lambda m: m.ratio(m.spend, m.counts.link_clicks),
}
LISTS: dict[str, Callable[[Metrics], Any]] = {
    "actions": lambda m: m.typed(actions_of),
    "unique_actions": lambda m: m.typed(actions_of),
    "action_values": Metrics.values,
    "conversions": lambda m: m.typed(conversions_of),
    "cost_per_action_type": lambda m: m.costs(actions_of),
    "cost_per_conversion": lambda m: m.costs(conversions_of),
    "purchase_roas": lambda m: m.roas("omni_purchase"),
    "website_purchase_roas": lambda m: m.roas("offsite_conversion.fb_pixel_purchase"),
    "results": lambda m: m.indicated(m.results()),
    "cost_per_result": _cost_per_result,
    "outbound_clicks": lambda m: m.one("outbound_click", "link_clicks"),
    "website_ctr": lambda m: m.typed(
        lambda counts: {
            "link_click": m.ratio(100 * counts.link_clicks, m.counts.impressions)
            if counts.link_clicks
            else None
        }
    ),
    "video_play_actions": lambda m: m.one("video_view", "video_views"),
    "video_thruplay_watched_actions": lambda m: m.one("video_view", "video_thruplays"),
    "video_p25_watched_actions": lambda m: m.one("video_view", "video_p25"),
    "video_p50_watched_actions": lambda m: m.one("video_view", "video_p50"),
    "video_p75_watched_actions": lambda m: m.one("video_view", "video_p75"),
    "video_p100_watched_actions": lambda m: m.one("video_view", "video_p100"),
}
READERS = {**NUMBERS, **LISTS}
