"""Rows and queries for the tests."""

from __future__ import annotations

from metaconnect.insights.query import InsightsQuery

RAW = {
    "spend": "2778.21",
    "impressions": "45046",
    "actions": [
        {"action_type": "link_click", "value": "210"},
        {"action_type": "omni_purchase", "value": "11"},
    ],
    "purchase_roas": [{"action_type": "omni_purchase", "value": "0.307921"}],
    "cpc": "13.229571",
    "ctr": "0.466190",
    "cpm": "61.674954",
    "clicks": "210",
    "date_start": "2026-11-16",
    "date_stop": "2026-11-16",
}


def query(*fields, **options):
    if fields:
        options["fields"] = fields
    return InsightsQuery(**options)


def actions(**numbers):
    """Return Meta's list of these action types; __ stands for a dot."""
    return [
        {"action_type": kind.replace("__", "."), "value": value}
        for kind, value in numbers.items()
    ]
