"""The fields of Meta's Insights, and what their values are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..constants import FieldKind

# Names and types as in Meta's own SDK, AdsInsights of facebook-business 26:
# https://developers.facebook.com/docs/marketing-api/reference/ads-insights
_NAMES: Mapping[FieldKind, str] = {
    FieldKind.DATE: "date_start date_stop",
    FieldKind.ID: """
        account_id ad_id adset_id campaign_id product_group_retailer_id
        product_retailer_id
    """,
    FieldKind.TEXT: """
        account_currency account_name ad_name adset_end
        adset_name adset_start age_targeting anchor_event_attribution_setting
        anchor_events_performance_indicator attribution_setting buying_type
        campaign_name conversion_rate_ranking created_time
        creative_diversity_label creative_media_type
        engagement_rate_ranking gender_targeting labels location
        marketing_messages_spend_currency multi_event_conversion_attribution_setting
        objective opportunity_score_l4 optimization_goal place_page_name
        quality_ranking
        result_values_performance_indicator updated_time
    """,
    FieldKind.COUNT: """
        clicks configurable_creative_format_performance_adset_count
        configurable_creative_format_performance_clicks
        configurable_creative_format_performance_conversions
        configurable_creative_format_performance_impressions
        configurable_placement_ptc_conversions
        configurable_reachbyfrequency_impressions_count dda_countby_convs
        full_view_impressions impressions inline_link_clicks
        inline_post_engagement instagram_profile_follow instagram_profile_visits
        instagram_upcoming_event_reminders_set instant_experience_clicks_to_open
        instant_experience_clicks_to_start marketing_messages_delivered
        marketing_messages_link_btn_click marketing_messages_quick_reply_btn_click
        marketing_messages_read marketing_messages_sent messages_delivered
        product_views shop_clicks shops_assisted_purchases total_card_view
        total_postbacks
    """,
    FieldKind.UNIQUE_COUNT: """
        advanced_reach_1d_lookback advanced_reach_28d_lookback
        advanced_reach_7d_lookback
        configurable_audience_overlap_with_conv_converters
        configurable_audience_overlap_with_conv_exposure_impressions
        configurable_audience_overlap_with_conv_exposure_reach
        configurable_creative_format_performance_converters
        configurable_reachbyfrequency_reach
        configurable_placement_ptc_converters configurable_placement_ptc_reach
        configurable_reachbyfrequency_converters_count estimated_ad_recallers
        estimated_ad_recallers_lower_bound estimated_ad_recallers_upper_bound
        full_view_reach reach unique_clicks unique_inline_link_clicks
    """,
    FieldKind.MONEY: """
        configurable_creative_format_performance_spend marketing_messages_spend
        social_spend spend
    """,
    FieldKind.COST: """
        auction_bid auction_max_competitor_bid
        configurable_audience_overlap_with_conv_exposure_cost
        configurable_reachbyfrequency_impressions_cost cost_per_dda_countby_convs
        cost_per_estimated_ad_recallers cost_per_inline_link_click
        cost_per_inline_post_engagement cost_per_message_delivered
        cost_per_unique_click cost_per_unique_inline_link_click cpc cpm cpp
        marketing_messages_cost_per_delivered
        marketing_messages_cost_per_link_btn_click msa_seller_budget wish_bid
    """,
    FieldKind.RATIO: """
        auction_competitiveness canvas_avg_view_percent canvas_avg_view_time
        configurable_audience_overlap_with_conv_action creative_diversity_score ctr
        estimated_ad_recall_rate estimated_ad_recall_rate_lower_bound
        estimated_ad_recall_rate_upper_bound frequency inline_link_click_ctr
        landing_page_view_actions_per_link_click landing_page_view_per_link_click
        landing_page_view_per_purchase_rate
        marketing_messages_click_rate_benchmark marketing_messages_delivery_rate
        marketing_messages_link_btn_click_rate marketing_messages_media_view_rate
        marketing_messages_phone_call_btn_click_rate
        marketing_messages_quick_reply_btn_click_rate marketing_messages_read_rate
        marketing_messages_read_rate_benchmark messages_delivered_ctr
        playable_average_game_length playable_game_start_rate
        purchase_per_landing_page_view purchases_per_link_click
        qualifying_question_qualify_answer_rate read_rate unique_ctr
        unique_inline_link_click_ctr unique_link_clicks_ctr
    """,
    FieldKind.ACTIONS: """
        actions ad_click_actions ad_impression_actions advanced_actions_28d_view
        catalog_segment_actions configurable_attribution_action
        configurable_reachbyfrequency_action conversion_leads conversions
        converted_product_app_custom_event_fb_mobile_purchase
        converted_product_offline_purchase converted_product_omni_purchase
        converted_product_quantity converted_product_website_pixel_purchase
        converted_promoted_product_app_custom_event_fb_mobile_purchase
        converted_promoted_product_offline_purchase
        converted_promoted_product_omni_purchase
        converted_promoted_product_quantity
        converted_promoted_product_website_pixel_purchase
        instant_experience_outbound_clicks interactive_component_tap
        mmp_credited_install onsite_conversion_messaging_detected_purchase_deduped
        outbound_clicks total_postbacks_detailed total_postbacks_detailed_v4
        video_15_sec_watched_actions video_30_sec_watched_actions
        video_6_sec_watched_actions video_continuous_2_sec_watched_actions
        video_p100_watched_actions video_p25_watched_actions
        video_p50_watched_actions video_p75_watched_actions
        video_p95_watched_actions video_play_actions
        video_thruplay_watched_actions
    """,
    FieldKind.UNIQUE_ACTIONS: """
        configurable_audience_overlap_reach unique_actions unique_conversions
        unique_outbound_clicks unique_video_continuous_2_sec_watched_actions
        unique_video_view_15_sec
    """,
    FieldKind.ACTION_VALUES: """
        action_values catalog_segment_value configurable_attribution_actionvalue
        conversion_values
        converted_product_app_custom_event_fb_mobile_purchase_value
        converted_product_offline_purchase_value
        converted_product_omni_purchase_values converted_product_value
        converted_product_website_pixel_purchase_value
        converted_promoted_product_app_custom_event_fb_mobile_purchase_value
        converted_promoted_product_offline_purchase_value
        converted_promoted_product_omni_purchase_values
        converted_promoted_product_value
        converted_promoted_product_website_pixel_purchase_value
    """,
    FieldKind.ACTION_COSTS: """
        average_purchases_conversion_value cost_per_15_sec_video_view
        cost_per_2_sec_continuous_video_view cost_per_6_sec_video_view
        cost_per_action_type cost_per_ad_click cost_per_conversion
        cost_per_conversion_lead cost_per_mmp_credited_install
        cost_per_one_thousand_ad_impression cost_per_outbound_click
        cost_per_thruplay cost_per_unique_action_type cost_per_unique_conversion
        cost_per_unique_outbound_click
    """,
    FieldKind.ACTION_RATIOS: """
        aggregated_play_time_per_reach catalog_segment_value_mobile_purchase_roas
        catalog_segment_value_omni_purchase_roas
        catalog_segment_value_website_purchase_roas conversion_lead_rate
        mobile_app_purchase_roas outbound_clicks_ctr purchase_roas
        unique_outbound_clicks_ctr video_avg_time_watched_actions
        video_time_watched_actions video_view_per_impression website_ctr
        website_purchase_roas
    """,
    FieldKind.OBJECTS: """
        cost_per_objective_result cost_per_result creative_diversity_data
        creative_fatigue_summary creative_fatigued_ads dda_results
        link_clicks_per_results objective_result_rate objective_results result_rate
        results video_play_curve_actions video_play_retention_0_to_15s_actions
        video_play_retention_20_to_60s_actions video_play_retention_graph_actions
    """,
}

FIELDS: Mapping[str, FieldKind] = MappingProxyType(
    {name: kind for kind, names in _NAMES.items() for name in names.split()}
)

# In Meta's SDK still, but refused by the API since v19.0:
# https://developers.facebook.com/docs/marketing-api/marketing-api-changelog
REMOVED = frozenset(
    """
    age_targeting estimated_ad_recall_rate_lower_bound
    estimated_ad_recall_rate_upper_bound estimated_ad_recallers_lower_bound
    estimated_ad_recallers_upper_bound gender_targeting labels location wish_bid
    """.split()  # noqa: SIM905 - a list of words
)

# What to ask for instead of names that Meta removed, or never had: those of other
# tools, of Ads Manager, of a campaign's settings. A breakdown is marked as one.
REPLACED: Mapping[str, str] = MappingProxyType(
    {
        "dma": "the breakdown comscore_market",
        "placement": "the breakdowns publisher_platform and platform_position",
        "hour": "the breakdown hourly_stats_aggregated_by_advertiser_time_zone",
        "estimated_ad_recall_rate_lower_bound": "estimated_ad_recall_rate",
        "estimated_ad_recall_rate_upper_bound": "estimated_ad_recall_rate",
        "estimated_ad_recallers_lower_bound": "estimated_ad_recallers",
        "estimated_ad_recallers_upper_bound": "estimated_ad_recallers",
        "relevance_score": "quality_ranking",
        "video_3_sec_watched_actions": "actions:video_view",
        "video_10_sec_watched_actions": "video_thruplay_watched_actions",
        "cost_per_10_sec_video_view": "cost_per_thruplay",
        "video_avg_pct_watched_actions": "video_avg_time_watched_actions",
        "website_clicks": "link_clicks",
        "unique_impressions": "reach",
        "total_actions": "actions",
        "total_action_value": "action_values",
        "amount_spent": "spend",
        "cost": "spend",
        "revenue": "purchase_value",
        "cpa": "cost_per_purchase",
        "cpl": "cost_per_lead",
        "date": "date_start",
    }
)

_PERCENT = frozenset(
    """
    canvas_avg_view_percent ctr inline_link_click_ctr outbound_clicks_ctr unique_ctr
    unique_inline_link_click_ctr unique_link_clicks_ctr unique_outbound_clicks_ctr
    website_ctr
    """.split()  # noqa: SIM905 - a list of words
)
_SECONDS = frozenset(("canvas_avg_view_time", "video_avg_time_watched_actions"))


def kind_of(field: str) -> FieldKind:
    """Return what the values of Meta's *field* are, unknown ones by their names."""
    if field in FIELDS:
        return FIELDS[field]
    if field.endswith("_id"):
        return FieldKind.ID
    return FieldKind.TEXT if field.endswith("_name") else FieldKind.UNKNOWN


def unit_of(field: str) -> str:
    """Return "%" or "s" for Meta's *field*, or nothing where it has no such unit."""
    if field in _PERCENT:
        return "%"
    return "s" if field in _SECONDS else ""
