"""
Invented numbers: what each ad did on each day, the same at every call.

Everything is drawn for one ad and one day, in whole numbers, and only added
up after that, so every level and every slice of time agrees with the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from .accounts import ZERO_DECIMAL, Account
from .ads import Ad, draw

WEEK = (1.02, 0.97, 0.95, 1.0, 1.08, 1.12, 0.9)
SATURDAY = 5
# Of ad accounts that run on some days: the share of stretches of days on which
# nothing runs, and the share of ads that do not run on other days.
STRETCH, PAUSED_STRETCHES, IDLE_ADS = 5, 0.3, 0.4
# Chances of one step of the funnel after the one before, by kind of business.
CLICK_RATE = {"shop": 0.012, "leads": 0.009, "awareness": 0.002}


class Counts(NamedTuple):
    """
    What adds up. Money is in hundredths (or units, where there are none).

    Whatever a metric needs is drawn here, for one ad and one day: a share or a
    rounding made later, from a sum, would not agree between levels.
    """

    spend: int
    social_spend: int
    impressions: int
    reach: int
    clicks: int
    link_clicks: int
    landing_page_views: int
    add_to_cart: int
    purchases: int
    purchase_value: int
    leads: int
    contacts: int
    subscribers: int
    reactions: int
    page_likes: int
    video_views: int
    video_thruplays: int
    video_p25: int
    video_p50: int
    video_p75: int
    video_p100: int
    parts: int


def total(parts: Iterable[Counts]) -> Counts | None:
    """All of *parts* together; None where nothing happened."""
    delivered = [each for each in parts if each.impressions or any(each[:-1])]
    if not delivered:
        return None
    if len(delivered) == 1:
        return delivered[0]
    return Counts(*map(sum, zip(*delivered, strict=True)))


def running_days(account: Account, first: date, last: date, today: date) -> list[date]:
    """The days from *first* to *last* on which the account delivered or sold."""
    plan = account.get("delivery")
    if plan is None:
        return []
    first = max(first, date.fromisoformat(account["created_time"]))
    last = min(last, today, date.fromisoformat(plan.get("until", "9999-12-31")))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if plan.get("late_sales"):
        return days
    return [day for day in days if not _paused(plan, day)]


def _paused(plan: Mapping[str, Any], day: date) -> bool:
    if plan.get("days") == "some":
        return draw("paused", day.toordinal() // STRETCH)[0] < PAUSED_STRETCHES
    return plan.get("days") == "weekdays" and day.weekday() >= SATURDAY


def _idle(plan: Mapping[str, Any], ad: Ad, day: date) -> bool:
    """Say whether that ad alone does not run on that day."""
    if plan.get("days") != "some":
        return False
    return draw("idle", ad.ad_id, day.toordinal() // 3)[0] < IDLE_ADS


def _season(day: date) -> float:
    return WEEK[day.weekday()] * (1 + 0.12 * math.sin(day.toordinal() / 58))


# What was drawn: clients ask for the same days again and again.
_drawn: dict[tuple[str, date], Counts] = {}
MOST_DRAWN = 100_000


def counts_of(account: Account, ad: Ad, day: date) -> Counts:
    """What that ad did on that day."""
    counts = _drawn.get((ad.ad_id, day))
    if counts is None:
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        counts = _drawn[ad.ad_id, day] = _draw_counts(account, ad, day)
    return counts


def _draw_counts(account: Account, ad: Ad, day: date) -> Counts:
    plan = account["delivery"]
    if _idle(plan, ad, day):
        return NOTHING
    jitter = draw(ad.ad_id, day)
    minor = 1 if account["currency"] in ZERO_DECIMAL else 100
    factor = _season(day) * (0.85 + 0.3 * jitter[0])
    spend = round(plan["daily"] * ad.share * factor * minor)
    impressions = round(spend / minor / (plan["cpm"] * (0.85 + 0.3 * jitter[1])) * 1000)
    sales = _sales(plan, impressions, minor, jitter)
    if _paused(plan, day):
        # Since June 2025 a sale counts on its own day, whenever the ad was shown.
        late = {name: sales[name] for name in ("purchases", "purchase_value")}
        return NOTHING._replace(**late)
    return Counts(
        spend=spend,
        social_spend=spend // 50,
        impressions=impressions,
        reach=round(impressions * (0.78 + 0.15 * jitter[9])),
        parts=1,
        **sales,
        **_engagement(impressions, jitter),
    )


def _sales(
    plan: Mapping[str, Any], impressions: int, minor: int, jitter: tuple[float, ...]
) -> dict[str, int]:
    rate = CLICK_RATE[plan["kind"]] * (0.7 + 0.6 * jitter[2])
    clicks = _some(impressions * rate, jitter[3])
    link_clicks = _some(clicks * 0.72, jitter[4])
    views = _some(link_clicks * 0.83, jitter[5])
    carts = _some(views * 0.11, jitter[6]) if plan["kind"] == "shop" else 0
    purchases = _some(carts * 0.38, jitter[7])
    value = purchases * plan["order"] * minor * (0.8 + 0.4 * jitter[8])
    leads = _some(views * 0.06, jitter[10]) if plan["kind"] == "leads" else 0
    return {
        "clicks": clicks,
        "link_clicks": link_clicks,
        "landing_page_views": views,
        "add_to_cart": carts,
        "purchases": purchases,
        "purchase_value": round(value),
        "leads": leads,
        "contacts": _some(leads / 3, jitter[13]),
        "subscribers": _some(carts / 5, jitter[14]),
    }


def _engagement(impressions: int, jitter: tuple[float, ...]) -> dict[str, int]:
    views = _some(impressions * 0.2, jitter[11])
    reactions = _some(impressions * 0.004, jitter[12])
    return {
        "reactions": reactions,
        "page_likes": _some(reactions / 9, jitter[15]),
        "video_views": views,
        "video_thruplays": int(views * 0.31),
        "video_p25": int(views * 0.62),
        "video_p50": int(views * 0.4),
        "video_p75": int(views * 0.27),
        "video_p100": int(views * 0.18),
    }


def _some(expected: float, jitter: float) -> int:
    """Round up or down by chance, so that small numbers stay believable."""
    return math.floor(expected + jitter)


NOTHING = Counts(*(0 for _ in Counts._fields))._replace(parts=1)
