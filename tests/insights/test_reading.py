"""All rows of a query: how many requests, in which order, and what goes wrong."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from metaconnect.constants import Level
from metaconnect.errors import InvalidRequest, TooMuchData
from metaconnect.graph.gate import IN_FLIGHT
from metaconnect.insights import windowed
from metaconnect.insights.fetch import Source
from metaconnect.insights.progress import ReadProgress
from metaconnect.insights.query import InsightsQuery
from metaconnect.insights.reading import open_rows
from metaconnect.models import AccessToken, TimeRange

from .pretend import PretendMeta, client_of

pytestmark = pytest.mark.anyio
TOKEN = AccessToken(value="EAAtoken")
SINCE = date(2026, 8, 1)


def query_of(days, **options):
    options = {"level": Level.ad, "fields": ("spend",)} | options
    until = SINCE + timedelta(days - 1)
    return InsightsQuery(time_range=TimeRange(since=SINCE, until=until), **options)


def opened(meta, query, *, notices=None, max_wait=120.0, **options):
    notice = (lambda _text: None) if notices is None else notices.append
    graph = client_of(meta, notice=notice, max_wait=max_wait)
    return open_rows(Source(graph, TOKEN, "act_1", query, raw=True), **options)


async def rows_read(meta, query, **options):
    async with opened(meta, query, **options) as pages:
        return [row async for page in pages for row in page]


def windows_asked(meta):
    return [
        params["time_range"]
        for method, path, params in meta.requests
        if path.endswith("/act_1/insights")
        and method == "GET"
        and "after" not in params
    ]


async def turns(count=50):
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("order", ["date", "object"])
async def test_what_fits_one_page_is_one_request(order):
    meta = PretendMeta(density=(10,), order=order)

    assert len(await rows_read(meta, query_of(50))) == 500
    assert len(meta.requests) == 1


@pytest.mark.parametrize(
    ("density", "days", "order"),
    [
        (200, 90, "object"),
        (200, 90, "date"),
        (130, 200, "shuffled"),
        (6, 90, "object"),
        (6, 90, "date"),
        (12, 90, "object"),
        (500, 3, "shuffled"),
        (30, 90, "date"),
        (400, 30, "shuffled"),
        (700, 30, "object"),
        (2500, 10, "date"),
    ],
)
async def test_requests_are_hardly_more_than_the_pages(density, days, order):
    meta = PretendMeta(density=(density,), order=order, latency=4)

    assert len(await rows_read(meta, query_of(days))) == density * days
    pages = -(-density * days // 500)
    assert len(meta.requests) <= 1.2 * pages + 2
    assert meta.most_in_flight <= IN_FLIGHT


async def test_many_rows_are_asked_for_at_once_in_windows_of_whole_pages():
    meta = PretendMeta(density=(200,), order="date", latency=4)

    rows = await rows_read(meta, query_of(90))

    first, *windows = windows_asked(meta)
    assert first == '{"since":"2026-08-01","until":"2026-10-29"}'
    assert windows[0] == '{"since":"2026-08-01","until":"2026-08-05"}'
    assert (len(windows), meta.most_in_flight) == (18, IN_FLIGHT)
    assert [row["date_start"] for row in rows] == sorted(
        row["date_start"] for row in rows
    )


async def test_a_query_that_does_not_split_is_paged_and_the_next_page_is_on_its_way():
    meta = PretendMeta(density=(2000,))
    query = query_of(2, time_increment="all_days")
    async with opened(meta, query) as pages:
        await anext(pages)
        await turns()
        assert len(meta.requests) == 3
        await turns()
        assert len(meta.requests) == 3
        count = 500 + sum([len(page) async for page in pages])

    assert (count, len(meta.requests), meta.most_in_flight) == (2000, 4, 1)


async def test_only_so_many_rows_are_asked_for_as_are_wanted():
    meta = PretendMeta(density=(20,), order="object")

    rows = await rows_read(meta, query_of(90, limit=7))
    assert (len(rows), len(meta.requests)) == (7, 1)
    assert meta.requests[0][2]["limit"] == "7"

    rows = await rows_read(meta, query_of(90, limit=700))
    assert rows == meta.rows(meta.requests[0][2])[:700]


async def test_a_day_without_delivery_in_the_middle_misleads_nobody():
    days = [0] * 91
    days[(SINCE.toordinal() + 20) % 91] = 1600
    meta = PretendMeta(density=tuple(days), order="object", latency=4)

    assert len(await rows_read(meta, query_of(90))) == 1600


async def test_rows_that_come_fast_wait_for_who_takes_them():
    meta = PretendMeta(density=(500,), order="date")
    async with opened(meta, query_of(600)) as pages:
        await anext(pages)
        await turns(2000)
        assert 12 < len(meta.requests) <= 2 * IN_FLIGHT + 2
        await turns(500)
        assert len(meta.requests) <= 2 * IN_FLIGHT + 2


async def test_a_day_of_many_pages_is_not_held_whole():
    meta = PretendMeta(density=(50_000,), order="date")
    async with opened(meta, query_of(1)) as pages:
        await anext(pages)
        await turns(2000)
        assert len(meta.requests) < 6


async def test_who_leaves_stops_every_request():
    meta = PretendMeta(density=(200,), order="date", latency=30)
    before = asyncio.all_tasks()
    with pytest.raises(KeyError):
        async with opened(meta, query_of(90)) as pages:
            await anext(pages)
            raise KeyError
    asked = len(meta.requests)
    await turns(200)

    assert len(meta.requests) == asked < 38
    assert meta.in_flight == 0
    assert asyncio.all_tasks() == before


async def test_an_error_comes_after_the_rows_before_it():
    meta = PretendMeta(density=(200,), order="date", latency=4)
    real = meta._insights

    def insights(params):
        if '"since":"2026-08-21"' in params["time_range"]:
            raise InvalidRequest("No.")
        return real(params)

    meta._insights = insights
    rows = []
    with pytest.raises(InvalidRequest):
        async with opened(meta, query_of(300)) as pages:
            async for page in pages:
                rows += page
    assert len(rows) == 20 * 200
    assert len(meta.requests) < 60  # what comes after it is not asked for


async def test_two_pages_are_two_requests():
    meta = PretendMeta(density=(9,), order="date")

    assert len(await rows_read(meta, query_of(90))) == 810
    assert len(meta.requests) == 2


@pytest.mark.parametrize("known", [True, False])
async def test_the_days_of_a_preset_are_those_of_the_ad_account(known):
    meta = PretendMeta(density=(200,), order="shuffled")
    query = InsightsQuery(level=Level.ad, fields=("spend",), date_preset="last_28d")
    zone = "Pacific/Kiritimati"
    meta.timezone_name, meta.now = zone, datetime.now(ZoneInfo(zone))
    graph = client_of(meta)
    given = {"timezone_name": zone} if known else {}
    source = Source(graph, TOKEN, "act_1", query, raw=True, **given)
    async with open_rows(source) as pages:
        rows = [row async for page in pages for row in page]

    assert len(rows) == 28 * 200
    today = meta.now.date()
    assert rows[0]["date_start"] == (today - timedelta(28)).isoformat()
    assert rows[-1]["date_start"] == (today - timedelta(1)).isoformat()
    looked_up = [path for _, path, _ in meta.requests if path.endswith("/act_1")]
    assert len(looked_up) == (not known)


async def test_without_a_time_zone_a_preset_is_paged():
    meta = PretendMeta(density=(200,), order="shuffled")
    meta.timezone_name, meta.now = None, datetime.now(UTC)
    query = InsightsQuery(level=Level.ad, fields=("spend",), date_preset="last_28d")

    assert len(await rows_read(meta, query)) == 28 * 200
    assert len(meta.requests) == 1 + 12


async def test_what_ends_a_task_ends_the_read(monkeypatch):
    meta = PretendMeta(density=(200,), order="date")

    def broken(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(windowed, "piece_of", broken)
    with pytest.raises(ZeroDivisionError):
        await rows_read(meta, query_of(90))


async def test_days_that_are_too_many_for_meta_are_halved():
    meta = PretendMeta(density=(40,), order="object", most_rows=300)

    assert len(await rows_read(meta, query_of(60))) == 2400
    assert not meta.runs
    assert len(meta.requests) < 30


async def test_a_page_that_is_too_large_is_asked_for_with_fewer_rows():
    notices = []
    meta = PretendMeta(density=(900,), most_a_page=200)

    rows = await rows_read(meta, query_of(1), notices=notices)

    assert len(rows) == 900
    assert {p["limit"] for _, _, p in meta.requests} == {"500", "250", "125"}
    assert notices[0] == "500 rows a page are too many for Meta: asking for fewer."


@pytest.mark.parametrize("sort", [(), ("spend_ascending",)])
async def test_what_is_too_much_in_any_case_is_a_report_run(sort):
    notices = []
    meta = PretendMeta(density=(900,), most_rows=300)

    rows = await rows_read(meta, query_of(2, sort=sort), notices=notices)

    assert len(rows) == 1800
    assert len(meta.runs) == (1 if sort else 2)
    assert sum("report" in text for text in notices) == 1


async def test_a_report_run_leaves_out_what_is_out_already():
    """Rows of a day are out when a later page is too much for Meta."""
    meta = PretendMeta(density=(5000,), order="shuffled")
    real = meta._insights

    def insights(params):
        if int(params.get("after", 0)) >= 3000:
            raise TooMuchData("Less, please.")
        return real(params)

    meta._insights = insights
    rows = await rows_read(meta, query_of(1))

    assert len(meta.runs) == 1
    assert sorted(r["ad_id"] for r in rows) == sorted(f"a{n}" for n in range(5000))


@pytest.mark.parametrize("faults", [{0: "much"}, {0: "much", 1: "much"}])
async def test_too_much_at_first_is_no_reason_to_ask_for_nothing(faults):
    """Meta says so of small queries too; the day to learn from has no rows."""
    meta = PretendMeta(density=(10, 0), order="object", faults=faults)

    assert len(await rows_read(meta, query_of(21))) in (100, 110)


async def test_never_a_report_run_is_an_error():
    meta = PretendMeta(density=(900,), most_rows=300)

    with pytest.raises(TooMuchData):
        await rows_read(meta, query_of(2), report_runs="never")
    assert not meta.runs


@pytest.mark.parametrize("increment", ["1", "all_days"])
async def test_always_a_report_run_asks_nothing_else(increment):
    meta = PretendMeta(density=(200,), order="shuffled")
    query = query_of(10, time_increment=increment)

    rows = await rows_read(meta, query, report_runs="always")

    assert len(rows) == (2000 if increment == "1" else 200)
    assert len(meta.runs) == 1
    assert not windows_asked(meta)


async def test_progress_counts_pages_and_windows():
    meta = PretendMeta(density=(200,), order="object", latency=2)
    progress = ReadProgress()
    async with opened(meta, query_of(90), progress=progress) as pages:
        seen = [(progress.windows_done, progress.windows) async for _ in pages]

    assert progress.pages == len(meta.requests)
    assert progress.windows == progress.windows_done == 18
    assert all(done <= windows for done, windows in seen)
    assert seen[0][1] in (18, 19)
