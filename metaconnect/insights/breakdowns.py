"""Meta's breakdowns: what rows and action lists can be split by."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

# As in AdsInsights of Meta's SDK, facebook-business 26, without `dma`, which the
# API refuses since 2026-06-22 (`comscore_market` took its place).
# https://developers.facebook.com/docs/marketing-api/insights/breakdowns
BREAKDOWNS: Final = tuple(
    """
    ad_extension_domain ad_extension_url ad_format_asset affiliate_click_region
    affiliate_link_url age app_id body_asset breakdown_ad_objective
    breakdown_reporting_ad_id call_to_action_asset coarse_conversion_value
    comscore_market conversion_destination country creative_automation_asset_id
    creative_fingerprint_details creative_format_classification
    creative_media_type_breakdown creative_relaxation_asset_type
    crm_advertiser_l12_territory_ids crm_advertiser_subvertical_id
    crm_advertiser_vertical_id crm_ult_advertiser_id description_asset
    device_platform existing_post_id fidelity_type flexible_format_asset_type
    frequency_value gen_ai_asset_type gender
    hourly_stats_aggregated_by_advertiser_time_zone
    hourly_stats_aggregated_by_audience_time_zone hsid image_asset impression_device
    impression_view_time_advertiser_hour_v2 instagram_ads_follow_type
    instagram_ads_instagram_media_product_type
    instagram_ads_time_since_creation_bucket internal_campaign_id is_auto_advance
    is_conversion_id_modeled is_rendered_as_delayed_skip_ad landing_destination
    link_url_asset marketing_messages_btn_name mdsa_landing_destination
    media_asset_url media_creator media_destination_url media_format media_id
    media_origin_url media_text_content media_type mmm msa_seller_name
    overlap_segment pa_creator_ig_handle place_page_id placement_path
    platform_position postback_sequence_index product_brand_breakdown
    product_category_breakdown product_custom_label_0_breakdown
    product_custom_label_1_breakdown product_custom_label_2_breakdown
    product_custom_label_3_breakdown product_custom_label_4_breakdown
    product_group_content_id_breakdown product_id publisher_platform redownload
    reels_trending_topic region rta_ugc_topic rule_set_id rule_set_name
    signal_source signal_source_bucket skan_campaign_id skan_conversion_id
    skan_version sot_attribution_model_type sot_attribution_window sot_channel
    sot_event_type sot_source standard_event_content_type title_asset
    user_persona_id user_persona_name video_asset zip
    """.split()  # noqa: SIM905 - a list of words
)
ACTION_BREAKDOWNS: Final = tuple(
    """
    action_canvas_component_name action_carousel_card_id action_carousel_card_name
    action_destination action_device action_reaction action_target_id action_type
    action_video_sound action_video_type conversion_destination
    is_business_ai_assisted matched_persona_id matched_persona_name
    signal_source_bucket standard_event_content_type
    """.split()  # noqa: SIM905 - a list of words
)

ADVERTISER_HOURS: Final = "hourly_stats_aggregated_by_advertiser_time_zone"
AUDIENCE_HOURS: Final = "hourly_stats_aggregated_by_audience_time_zone"
HOURLY: Final = frozenset((ADVERTISER_HOURS, AUDIENCE_HOURS))
# Since 2026-08-03 these answer accounts that did not opt in with no rows at all.
# https://developers.facebook.com/docs/marketing-api/insights/breakdowns
OPT_IN: Final = frozenset((AUDIENCE_HOURS, "frequency_value", "impression_device"))
# The combinations that Meta lists, and two that its own tools and well-used
# connectors ask for. Each breakdown goes by itself, but for impression_device.
TOGETHER: Final = frozenset(
    frozenset(names.split())
    for names in (
        "age gender",
        "publisher_platform impression_device",
        "publisher_platform platform_position",
        "publisher_platform platform_position impression_device",
        "publisher_platform device_platform",
        "publisher_platform platform_position device_platform",
        "rule_set_id rule_set_name",
        "user_persona_id user_persona_name",
    )
)


def is_documented(breakdowns: Collection[str]) -> bool:
    """Return whether Meta says that *breakdowns* can be asked for together."""
    if len(breakdowns) > 1:
        return frozenset(breakdowns) in TOGETHER
    return "impression_device" not in breakdowns
