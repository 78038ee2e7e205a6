"""What is refused before Meta is asked."""

from __future__ import annotations

import pytest

from metaconnect.errors import UsageError
from metaconnect.insights.breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS
from metaconnect.insights.fields import FIELDS, REMOVED, REPLACED
from metaconnect.insights.query import insights_query

HOURS = "hourly_stats_aggregated_by_advertiser_time_zone"
OTHER_HOURS = "hourly_stats_aggregated_by_audience_time_zone"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fields": "impresions"}, "Did you mean impressions?"),
        ({"fields": "purchase"}, "Did you mean purchases?"),
        ({"fields": "age"}, "Use --breakdown age."),
        ({"fields": "action_device"}, "Use --action-breakdown action_device."),
        ({"fields": "labels"}, "Leave out labels."),
        ({"fields": "video_3_sec_watched_actions"}, "actions:video_view"),
        ({"breakdowns": "contry"}, "Did you mean country?"),
        ({"breakdowns": "dma"}, "comscore_market"),
        ({"breakdowns": "placement"}, "publisher_platform and platform_position"),
        ({"breakdowns": "action_device"}, "Use --action-breakdown action_device."),
        ({"breakdowns": "platform_position"}, "publisher_platform"),
        ({"breakdowns": [HOURS, OTHER_HOURS]}, f"Leave out {OTHER_HOURS}."),
        ({"breakdowns": HOURS, "fields": "spend,reach"}, "no reach by the hour"),
        ({"breakdowns": HOURS, "fields": "+video"}, "video_play_actions"),
        ({"breakdowns": HOURS, "fields": "cost_per_unique_click"}, "by the hour"),
        ({"action_breakdowns": "action_devise"}, "Did you mean action_device?"),
        (
            {"action_breakdowns": "action_device", "fields": "spend"},
            "Ask for actions, too.",
        ),
        (
            {"action_breakdowns": "action_device", "sort": "-leads"},
            "leads is one number of an action type",
        ),
    ],
)
def test_what_meta_would_refuse_is_said_before(options, said):
    with pytest.raises(UsageError) as caught:
        insights_query(**options)

    assert said in f"{caught.value} {caught.value.hint}"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "options",
    [
        {"fields": "spend,age", "breakdowns": "age"},
        {"fields": "xyzzy"},
        {"fields": "purchase_roas_v2"},
        {"breakdowns": "image_asset_v2"},
        {"breakdowns": "publisher_platform,platform_position"},
        {"breakdowns": HOURS, "fields": "spend,purchases"},
        {"breakdowns": HOURS},
        {"action_breakdowns": "action_type", "fields": "spend"},
        {"action_breakdowns": "action_device", "fields": "conversions"},
    ],
)
def test_what_meta_may_know_is_sent(options):
    insights_query(**options)


def test_every_field_may_be_asked_for():
    names = tuple(FIELDS.keys() - REMOVED)

    assert insights_query(fields=names).fields == names


def test_every_breakdown_may_be_asked_for():
    for name in {*BREAKDOWNS} - {"platform_position"}:
        insights_query(breakdowns=name)
    insights_query(action_breakdowns=ACTION_BREAKDOWNS, fields="actions")


def test_nothing_that_exists_is_said_to_be_replaced():
    assert not REPLACED.keys() & (FIELDS.keys() - REMOVED)
    assert not REPLACED.keys() & set(BREAKDOWNS)
