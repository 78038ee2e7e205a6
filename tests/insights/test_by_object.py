"""Rows by day as one row for each object, with the course of its spend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from metaconnect.constants import Level
from metaconnect.insights.by_object import by_object, with_trend
from metaconnect.insights.schema import columns
from metaconnect.models import TimeRange

from .samples import query

DAYS = TimeRange(since=date(2026, 11, 16), until=date(2026, 11, 19))


def row(day, spend, campaign, **more):
    return {
        "date_start": f"2026-11-{day}",
        "date_stop": f"2026-11-{day}",
        "campaign_id": campaign,
        "campaign_name": f"name of {campaign} on {day}",
        "spend": Decimal(spend),
        **more,
    }


def test_each_object_has_one_row_with_totals_and_its_course():
    asked = query("spend", "clicks", "cpc", "reach", level=Level.campaign)
    rows = [
        row(16, "10.00", "1", clicks=1, cpc=Decimal("10.00"), reach=5),
        row(17, "9.00", "2", clicks=3, cpc=Decimal("3.00"), reach=8),
        row(19, "10.00", "1", clicks=9, cpc=Decimal("1.11"), reach=5),
    ]

    found = by_object(columns(asked), rows, asked, days=DAYS, draw=list)

    assert found == [
        {
            "date_start": "2026-11-16",
            "date_stop": "2026-11-19",
            "campaign_id": "1",
            "campaign_name": "name of 1 on 19",
            "spend": Decimal("20.00"),
            "clicks": 10,
            "cpc": Decimal("2.00"),
            "reach": None,
            "trend": [Decimal("10.00"), None, None, Decimal("10.00")],
        },
        {
            "date_start": "2026-11-16",
            "date_stop": "2026-11-19",
            "campaign_id": "2",
            "campaign_name": "name of 2 on 17",
            "spend": Decimal("9.00"),
            "clicks": 3,
            "cpc": Decimal("3.00"),
            "reach": 8,
            "trend": [None, Decimal("9.00"), None, None],
        },
    ]


def test_parts_of_several_days_have_one_value_each():
    asked = query("spend", level=Level.campaign, time_increment="3")

    rows = [row(16, "1", "1"), row(19, "2", "1")]

    (found,) = by_object(columns(asked), rows, asked, days=DAYS, draw=list)
    assert found["trend"] == [1, 2]


@pytest.mark.parametrize(
    ("fields", "place"), [(("clicks", "spend"), 6), (("clicks", "ctr"), 4)]
)
def test_the_trend_stands_beside_what_it_shows(fields, place):
    names = [c.name for c in with_trend(columns(query(*fields, level=Level.campaign)))]

    assert names.index("trend") == place
