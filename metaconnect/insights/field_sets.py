"""Named sets of fields, `+video` and the like, that save typing them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ..constants import DEFAULT_FIELDS
from ..errors import UsageError
from .names import did_you_mean

_SETS: Mapping[str, str] = {
    "basic": "spend impressions reach frequency clicks ctr cpc cpm",
    "clicks": """
        clicks ctr cpc link_clicks inline_link_click_ctr cost_per_inline_link_click
        outbound_clicks landing_page_views
    """,
    "reach": "impressions reach frequency cpm cpp",
    "purchases": "purchases purchase_value cost_per_purchase roas",
    "leads": "leads cost_per_lead",
    "results": "results cost_per_result",
    "video": """
        video_play_actions video_thruplay_watched_actions cost_per_thruplay
        video_p25_watched_actions video_p50_watched_actions
        video_p75_watched_actions video_p95_watched_actions
        video_p100_watched_actions video_30_sec_watched_actions
        video_avg_time_watched_actions
    """,
    "engagement": """
        inline_post_engagement cost_per_inline_post_engagement
        actions:post_engagement actions:post_reaction actions:comment actions:post
        actions:video_view
    """,
    "funnel": """
        impressions link_clicks landing_page_views actions:view_content
        actions:add_to_cart actions:initiate_checkout purchases
    """,
    "quality": "quality_ranking engagement_rate_ranking conversion_rate_ranking",
    "actions": "actions action_values cost_per_action_type",
    "ids": """
        account_id account_name campaign_id campaign_name adset_id adset_name ad_id
        ad_name
    """,
    "settings": "objective optimization_goal buying_type attribution_setting",
}
SETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "default": DEFAULT_FIELDS,
        **{name: tuple(fields.split()) for name, fields in _SETS.items()},
    }
)


def expanded(names: Iterable[str]) -> tuple[str, ...]:
    """
    Return *names* with each `+set` replaced by its fields, each field once.

    A set stands for its fields and nothing else: what the default has is
    `+default`. Raises UsageError.
    """
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(_of_set(name) if name[0] == "+" else (name,)))
    return tuple(found)


def _of_set(name: str) -> tuple[str, ...]:
    if name[1:] in SETS:
        return SETS[name[1:]]
    raise UsageError(
        f"There is no set of fields {name!r}."
        f"{did_you_mean(name, [f'+{known}' for known in SETS])}",
        hint=f"The sets are: {', '.join(f'+{known}' for known in SETS)}.",
    )
