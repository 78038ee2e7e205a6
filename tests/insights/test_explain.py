"""The lines that say what numbers are."""

from __future__ import annotations

import shlex
from datetime import date

import pytest

from metaconnect.insights.explain import (
    ReadFacts,
    counted_as,
    curl_line,
    explain,
    explain_fields,
)
from metaconnect.insights.fetch import insights_params
from metaconnect.insights.query import insights_query
from metaconnect.insights.rows import row_reader
from metaconnect.models import TimeRange

from .samples import RAW, actions

QUERY = insights_query(
    fields="spend,purchases,roas,actions:lead:1d_click",
    filtering="campaign.name CONTAIN it's",
    level="campaign",
)


def facts(query=QUERY, **options):
    known = {
        "path": "/act_1/insights",
        "params": insights_params(query),
        "version": "v26.0",
        "today": date(2026, 11, 25),
        "dates": TimeRange(since=date(2026, 10, 1), until=date(2026, 11, 25)),
        "timezone_name": "Europe/Berlin",
        "currency": "EUR",
    }
    return ReadFacts(**(known | options))


def test_every_number_is_explained():
    *lines, request = explain(QUERY, facts())

    assert lines == [
        "Days: 2026-10-01 to 2026-11-25, which is not over yet, in Europe/Berlin",
        "Rows: one per campaign, for each day, where campaign.name CONTAIN it's",
        (
            "Attribution: the setting of each ad set (Meta's default is 7d_click and "
            "1d_view)"
        ),
        "Money: EUR",
        (
            "purchases: the first of omni_purchase, purchase, "
            "offsite_conversion.fb_pixel_purchase, onsite_web_purchase, "
            "onsite_web_app_purchase, app_custom_event.fb_mobile_purchase, "
            "offline_conversion.purchase of actions"
        ),
        (
            "roas: the first of omni_purchase, purchase, "
            "offsite_conversion.fb_pixel_purchase, onsite_web_purchase, "
            "onsite_web_app_purchase, app_custom_event.fb_mobile_purchase, "
            "offline_conversion.purchase, the first one there is of purchase_roas"
        ),
        "actions:lead:1d_click: lead of actions within 1d_click",
        "May still change: 2026-10-29 to 2026-11-25, each day for 28 days",
    ]
    assert request.startswith(
        "Request:  curl -G https://graph.facebook.com/v26.0/act_1"
    )


def test_the_request_is_one_line_that_the_shell_reads_back():
    words = shlex.split(curl_line(facts()))

    assert words[:3] == [
        "curl",
        "-G",
        "https://graph.facebook.com/v26.0/act_1/insights",
    ]
    assert words[4] == "Authorization: Bearer $TOKEN"
    assert words[5::2] == ["--data-urlencode"] * (len(words[5:]) // 2)
    assert (
        'filtering=[{"field":"campaign.name","operator":"CONTAIN","value":"it\'s"}]'
        in words
    )
    assert "fields=campaign_id,campaign_name,spend,actions,purchase_roas" in words


@pytest.mark.parametrize("raw", [True, False])
def test_the_types_that_counted_are_told_from_the_rows(raw):
    rows = [
        RAW,
        RAW | {"actions": actions(purchase="1"), "purchase_roas": actions(other="2")},
        {"date_start": "2026-11-17"},
    ]
    if not raw:
        reader = row_reader(QUERY, explain_fields(QUERY))
        rows = [reader(row) for row in rows]

    counted = counted_as(QUERY, rows)

    assert counted == {
        "purchases": {"omni_purchase": 1, "purchase": 1},
        "roas": {"omni_purchase": 1, "other": 1},
        "actions:lead:1d_click": {},
    }
    lines = explain(QUERY, facts(), counted)
    assert "purchases: omni_purchase (1 row), purchase (1 row) of actions" in lines
    assert (
        "actions:lead:1d_click: none was there; lead of actions within 1d_click"
        in lines
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"time_increment": "all_days"}, "Rows: one per account, the whole range"),
        ({"time_increment": 3, "breakdowns": "age"}, "for each 3 days, by age"),
        ({"action_attribution_windows": "1d_click"}, "1d_click, as asked for"),
        ({"date_preset": "maximum"}, "Days: maximum, in Europe/Berlin"),
    ],
)
def test_what_was_asked_is_said(options, said):
    query = insights_query(**options)

    lines = explain(query, facts(query, dates=None))

    assert any(said in line for line in lines)


def test_settled_days_are_said_to_be_settled():
    old = TimeRange(since=date(2026, 1, 1), until=date(2026, 1, 31))

    lines = explain(QUERY, facts(dates=old))

    assert "May still change: nothing: every day is more than 28 days ago" in lines
