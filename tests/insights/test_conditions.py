"""Conditions on rows: what matches, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.errors import UsageError
from metaconnect.insights.conditions import condition_fields, parse_condition
from metaconnect.insights.query import insights_query
from metaconnect.insights.rows import row_reader

from .samples import RAW

QUERY = insights_query(
    fields="spend,impressions,purchases,roas,cpc,ctr,objective",
    level="campaign",
    breakdowns="age",
)
ROW = row_reader(QUERY)(
    RAW | {"campaign_name": "Summer SALE", "campaign_id": "12", "age": "25-34"}
)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("spend > 500", True),
        ("spend > 2778.21", False),
        ("spend >= 2778.21", True),
        ("spend<=2778.210", True),
        ("spend = 2778.21", True),
        ("spend != 2778.2100001", True),
        ("spend GREATER_THAN 2778.2099999999999999", True),
        ("impressions IN 1, 45046", True),
        ("impressions not_in 1, 2", True),
        ("impressions IN_RANGE 45046, 50000", True),
        ("impressions NOT_IN_RANGE 1, 2", True),
        ("purchases < 12", True),
        ("roas < 1", True),
        ("ctr < 1%", True),
        ("campaign.name CONTAIN 'summer sale'", True),
        ("campaign_name NOT_CONTAIN winter", True),
        ("campaign_name CONTAINS_ANY winter, sale", True),
        ("campaign_name CONTAINS_ALL winter, sale", False),
        ("campaign_name NOT_CONTAINS_ANY winter, sale", False),
        ("campaign_name STARTS_WITH sum", True),
        ("campaign_name ENDS_WITH sum", False),
        ("campaign_name = 'summer sale'", True),
        ("campaign.id IN 11, 12", True),
        ("age != 25-34", False),
        ("date_start ON_OR_AFTER 2026-11-16", True),
        ("date_start < 2026-11-16", False),
        ("objective = OUTCOME_SALES", False),
        ("objective != OUTCOME_SALES", False),
    ],
)
def test_a_condition_on_a_row(text, matches):
    assert parse_condition(text, QUERY).matches(ROW) is matches


def test_numbers_are_compared_exactly():
    condition = parse_condition("spend > 0.1", QUERY)

    assert condition.matches({"spend": Decimal("0.1000000000000000000000000001")})
    assert not condition.matches({"spend": Decimal("0.1")})


@pytest.mark.parametrize("row", [{}, {"spend": None}, {"spend": "much"}])
def test_what_is_no_number_matches_no_number(row):
    assert not parse_condition("spend != 1", QUERY).matches(row)


def test_a_column_that_the_query_lacks_is_named():
    texts = ["leads > 5", "spend > 5", "actions:purchase:1d_click > 1", "leads < 9"]
    conditions = [parse_condition(text, QUERY) for text in texts]

    assert condition_fields(conditions, QUERY) == (
        "leads",
        "actions:purchase:1d_click",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spend", "'spend' is not a condition"),
        ("spend > much", "'much' is not a number: 'spend > much'"),
        ("spend > 1,000", "'1,000' is not a number"),
        ("spend > nan", "'nan' is not a number"),
        ("spend CONTAIN 5", "CONTAIN does not go with spend here"),
        ("spend OVER 5", "OVER is not an operator"),
        ("campaign_name CONTAINS sale", "Did you mean CONTAIN?"),
        ("campaign_name > 5", "GREATER_THAN does not go with campaign_name"),
        ("impressions IN_RANGE 5", "A range has two ends"),
        ("impressions IN ,", "compares with nothing"),
        ("spendd > 5", "Did you mean spend?"),
        ("Spend > 5", "'Spend' is not a column: 'Spend > 5'. Did you mean spend?"),
        ("actions > 5", "as: actions:omni_purchase"),
        ("results > 5", "results holds objects"),
        ("ad.effective_status = ACTIVE", "--filter 'ad.effective_status = ACTIVE'"),
        ("date_start > yesterday", "'yesterday' is not a date"),
    ],
)
def test_a_mistake_names_the_condition_and_the_way_out(text, said):
    with pytest.raises(UsageError) as caught:
        parse_condition(text, QUERY)

    assert said in f"{caught.value} {caught.value.hint}"
    assert caught.value.exit_code == 2


def test_an_action_type_may_hold_words_that_are_operators():
    name = "actions:offsite_conversion.fb_pixel_custom.Sign in any time"

    condition = parse_condition(f"{name} >= 2", QUERY)

    assert condition.column == name
    assert condition.matches({name: 2})
