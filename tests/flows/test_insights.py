"""Reading Insights: pages, reports, windows, and what deleted objects spent."""

import asyncio
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from metaconnect.errors import InvalidRequest, NetworkError, TokenRejected, UsageError
from metaconnect.flows.insights import InsightsRequest, with_dates
from metaconnect.flows.report import missing_spend
from metaconnect.insights.progress import ReadProgress
from metaconnect.insights.query import insights_query
from metaconnect.models import TimeRange

from .conftest import asked

pytestmark = pytest.mark.anyio
DELETED = "act_103000000000001"
BERLIN = "Europe/Berlin"
FAR_EAST = "act_103000000000023"
STRANGE = "act_103000000000006"
WINDOW = TimeRange(since=date(2026, 11, 2), until=date(2026, 11, 3))


@pytest.fixture
def request_of(connect):
    """Make a request of a connection whose ad account is the one given."""
    connection = connect()

    def make(account=connection.ad_account_id, *query, window=None, **options):
        return InsightsRequest(
            connection=replace(connection, ad_account_id=account),
            ad_account_id=account,
            query=insights_query(*query, **options),
            window=window,
        )

    return make


class TestTheUnitOfWork:
    async def test_a_window_takes_the_place_of_the_querys_dates(
        self, program, request_of
    ):
        windowed = request_of(date_preset="last_30d", window=WINDOW)
        dated = request_of(since="2026-11-02", until="2026-11-03")

        rows = await program.rows(windowed)

        assert [row["date_start"] for row in rows] == ["2026-11-02", "2026-11-03"]
        assert rows == await program.rows(dated)

    async def test_also_in_a_report(self, program, request_of):
        report = await program.report(request_of(level="campaign", window=WINDOW))

        assert report.facts.dates == WINDOW
        dates = {row["date_start"] for row in report.rows}
        assert dates == {"2026-11-02", "2026-11-03"}

    async def test_what_is_known_of_the_chosen_ad_account_is_of_no_other(
        self, request_of
    ):
        chosen = request_of()
        other = replace(chosen, ad_account_id="act_1")

        assert (chosen.currency, chosen.timezone_name) == ("EUR", "Europe/Berlin")
        assert (other.currency, other.timezone_name) == (None, None)


class TestAReport:
    async def test_at_the_account_level_it_is_one_request(
        self, program, request_of, meta
    ):
        report = await program.report(request_of())

        assert len(asked(meta)) == len(asked(meta, "/insights")) == 1
        assert len(report.rows) == 7
        assert report.totals["spend"] == sum(row["spend"] for row in report.rows)
        assert report.spend_of_deleted is None

    @pytest.mark.parametrize("level", ["campaign", "adset", "ad"])
    async def test_below_it_one_more(self, level, program, request_of, meta):
        report = await program.report(request_of(level=level))

        assert len(asked(meta)) == len(asked(meta, "/insights")) == 2
        assert report.rows
        assert report.spend_of_deleted is None

    async def test_breakdowns_have_no_whole_to_compare_with(
        self, program, request_of, meta
    ):
        await program.report(request_of(level="campaign", breakdowns=["age"]))

        assert len(asked(meta)) == 1

    @pytest.mark.parametrize("level", ["campaign", "adset", "ad"])
    async def test_it_knows_what_deleted_objects_spent(
        self, level, program, request_of
    ):
        report = await program.report(request_of(DELETED, level=level))

        of_account = await program.report(request_of(DELETED))
        whole = of_account.totals["spend"]
        shown = sum(row["spend"] for row in report.rows)
        assert report.spend_of_deleted == whole - shown > Decimal(1)

    async def test_it_comes_without_the_whole_too(
        self, program, request_of, monkeypatch
    ):
        fetch = "metaconnect.flows.report.fetch_account_total"

        async def fails(*_args, **_options):
            raise NetworkError("It went away.")

        monkeypatch.setattr(fetch, fails)
        report = await program.report(request_of(DELETED, level="campaign"))

        assert report.rows
        assert report.spend_of_deleted is None

    @pytest.mark.parametrize(
        ("fault", "error"), [("190/460", TokenRejected), ("drop", NetworkError)]
    )
    async def test_its_error_is_the_error_of_its_rows(
        self, fault, error, program, request_of, meta
    ):
        meta.sandbox.plan("*", fault, None)

        # By itself, and in no group of exceptions.
        with pytest.raises(error):
            await program.report(request_of(level="campaign"))

    async def test_an_error_of_its_rows_alone_too(self, program, request_of):
        with pytest.raises(InvalidRequest):
            await program.report(request_of(level="campaign", fields=["no_such_field"]))

    async def test_it_says_what_it_shows_of_any_ad_account(
        self, program, request_of, meta
    ):
        request = request_of()
        other = replace(request, ad_account_id="act_101000000007919")

        report = await program.report(other)

        assert report.ad_account.name
        assert report.facts.timezone_name == "Europe/Vienna"
        assert report.facts.dates
        assert len(asked(meta)) == 2

        known = (await program.report(request)).ad_account
        assert (known.id, known.timezone_name) == (request.ad_account_id, BERLIN)
        assert len(asked(meta)) == 3

    async def test_it_comes_where_the_ad_account_is_not_described(
        self, program, request_of, meta
    ):
        other = replace(request_of(), ad_account_id="act_101000000007919")
        meta.sandbox.plan("/act_101000000007919", "200", None)

        report = await program.report(other)

        assert report.rows
        assert report.facts.currency == "EUR"  # the rows say it
        assert report.facts.timezone_name is None

    async def test_it_tells_how_far_it_has_come(self, program, request_of):
        progress = ReadProgress()

        report = await program.report(
            request_of(date_preset="last_90d", level="ad"), progress=progress
        )
        assert progress.pages > 1
        assert progress.rows == len(report.rows)

    async def test_no_rows_have_no_totals(self, program, request_of):
        nothing = request_of(DELETED, since="2023-11-01", until="2023-11-02")

        report = await program.report(nothing)
        assert (report.rows, report.totals) == ([], {})


