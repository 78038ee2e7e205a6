"""Auditing an ad account: what is read, how often, and what is found."""

from decimal import Decimal

import pytest

from metaconnect.errors import InvalidRequest, TokenRejected, UsageError
from metaconnect.insights.findings import Cause, Verdict

from .conftest import asked

pytestmark = pytest.mark.anyio
AGREES, DELETED = "act_101000000000000", "act_103000000000001"
LATE_SALES, WRONG = "act_103000000000002", "act_103000000000027"
NOTHING = "act_101000000055433"
CHECKS = ["days", "campaign", "adset", "ad", "age,gender", "country"]


@pytest.fixture
def audit(connect, program):
    """Audit an ad account of the client."""
    connect()

    async def run(account=AGREES, preset=None, **options):
        found = await program.audit(["acme"], preset, ad_accounts=[account], **options)
        (one,) = found.audits
        return one

    return run


def insights(meta):
    return asked(meta, "/insights")


async def test_an_account_that_agrees_takes_seven_requests(audit, meta):
    found = await audit()

    assert len(asked(meta)) == len(insights(meta)) == found.pages == 7
    agreed = [f.check for f in found.findings if f.verdict is Verdict.AGREES]
    assert agreed == CHECKS
    assert found.is_explained
    assert found.spend > 0
    # All of them of the same days, also where midnight passes in between.
    assert all("time_range" in request["query"] for request in insights(meta))


async def test_relative_days_need_the_ad_accounts_time_zone(program, connect, meta):
    connect(timezone_name=None)
    meta.sandbox.plan(f"/{AGREES}", "2/400", None)

    found = await program.audit(["acme"], since="3d")

    (failure,) = found.failures
    assert "Which day it is now" in str(failure.error)
    assert not insights(meta)


async def test_deleted_objects_explain_what_levels_lack_with_one_request_more(
    audit, meta
):
    found = await audit(DELETED, "last_30d")

    assert len(insights(meta)) == 8
    assert found.is_explained
    by_check = {f.check: f for f in found.findings if f.cause is Cause.DELETED_OBJECTS}
    assert list(by_check) == ["campaign", "adset", "ad"]
    for finding in by_check.values():
        assert sum(p.spend for p in finding.parts) == finding.missing["spend"] > 1
        assert all(p.name and p.id for p in finding.parts)
        assert finding.missing["actions:omni_purchase"] > 0


async def test_sales_on_days_without_spend_are_no_fault(audit):
    found = await audit(LATE_SALES, "last_14d")

    assert found.is_explained


async def test_what_nothing_explains_has_its_days_and_its_campaign(audit, meta):
    found = await audit(WRONG)

    assert len(insights(meta)) == 7 + 1 + 2
    assert not found.is_explained
    of_ads, of_country = (f for f in found.findings if f.verdict is Verdict.UNEXPLAINED)
    assert (of_ads.check, of_country.check) == ("ad", "country")
    assert of_ads.missing["spend"] > Decimal(1)
    assert len(of_ads.days) == len(of_country.days) == 7
    (campaign,) = of_ads.parts
    assert campaign.spend == of_ads.missing["spend"]


async def test_the_breakdowns_are_chosen(audit, meta):
    found = await audit(breakdowns=["region", "gender, age"])

    assert [f.check for f in found.findings][4:6] == ["region", "gender,age"]
    assert len(insights(meta)) == 7
    assert [f.check for f in (await audit(breakdowns=[])).findings][4:] == ["reach"]


async def test_nothing_delivered_agrees(audit):
    found = await audit(NOTHING)

    assert {f.verdict for f in found.findings} == {Verdict.AGREES}
    assert found.spend is None


async def test_dates_that_meta_alone_knows(audit, meta):
    found = await audit(NOTHING, "maximum")

    assert found.dates is None
    assert found.is_explained
    assert all("date_preset" in request["query"] for request in insights(meta))


async def test_of_many_clients_one_may_fail(program, connect):
    connect("acme")
    connect("broken", token="EAABofnobody")

    found = await program.audit(date_preset="yesterday")

    assert [a.request.connection.client_id for a in found.audits] == ["acme"]
    (failure,) = found.failures
    assert failure.client_id == "broken"
    assert isinstance(failure.error, TokenRejected)
    assert "--client broken" in failure.error.hint


async def test_what_meta_refuses_is_one_failure(program, connect, meta):
    connect()
    meta.sandbox.plan("*", "100/33", None)

    found = await program.audit()
    (failure,) = found.failures
    assert isinstance(failure.error, InvalidRequest)


async def test_a_breakdown_that_is_no_name_is_refused(program, connect):
    connect()

    with pytest.raises(UsageError):
        await program.audit(breakdowns=["Age!"])
