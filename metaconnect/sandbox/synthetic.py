"""
Invented numbers: what each ad did on each day, the same at every call.

Everything is drawn for one ad and one day, in whole numbers, and only added
up after that, so every level and every slice of time agrees with the others.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from .accounts import ZERO_DECIMAL, Account

CAMPAIGNS = ("Prospecting", "Retargeting", "Brand", "Seasonal sale", "New arrivals")
AUDIENCES = ("Lookalike 1%", "Broad 25-54", "Site visitors 30d", "Past buyers")
CREATIVES = ("Video 15s", "Carousel", "Static A", "Static B", "Reel", "Story")
SIZE = {"campaigns": 3, "adsets": 2, "ads": 2}
WEEK = (1.02, 0.97, 0.95, 1.0, 1.08, 1.12, 0.9)
SATURDAY = 5
ACTIVE = "ACTIVE"
# Chances of one step of the funnel after the one before, by kind of business.
CLICK_RATE = {"shop": 0.012, "leads": 0.009, "awareness": 0.002}


@dataclass(frozen=True, slots=True)
class Ad:
    """An ad with the campaign and the ad set above it; statuses are effective."""

    campaign_id: str
    campaign_name: str
    campaign_status: str
    adset_id: str
    adset_name: str
    adset_status: str
    ad_id: str
    ad_name: str
    ad_status: str
    share: float


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


def draw(*what: object) -> tuple[float, ...]:
    """Sixteen numbers from 0 to below 1, always the same for the same *what*."""
    digest = hashlib.blake2b("/".join(map(str, what)).encode(), digest_size=32).digest()
    return tuple([n / 65536 for n in struct.unpack(">16H", digest)])


def _object_id(*what: object) -> str:
    digest = hashlib.blake2b("/".join(map(str, what)).encode(), digest_size=8).digest()
    return f"1202{int.from_bytes(digest, 'big') % 10**14:014d}"


def ads_of(account: Account) -> tuple[Ad, ...]:
    """The ads of an account, campaign by campaign; none where nothing runs."""
    plan = account.get("delivery")
    if plan is None:
        return ()
    size = {key: plan.get(key, default) for key, default in SIZE.items()}
    gone = tuple(plan.get("gone", {}).items())
    return _ads(account["account_id"], gone, **size)


@lru_cache(maxsize=64)
def _ads(
    account_id: str,
    gone: tuple[tuple[str, str], ...],
    *,
    campaigns: int,
    adsets: int,
    ads: int,
) -> tuple[Ad, ...]:
    places = [
        (c, s, a) for c in range(campaigns) for s in range(adsets) for a in range(ads)
    ]
    weights = [0.4 + draw(account_id, *place)[0] for place in places]
    return tuple(
        _ad(account_id, place, weight / sum(weights), dict(gone))
        for place, weight in zip(places, weights, strict=True)
    )


def _ad(
    account_id: str, place: tuple[int, int, int], share: float, gone: dict[str, str]
) -> Ad:
    c, s, a = place
    # What is above an object decides: an ad of a deleted campaign is deleted.
    campaign_status = gone.get(f"{c}", ACTIVE)
    adset_status = gone.get(f"{c}/{s}", campaign_status)
    return Ad(
        campaign_id=_object_id(account_id, c),
        campaign_name=_name(CAMPAIGNS, c),
        campaign_status=campaign_status,
        adset_id=_object_id(account_id, c, s),
        adset_name=_name(AUDIENCES, s),
        adset_status=adset_status,
        ad_id=_object_id(account_id, c, s, a),
        ad_name=_name(CREATIVES, a),
        ad_status=gone.get(f"{c}/{s}/{a}", adset_status),
        share=share,
    )


def _name(names: tuple[str, ...], number: int) -> str:
    again, index = divmod(number, len(names))
    return f"{names[index]} {again + 1}" if again else names[index]


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
    return plan.get("days") == "weekdays" and day.weekday() >= SATURDAY


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