async def test_missing_spend_is_what_a_report_says(program, request_of):
    request = request_of(DELETED, level="campaign")

    rows = await program.rows(request)
    missing = await missing_spend(request, rows, graph=program.parts.graph)
    assert missing == (await program.report(request)).spend_of_deleted


@pytest.mark.parametrize("read", ["rows", "report"])
async def test_a_field_that_is_unreadable_is_told_of_once(
    read, program, request_of, notices
):
    await getattr(program, read)(request_of(STRANGE, date_preset="last_30d"))

    told = [note.split()[0] for note in notices if "cannot be read" in note]
    assert told
    assert sorted(told) == sorted(set(told))


async def test_a_relative_day_is_one_of_the_ad_accounts(program, request_of):
    asked_of = request_of("act_103000000000023", since="today")  # 14 hours ahead
    unknown = replace(asked_of.connection, timezone_name=None)
    request = replace(asked_of, connection=unknown)
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    found = await with_dates(request, graph=program.parts.graph, now=noon)

    tomorrow = date(2026, 11, 25)
    assert found.query.time_range == TimeRange(since=tomorrow, until=tomorrow)


async def test_a_stream_that_is_left_stops_asking(program, connect, meta):
    connect(ad_account_id="act_101000000047514")
    stream = program.stream_insights("acme", "last_90d", level="ad")
    async with aclosing(stream) as rows:
        async for row in rows:
            assert row["ad_id"]
            break
    seen = len(asked(meta, "/insights"))
    await asyncio.sleep(0.2)

    # One may have been on its way.
    assert len(asked(meta, "/insights")) <= seen + 1


async def test_an_error_in_a_later_page_comes_when_it_is_reached(
    program, request_of, meta
):
    request = request_of("act_101000000047514", date_preset="last_90d", level="ad")
    async with program.reading(request) as pages:
        first = await anext(pages)
        meta.sandbox.planned.clear()
        meta.sandbox.plan("*", "190/460", None)
        assert first
        with pytest.raises(TokenRejected) as caught:
            async for _ in pages:
                pass
    assert "--client acme" in caught.value.hint


class TestRelativeDays:
    @pytest.mark.parametrize("known", [True, False])
    async def test_they_are_the_ad_accounts(self, program, connect, meta, known):
        """Kiritimati is a day ahead of most of the world."""
        zone = "Pacific/Kiritimati"
        connect(ad_account_id=FAR_EAST, timezone_name=zone if known else None)
        today = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()

        await program.insights("acme", since="today")

        asked_for = asked(meta, "/insights")[-1]
        assert "time_range" in asked_for["query"]
        assert len(asked(meta, FAR_EAST)) == (0 if known else 1)
        rows = await program.insights("acme", since="yesterday", until="yesterday")
        assert {row["date_start"] for row in rows} <= {
            str(today - timedelta(days=1)),
            str(today),  # midnight there may come while this test runs
        }

    async def test_what_meta_has_not_kept_is_refused_before_asking(
        self, program, request_of, meta
    ):
        with pytest.raises(UsageError, match="37 months"):
            await program.rows(request_of(since="2019-01-01", until="2019-02-01"))
        assert asked(meta, "/insights") == []


class TestOrderAndLimit:
    async def test_a_limit_is_one_request_for_no_more_rows(
        self, program, request_of, meta
    ):
        request = request_of(date_preset="last_90d", level="ad", limit=3)

        rows = await program.rows(request)
        assert len(rows) == 3
        assert len(asked(meta, "/insights")) == 1

    async def test_what_meta_cannot_sort_by_is_sorted_here(self, program, request_of):
        request = request_of(
            date_preset="last_30d", fields="spend", sort="-purchases", limit=5
        )
        full = request_of(date_preset="last_30d", fields="spend,purchases")

        rows = await program.rows(request)
        best = sorted(
            await program.rows(full), key=lambda row: -(row["purchases"] or 0)
        )
        assert [row["spend"] for row in rows] == [row["spend"] for row in best[:5]]
        assert list(rows[0]) == ["date_start", "date_stop", "spend"]

    async def test_raw_rows_are_not_sorted_here(self, program, request_of):
        request = request_of(fields="spend", sort="-purchases")

        with pytest.raises(UsageError, match="purchases"):
            await program.rows(request, raw=True)
