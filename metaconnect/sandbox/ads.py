"""The ads of an ad account, the same at every call."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache

from .accounts import Account

CAMPAIGNS = ("Prospecting", "Retargeting", "Brand", "Seasonal sale", "New arrivals")
AUDIENCES = ("Lookalike 1%", "Broad 25-54", "Site visitors 30d", "Past buyers")
CREATIVES = ("Video 15s", "Carousel", "Static A", "Static B", "Reel", "Story")
SIZE = {"campaigns": 3, "adsets": 2, "ads": 2}
ACTIVE = "ACTIVE"


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
