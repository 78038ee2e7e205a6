"""
What each ad did on each day: the same numbers for the same ad and day.

Everything is drawn for one ad and one day, in whole numbers, and only ever
added up, so every level and every slice of time agrees with every other.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from .accounts import ZERO_DECIMAL, Account

CAMPAIGNS = ("Prospecting", "Retargeting", "Brand", "Seasonal sale", "New arrivals")
AUDIENCES = ("Lookalike 1%", "Broad 25-54", "Site visitors 30d", "Past buyers")
CREATIVES = ("Video 15s", "Carousel", "Static A", "Static B", "Reel", "Story")
SIZE = {"campaigns": 3, "adsets": 2, "ads": 2}
WEEK = (1.02, 0.97, 0.95, 1.0, 1.08, 1.12, 0.9)
SATURDAY = 5
# Chances of one step of the funnel after the one before, by kind of business.
CLICK_RATE = {"shop": 0.012, "leads": 0.009, "awareness": 0.002}


@dataclass(frozen=True, slots=True)
class Ad:
    """An ad with the campaign and the ad set above it."""

    campaign_id: str
    campaign_name: str
    adset_id: str
    adset_name: str
    ad_id: str
    ad_name: str
    share: float


class Counts(NamedTuple):
    """What adds up. Money is in hundredths (or units, where there are none)."""

    spend: int
    impressions: int
    reach: int
    clicks: int
    link_clicks: int
    landing_page_views: int
    add_to_cart: int
    purchases: int
    purchase_value: int
    leads: int
    video_views: int
    reactions: int
    parts: int


def total(parts: Iterable[Counts]) -> Counts | None:
    """All of *parts* together; None where nothing was delivered."""
    delivered = [each for each in parts if each.impressions]
    if not delivered:
        return None
    return Counts(*map(sum, zip(*delivered, strict=True)))


def draw(*what: object) -> tuple[float, ...]:
    """Sixteen numbers from 0 to below 1, always the same for the same *what*."""
    digest = hashlib.blake2b("/".join(map(str, what)).encode(), digest_size=32).digest()
    return tuple(n / 65536 for n in struct.unpack(">16H", digest))


def _object_id(*what: object) -> str:
    digest = hashlib.blake2b("/".join(map(str, what)).encode(), digest_size=8).digest()
    return f"1202{int.from_bytes(digest, 'big') % 10**14:014d}"


def ads_of(account: Account) -> tuple[Ad, ...]:
    """The ads of an account, campaign by campaign; none where nothing runs."""
    plan = account.get("delivery")
    if plan is None:
        return ()
    size = {key: plan.get(key, default) for key, default in SIZE.items()}
    return _ads(account["account_id"], **size)


@lru_cache(maxsize=64)
def _ads(account_id: str, *, campaigns: int, adsets: int, ads: int) -> tuple[Ad, ...]:
    places = [
        (c, s, a) for c in range(campaigns) for s in range(adsets) for a in range(ads)
    ]
    weights = [0.4 + draw(account_id, *place)[0] for place in places]
    return tuple(
        _ad(account_id, place, weight / sum(weights))
        for place, weight in zip(places, weights, strict=True)
    )


def _ad(account_id: str, place: tuple[int, int, int], share: float) -> Ad:
    c, s, a = place
    return Ad(
        campaign_id=_object_id(account_id, c),
        campaign_name=_name(CAMPAIGNS, c),
        adset_id=_object_id(account_id, c, s),
        adset_name=_name(AUDIENCES, s),
        ad_id=_object_id(account_id, c, s, a),
        ad_name=_name(CREATIVES, a),
        share=share,
    )


def _name(names: tuple[str, ...], number: int) -> str:
    again, index = divmod(number, len(names))
    return f"{names[index]} {again + 1}" if again else names[index]


def running_days(account: Account, first: date, last: date, today: date) -> list[date]:
    """The days from *first* to *last* on which the account delivered."""
    plan = account.get("delivery")
    if plan is None:
        return []
    first = max(first, date.fromisoformat(account["created_time"]))
    last = min(last, today, date.fromisoformat(plan.get("until", "9999-12-31")))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if plan.get("days") == "weekdays":
        return [day for day in days if day.weekday() < SATURDAY]
    return days


def _season(day: date) -> float:
    return WEEK[day.weekday()] * (1 + 0.12 * math.sin(day.toordinal() / 58))


def counts_of(account: Account, ad: Ad, day: date) -> Counts:
    """What that ad did on that day."""
    plan = account["delivery"]
    jitter = draw(ad.ad_id, day)
    minor = 1 if account["currency"] in ZERO_DECIMAL else 100
    factor = _season(day) * (0.85 + 0.3 * jitter[0])
    spend = round(plan["daily"] * ad.share * factor * minor)
    impressions = round(spend / minor / (plan["cpm"] * (0.85 + 0.3 * jitter[1])) * 1000)
    clicks = _some(
        impressions * CLICK_RATE[plan["kind"]] * (0.7 + 0.6 * jitter[2]), jitter[3]
    )
    link_clicks = _some(clicks * 0.72, jitter[4])
    views = _some(link_clicks * 0.83, jitter[5])
    carts = _some(views * 0.11, jitter[6]) if plan["kind"] == "shop" else 0
    purchases = _some(carts * 0.38, jitter[7])
    return Counts(
        spend=spend,
        impressions=impressions,
        reach=round(impressions * (0.78 + 0.15 * jitter[9])),
        clicks=clicks,
        link_clicks=link_clicks,
        landing_page_views=views,
        add_to_cart=carts,
        purchases=purchases,
        purchase_value=round(
            purchases * plan["order"] * minor * (0.8 + 0.4 * jitter[8])
        ),
        leads=_some(views * 0.06, jitter[10]) if plan["kind"] == "leads" else 0,
        video_views=_some(impressions * 0.2, jitter[11]),
        reactions=_some(impressions * 0.004, jitter[12]),
        parts=1,
    )


def _some(expected: float, jitter: float) -> int:
    """Round up or down by chance, so that small numbers stay believable."""
    return math.floor(expected + jitter)
