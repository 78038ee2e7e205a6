"""Auditing a synced table: what it holds, against what Meta says now."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest

from metaconnect.errors import UsageError
from metaconnect.insights.findings import Cause, Verdict
from metaconnect.insights.query import insights_query
from metaconnect.insights.reports import report

pytestmark = pytest.mark.anyio
TODAY = datetime.now(ZoneInfo("Europe/Berlin")).date()
FIRST, LAST = TODAY - timedelta(days=60), TODAY - timedelta(days=40)


@pytest.fixture
async def place(program, connect, tmp_path):
    """A table that holds two months of campaigns."""
    connect()
    path = str(tmp_path / "insights.duckdb")
    (done,) = await program.sync(path, level="campaign", since=FIRST)
    assert done.problem is None
    return path


@pytest.fixture
def audit(program, place):
    async def run(**options):
        found = await program.audit(against=place, breakdowns=[], **options)
        for failure in found.failures:
            raise failure.error
        return [f for f in found.audits[0].findings if f.check.startswith("table")]

    return run


def change(place, statement):
    with duckdb.connect(place) as connection:
        connection.execute(statement)


async def test_one_that_has_what_meta_says_agrees(audit):
    (finding,) = await audit(since=FIRST, until=LAST)

    assert (finding.check, finding.verdict) == ("table campaign", Verdict.AGREES)


async def test_what_meta_may_have_restated_is_explained_older_days_are_not(
    audit, place
):
    change(
        place,
        "update meta_insights set spend = spend - 1, actions = json_merge_patch("
        "actions, '{\"link_click\": 0}') where entity_id in (select min(entity_id) "
        f"from meta_insights) and date_start in (date '{FIRST}', (select "
        "max(date_start) from meta_insights))",
    )

    (finding,) = await audit(date_preset="last_7d")
    assert finding.cause is Cause.RESTATED
    (finding,) = await audit(since=FIRST, until=LAST)
    assert finding.verdict is Verdict.UNEXPLAINED
    assert finding.missing["spend"] == Decimal(1)
    assert finding.missing["actions:link_click"] > 0
    assert set(finding.missing) == {"spend", "actions:link_click"}
    assert finding.days == (FIRST,)


async def test_rows_that_are_gone_are_named_by_their_days(audit, place):
    change(place, f"delete from meta_insights where date_start = date '{LAST}'")

    (finding,) = await audit(since=FIRST, until=LAST)
    assert finding.days == (LAST,)
    assert finding.missing["spend"] > 1


async def test_a_row_that_meta_has_not_is_too_much(audit, place):
    change(
        place,
        "insert into meta_insights select * replace ('1' as entity_id) from "
        f"meta_insights where date_start = date '{LAST}'",
    )

    (finding,) = await audit(since=FIRST, until=LAST)
    assert finding.days == (LAST,)
    assert finding.missing["spend"] < -1


async def test_a_report_with_a_question_of_its_own_is_named(
    audit, program, place, notices
):
    own = report(
        "sale",
        query=insights_query(fields="spend", filtering="campaign.name CONTAIN a"),
    )
    await program.sync(place, reports=[own])

    assert len(await audit(date_preset="yesterday")) == 1
    assert any("Not compared" in note for note in notices)
    found = await audit(date_preset="yesterday", reports=[own])
    assert [f.check for f in found] == ["table sale", "table campaign"]


async def test_days_that_it_has_not_are_an_error(audit):
    before = FIRST - timedelta(days=1)

    with pytest.raises(UsageError, match="no report of act_101000000000000") as caught:
        await audit(since=before, until=before)
    assert caught.value.hint.endswith("metaconnect sync --client acme")


async def test_of_a_client_with_a_quote_in_its_name(program, connect, tmp_path):
    connect("o'hara")
    path = str(tmp_path / "insights.duckdb")
    await program.sync(path)

    (found,) = (await program.audit(against=path)).audits
    assert found.findings[-1].check == "table account"
    assert found.is_explained
