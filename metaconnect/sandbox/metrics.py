"""Counts in, Meta's strings out: every metric as Insights writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .synthetic import Counts

RATIO = Decimal("0.000001")
# How much of an action falls into each window; the rest of the names give nothing.
WINDOWS = {
    "1d_view": 0.14,
    "1d_click": 0.61,
    "7d_click": 0.86,
    "28d_click": 0.93,
    "1d_ev": 0.05,
}
PURCHASES = (
    "omni_purchase",
    "purchase",
    "onsite_web_purchase",
    "offsite_conversion.fb_pixel_purchase",
)
Actions = dict[str, int]
Typed = list[dict[str, str]] | None


def actions_of(counts: Counts) -> Actions:
    """
    Action counts by type. The same purchase stands under several types, as at Meta.
    """
    engaged = counts.link_clicks + counts.reactions + counts.video_views
    found = {
        "link_click": counts.link_clicks,
        "landing_page_view": counts.landing_page_views,
        "omni_landing_page_view": counts.landing_page_views,
        "video_view": counts.video_views,
        "post_reaction": counts.reactions,
        "post_engagement": engaged,
        "page_engagement": engaged + counts.reactions // 9,
        "add_to_cart": counts.add_to_cart,
        "omni_add_to_cart": counts.add_to_cart,
        "offsite_conversion.fb_pixel_add_to_cart": counts.add_to_cart,
        "lead": counts.leads,
        "onsite_conversion.lead_grouped": counts.leads,
        **dict.fromkeys(PURCHASES, counts.purchases),
    }
    return {kind: number for kind, number in found.items() if number}


class Metrics:
    """One row's numbers; `value` is None where Meta leaves the key out."""

    def __init__(self, counts: Counts, minor: int, windows: Iterable[str]) -> None:
        self.counts = counts
        self.minor = minor
        self.windows = [w for w in windows if w in WINDOWS]
        self.actions = actions_of(counts)
        self.spend = Decimal(counts.spend) / minor
        # People are counted once, so reach grows slower than the days.
        crowd = 1 + 0.4 * math.log(max(counts.parts, 1))
        self.reach = max(1, round(counts.reach / crowd)) if counts.reach else 0

    def value(self, field: str) -> Any:
        reader = READERS.get(field)
        return reader(self) if reader else None

    def money(self, hundredths: int) -> str:
        return (
            str(hundredths) if self.minor == 1 else f"{Decimal(hundredths) / 100:.2f}"
        )

    def ratio(self, top: Decimal | int, bottom: Decimal | int) -> str | None:
        if not bottom:
            return None
        return str((Decimal(top) / bottom).quantize(RATIO, ROUND_HALF_UP))

    def typed(self, values: Iterable[tuple[str, Any]]) -> Typed:
        found = [
            {"action_type": kind, "value": str(value)}
            for kind, value in values
            if value is not None
        ]
        return found or None

    def counted(self, numbers: Actions) -> Typed:
        """Counts by action type, with the windows that were asked for."""
        found = self.typed(numbers.items())
        for entry in found or ():
            for window in self.windows:
                part = math.floor(int(entry["value"]) * WINDOWS[window])
                if part:
                    entry[window] = str(part)
        return found

    def some(self, *kinds: str) -> Actions:
        return {kind: self.actions[kind] for kind in kinds if kind in self.actions}

    def per_action(self) -> Typed:
        cost = ((kind, self.ratio(self.spend, n)) for kind, n in self.actions.items())
        return self.typed(cost)

    def values(self) -> Typed:
        value = self.counts.purchase_value
        kinds = PURCHASES if value else ()
        return self.typed((kind, self.money(value)) for kind in kinds)

    def roas(self, kind: str) -> Typed:
        value = Decimal(self.counts.purchase_value) / self.minor
        return self.typed([(kind, self.ratio(value, self.spend) if value else None)])

    def watched(self, share: float) -> Typed:
        number = math.floor(self.counts.video_views * share)
        return self.typed([("video_view", number or None)])


def _conversions(row: Metrics) -> Actions:
    contacts, subscribers = row.counts.leads // 3, row.counts.add_to_cart // 5
    found = {
        "contact_total": contacts,
        "contact_website": contacts,
        "subscribe_total": subscribers,
        "subscribe_website": subscribers,
    }
    return {kind: number for kind, number in found.items() if number}


READERS: dict[str, Callable[[Metrics], Any]] = {
    "spend": lambda m: m.money(m.counts.spend),
    "social_spend": lambda m: m.money(m.counts.spend // 50),
    "impressions": lambda m: str(m.counts.impressions),
    "reach": lambda m: str(m.reach),
    "frequency": lambda m: m.ratio(m.counts.impressions, m.reach),
    "clicks": lambda m: str(m.counts.clicks),
    "unique_clicks": lambda m: str(m.counts.clicks - m.counts.clicks // 20),
    "inline_link_clicks": lambda m: str(m.counts.link_clicks),
    "inline_post_engagement": lambda m: str(m.actions.get("post_engagement", 0)),
    "ctr": lambda m: m.ratio(100 * m.counts.clicks, m.counts.impressions),
    "cpc": lambda m: m.ratio(m.spend, m.counts.clicks),
    "cpm": lambda m: m.ratio(1000 * m.spend, m.counts.impressions),
    "cpp": lambda m: m.ratio(1000 * m.spend, m.reach),
    "inline_link_click_ctr": lambda m: m.ratio(
        100 * m.counts.link_clicks, m.counts.impressions
    ),
    "cost_per_inline_link_click": lambda m: m.ratio(m.spend, m.counts.link_clicks),
    "actions": lambda m: m.counted(m.actions),
    "unique_actions": lambda m: m.counted(m.actions),
    "action_values": Metrics.values,
    "conversions": lambda m: m.counted(_conversions(m)),
    "cost_per_action_type": Metrics.per_action,
    "cost_per_conversion": lambda m: m.typed(
        (kind, m.ratio(m.spend, n)) for kind, n in _conversions(m).items()
    ),
    "purchase_roas": lambda m: m.roas("omni_purchase"),
    "website_purchase_roas": lambda m: m.roas("offsite_conversion.fb_pixel_purchase"),
    "outbound_clicks": lambda m: m.typed(
        ("outbound_click", n) for n in m.some("link_click").values()
    ),
    "website_ctr": lambda m: m.typed(
        (kind, m.ratio(100 * n, m.counts.impressions))
        for kind, n in m.some("link_click").items()
    ),
    "video_play_actions": lambda m: m.watched(1),
    "video_thruplay_watched_actions": lambda m: m.watched(0.31),
    "video_p25_watched_actions": lambda m: m.watched(0.62),
    "video_p50_watched_actions": lambda m: m.watched(0.4),
    "video_p75_watched_actions": lambda m: m.watched(0.27),
    "video_p100_watched_actions": lambda m: m.watched(0.18),
}
