"""A query becomes a request, and Meta's rows come back in normal form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from metaconnect.errors import InvalidRequest
from metaconnect.insights.fetch import Source
from metaconnect.insights.query import InsightsQuery, insights_query
from metaconnect.insights.reading import open_rows
from metaconnect.models import TimeRange

from .samples import RAW, query

pytestmark = pytest.mark.anyio


async def fetched(graph, token, question, ad_account_id="act_1", **options):
    source = Source(graph, token, ad_account_id, question, **options)
    async with open_rows(source) as pages:
        return [page async for page in pages]


async def asked(meta, graph, token, question, ad_account_id="act_1", **options):
    """Return the one request that *question* becomes."""
    meta.will_answer({"data": [RAW]})
    await fetched(graph, token, question, ad_account_id, **options)
    (request,) = meta.requests
    return request


async def test_the_default_query_is_one_request(meta, graph, token):
    request = await asked(meta, graph, token, query())

    assert request.path == "/v26.0/act_1/insights"
    assert request.params == {
        "fields": "spend,impressions,actions,purchase_roas,cpc,ctr,cpm,clicks,"
        "conversions",
        "level": "account",
        "time_increment": "1",
        "date_preset": "last_7d",
        "limit": "500",
    }


async def test_every_option_travels_in_metas_words(meta, graph, token):
    question = insights_query(
        "last_14d",
        fields="spend,actions",
        level="ad",
        time_increment="all_days",
        breakdowns="age,gender",
        action_breakdowns=["action_type", "action_device"],
        action_attribution_windows="1d_click,7d_click",
        filtering="campaign.id IN 1,2",
        sort="spend_descending",
    )

    request = await asked(meta, graph, token, question)

    assert request.params == {
        "fields": "campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,"
        "spend,actions",
        "level": "ad",
        "time_increment": "all_days",
        "date_preset": "last_14d",
        "breakdowns": '["age","gender"]',
        "action_breakdowns": '["action_type","action_device"]',
        "action_attribution_windows": '["1d_click","7d_click"]',
        "filtering": '[{"field":"campaign.id","operator":"IN","value":["1","2"]}]',
        "sort": '["spend_descending"]',
        "limit": "500",
    }


async def test_a_time_range_takes_the_place_of_the_preset(meta, graph, token):
    days = TimeRange(since=date(2026, 11, 1), until=date(2026, 11, 7))

    request = await asked(meta, graph, token, query(time_range=days))

    assert "date_preset" not in request.params
    assert request.params["time_range"] == (
        '{"since":"2026-11-01","until":"2026-11-07"}'
    )


async def test_an_odd_account_id_cannot_change_the_path(meta, graph, token):
    odd = "act_1/../../me?x=1#"

    request = await asked(meta, graph, token, query(), odd)

    assert request.path == "/v26.0/act_1%2F..%2F..%2Fme%3Fx%3D1%23/insights"


async def test_a_window_of_one_column_is_asked_for(meta, graph, token):
    question = query("actions:lead:1d_view", "spend")

    request = await asked(meta, graph, token, question)

    assert request.params["fields"] == "actions,spend"
    assert request.params["action_attribution_windows"] == '["1d_view"]'


async def test_pages_are_rows_in_normal_form(meta, graph, token):
    meta.will_answer({"data": [RAW]})

    pages = await fetched(graph, token, query("spend"), extra_fields=["clicks"])

    row = {"spend": Decimal("2778.21"), "clicks": 210}
    dates = {"date_start": "2026-11-16", "date_stop": "2026-11-16"}
    assert pages == [[dates | row]]


async def test_raw_rows_are_metas(meta, graph, token):
    meta.will_answer({"data": [RAW]})

    assert await fetched(graph, token, query("timezone_name"), raw=True) == [[RAW]]
    assert len(meta.requests) == 1


async def test_an_unreadable_number_is_named_once(meta, graph, token):
    meta.will_answer({"data": [RAW | {"spend": "1,5"}, RAW | {"spend": "2,5"}]})
    problems = []

    await fetched(graph, token, query("spend"), problems=problems.append)

    (problem,) = problems
    assert str(problem) == (
        "spend cannot be read in the row of 2026-11-16: '1,5'. It is left empty; "
        "--raw prints what Meta sent."
    )


async def test_half_of_a_character_in_a_name_fails_no_report(meta, graph, token):
    body = b'{"data":[{"campaign_name":"Sale \\ud83d","spend":"0.10"}]}'
    meta.will_answer(body)

    ((row,),) = await fetched(graph, token, query("campaign_name", "spend"))

    assert row["campaign_name"] == "Sale \ud83d"
    assert str(row["spend"]) == "0.10"


async def test_a_json_number_beside_half_of_a_character_keeps_its_digits(
    meta, graph, token
):
    meta.will_answer(b'{"data":[{"campaign_name":"\\ud83d","spend":274.030}]}')

    ((row,),) = await fetched(graph, token, query("campaign_name", "spend"))

    assert str(row["spend"]) == "274.030"


async def test_the_time_zone_is_a_column_where_it_is_asked_for(meta, graph, token):
    meta.will_answer({"timezone_name": "Europe/Berlin", "id": "act_1"})
    meta.will_answer({"data": [RAW]})

    ((row,),) = await fetched(graph, token, query("spend", "timezone_name"))

    account, insights = meta.requests
    assert (account.path, insights.path) == ("/v26.0/act_1", "/v26.0/act_1/insights")
    assert insights.params["fields"] == "spend"
    assert row["timezone_name"] == "Europe/Berlin"


async def test_a_known_time_zone_is_not_looked_up(meta, graph, token):
    question = query("timezone_name", "account_currency")

    request = await asked(meta, graph, token, question, timezone_name="Asia/Tokyo")

    assert request.params["fields"] == "account_currency"


async def test_a_refused_field_has_the_hint_of_insights(meta, graph, token):
    message = "(#100) gender is not valid for fields param. please check …"
    meta.will_answer({"error": {"message": message, "code": 100}}, 400)

    with pytest.raises(InvalidRequest) as caught:
        await fetched(graph, token, InsightsQuery(fields=("gender",)))

    assert caught.value.hint == "gender is a breakdown: --breakdown gender"
    assert str(caught.value) == message


async def test_another_refusal_keeps_its_hint(meta, graph, token):
    error = {"message": "Invalid parameter", "code": 100}
    meta.will_answer({"error": error | {"error_data": {"blame_field": "x"}}}, 400)

    with pytest.raises(InvalidRequest) as caught:
        await fetched(graph, token, query())

    assert "x" in caught.value.hint
