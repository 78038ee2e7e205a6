"""Numbers by action type, from the counts of a row."""

from __future__ import annotations

from .synthetic import Counts

Actions = dict[str, int]
# The same purchase stands under each of these, as at Meta.
PURCHASES = (
    "omni_purchase",
    "purchase",
    "onsite_web_purchase",
    "offsite_conversion.fb_pixel_purchase",
)


def actions_of(counts: Counts) -> Actions:
    """Return how often each action was taken; the same one under several types."""
    engaged = counts.link_clicks + counts.reactions + counts.video_views
    return _some(
        {
            "link_click": counts.link_clicks,
            "landing_page_view": counts.landing_page_views,
            "omni_landing_page_view": counts.landing_page_views,
            "video_view": counts.video_views,
            "post_reaction": counts.reactions,
            "post_engagement": engaged,
            "page_engagement": engaged + counts.page_likes,
            "add_to_cart": counts.add_to_cart,
            "omni_add_to_cart": counts.add_to_cart,
            "offsite_conversion.fb_pixel_add_to_cart": counts.add_to_cart,
            "lead": counts.leads,
            "onsite_conversion.lead_grouped": counts.leads,
            **dict.fromkeys(PURCHASES, counts.purchases),
        }
    )


def conversions_of(counts: Counts) -> Actions:
    return _some(
        {
            "contact_total": counts.contacts,
            "contact_website": counts.contacts,
            "subscribe_total": counts.subscribers,
            "subscribe_website": counts.subscribers,
        }
    )


def values_of(counts: Counts) -> Actions:
    """Return the value of each action, in the currency's smallest unit."""
    return _some(dict.fromkeys(PURCHASES, counts.purchase_value))


def _some(found: Actions) -> Actions:
    return {kind: number for kind, number in found.items() if number}
