"""Meta's own row of the whole, and what of it belongs to deleted objects."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.constants import Level
from metaconnect.insights.account_total import (
    fetch_account_total,
    is_whole,
    spend_of_deleted,
    total_query,
)
from metaconnect.insights.filters import Filter
from metaconnect.insights.query import insights_query

from .samples import query

CAMPAIGNS = query("spend", "reach", level=Level.campaign)
OF_OBJECTS = Filter(field="campaign.name", operator="CONTAIN", value="Sale")
OF_ROWS = Filter(field="spend", operator="GREATER_THAN", value=50)


def spent(*amounts):
    return [{"spend": Decimal(amount)} for amount in amounts]


@pytest.mark.anyio
async def test_it_is_one_request_for_the_account_in_one_row(meta, graph, token):
    row = {"spend": "10.00", "reach": "7", "date_start": "2026-11-01"}
    meta.will_answer({"data": [row]})
    asked = insights_query(
        "last_14d",
        fields="spend,cpc,reach",
        level="ad",
        filtering=[OF_OBJECTS],
        sort="spend_descending",
    )

    whole = await fetch_account_total(graph, token, "act_1", asked)

    (request,) = meta.requests
    assert request.params == {
        "fields": "spend,reach",
        "level": "account",
        "time_increment": "all_days",
        "date_preset": "last_14d",
        "filtering": '[{"field":"campaign.name","operator":"CONTAIN","value":"Sale"}]',
        "limit": "500",
    }
    assert (whole["spend"], whole["reach"]) == (Decimal("10.00"), 7)


@pytest.mark.anyio
async def test_no_row_is_none(meta, graph, token):
    meta.will_answer({"data": []})

    assert await fetch_account_total(graph, token, "act_1", CAMPAIGNS) is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "asked",
    [
        query("spend", "cpc", "roas"),
        query("reach", time_increment="all_days"),
        query("reach", level=Level.ad, breakdowns=("product_id",)),
        query("reach", level=Level.ad, filtering=(OF_ROWS,)),
        query("reach", level=Level.ad, limit=5),
    ],
    ids=["all adds up", "one row", "breakdowns", "filtered rows", "a limit"],
)
async def test_nothing_is_asked_where_nothing_is_learned(meta, graph, token, asked):
    assert await fetch_account_total(graph, token, "act_1", asked) is None
    assert meta.requests == []


def test_daily_reach_of_an_account_has_a_total():
    assert total_query(query("reach", "clicks")).fields == ("spend", "reach")


@pytest.mark.parametrize(
    ("rows", "whole", "missing"),
    [
        (("1.00", "2.50"), "5.00", Decimal("1.50")),
        (("1.00", "2.50"), "3.50", None),
        (("1.00", "2.50"), "3.51", None),
        (("1.00", "2.50"), "3.49", None),
        ((), "3.00", Decimal("3.00")),
    ],
)
def test_what_no_row_has_belongs_to_deleted_objects(rows, whole, missing):
    (total,) = spent(whole)

    assert spend_of_deleted(CAMPAIGNS, spent(*rows), total) == missing
    assert is_whole(CAMPAIGNS, spent(*rows), total) is (missing is None)


@pytest.mark.parametrize(
    ("asked", "rows", "whole"),
    [
        (CAMPAIGNS, spent("1"), None),
        (CAMPAIGNS, spent("1"), {"spend": None}),
        (CAMPAIGNS, [{"clicks": 1}], spent("9")[0]),
        (query("spend", "reach"), spent("1"), spent("9")[0]),
        (
            query("spend", level=Level.ad, filtering=(OF_ROWS,)),
            spent("1"),
            spent("9")[0],
        ),
    ],
    ids=["no total", "no spend", "rows without spend", "account", "filtered rows"],
)
def test_nothing_is_said_where_it_cannot_be_known(asked, rows, whole):
    assert spend_of_deleted(asked, rows, whole) is None
