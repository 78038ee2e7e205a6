"""The sync flow against the sandbox over HTTP: what is asked, kept, and told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from metaconnect.errors import (
    ClientNotFound,
    ConfigError,
    NetworkError,
    NotConnected,
    StoreError,
    TokenRejected,
    UsageError,
)
from metaconnect.insights.query import insights_query
from metaconnect.insights.reports import report
from metaconnect.warehouse.reading import answer

from .conftest import asked, make_program

pytestmark = pytest.mark.anyio

BERLIN = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Berlin


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "insights.duckdb")


@pytest.fixture
def asks(place):
    def asks(sql):
        return [tuple(row.values()) for row in answer(place, sql).rows]

    return asks


def write(place, sql):
    import duckdb

    with duckdb.connect(place) as connection:
        connection.execute(sql)


@pytest.fixture
def clock(program):
    def set_clock(moment):
        program.parts.now = lambda: moment

    set_clock(BERLIN)
    return set_clock


def insights_calls(meta):
    return asked(meta, "/insights")


async def test_whole_days_up_to_yesterday_of_the_ad_account(
    program, connect, clock, place, asks, meta
):
    connect()

    (done,) = await program.sync(place)

    assert (done.since, done.until) == (date(2026, 10, 24), date(2026, 11, 20))
    assert (done.windows, done.rows, done.problem) == (28, 28, None)
    assert len(insights_calls(meta)) == 1
    rows = await program.insights("acme", since="2026-10-24", until="2026-11-20")
    names = ("date_start", "spend", "impressions", "actions", "roas")
    kept = asks(f"select {', '.join(names)} from meta_insights order by 1")
    assert kept == [tuple(row[name] for name in names) for row in rows]


async def test_a_year_comes_in_windows_and_only_once(
    program, connect, clock, place, meta
):
    connect()
    (done,) = await program.sync(place, since="2026-01-01", level="campaign")
    assert done.windows == (date(2026, 11, 20) - date(2026, 1, 1)).days + 1
    first = len(insights_calls(meta))
    assert first >= 11

    clock(BERLIN + timedelta(days=1))
    (done,) = await program.sync(place, level="campaign")

    assert (done.since, done.until) == (date(2026, 10, 25), date(2026, 11, 21))
    assert len(insights_calls(meta)) == first + 1
    assert done.changes == []


async def test_what_meta_restated_is_told(program, connect, clock, place, asks):
    connect()
    await program.sync(place, level="ad", breakdowns="age")
    write(place, "update meta_insights set spend = 1 where date_start = '2026-11-19' "
          "and breakdown_key = '{\"age\":\"25-34\"}'")  # fmt: skip

    (done,) = await program.sync(place, level="ad", breakdowns="age")

    assert done.changes
    change = done.changes[0]
    assert (change.metric, change.old_value) == ("spend", "1")
    assert change.changed_at == BERLIN
    spend = asks(
        "select spend from meta_insights where date_start = '2026-11-19' "
        f"and age = '25-34' and entity_id = '{change.entity_id}'"
    )
    assert spend == [(Decimal(change.new_value),)]
    assert len(asks("select * from meta_insights_changes")) == len(done.changes)


async def test_a_row_that_is_no_more_goes_with_its_day(
    program, connect, clock, place, asks
):
    connect()
    await program.sync(place, level="ad")
    count = "select count(*) from meta_insights"
    before = asks(count)
    write(
        place,
        "insert into meta_insights by name select '0' as entity_id, "
        "* exclude entity_id from meta_insights where date_start = '2026-11-01'",
    )

    await program.sync(place, level="ad")

    assert asks(count) == before


async def test_weeks_and_months_fill_up(program, connect, clock, place, asks):
    connect()
    reports = [
        report("weekly", query=insights_query(time_increment=7)),
        report("monthly", query=insights_query(time_increment="monthly")),
    ]
    await program.sync(place, reports=reports, since="ignored")

    clock(BERLIN + timedelta(days=3))
    done = await program.sync(place, reports=reports)

    assert not any(each.changes for each in done)
    found = asks(
        "select report, date_start, date_stop from meta_insights order by 1, 2"
    )
    assert found[:2] == [
        ("monthly", "2026-10-01", "2026-10-31"),
        ("monthly", "2026-11-01", "2026-11-23"),
    ]
    assert found[-2:] == [
        ("weekly", "2026-11-16", "2026-11-22"),
        ("weekly", "2026-11-23", "2026-11-23"),
    ]


async def test_a_new_field_is_a_column_and_older_days_are_named(
    program, connect, clock, place, asks, notices
):
    connect()
    await program.sync(place, since="2026-09-01", fields="spend")

    await program.sync(place, fields="spend,reach")

    assert any("--since 2026-09-01" in notice for notice in notices)
    empty = "select count(*) from meta_insights where reach is null"
    assert asks(empty) == [(53,)]
    (done,) = await program.sync(place, fields="spend,reach", since="2026-09-01")
    assert asks(empty) == [(0,)]
    assert done.changes == []


async def test_one_client_that_fails_leaves_the_others(program, connect, clock, place):
    connect("acme")
    connect("zeta", token="EAAnobodys")
    told = []

    done = await program.sync(place, told=told.append)
    unknown = await program.sync(place, ["acme", "nobody"])

    assert {each.client_id: type(each.problem) for each in done} == {
        "acme": type(None),
        "zeta": TokenRejected,
    }
    assert sorted(each.client_id for each in told) == ["acme", "zeta"]
    assert {type(each.problem) for each in unknown} == {type(None), NotConnected}


async def test_many_clients_are_written_at_once(program, connect, clock, place, asks):
    for number in range(12):
        connect(f"client {number}")

    done = await program.sync(place)

    assert [each.problem for each in done] == [None] * 12
    assert asks("select count(*), count(distinct client_id) from meta_insights") == [
        (12 * 28, 12)
    ]


async def test_a_network_that_goes_leaves_whole_windows(
    program, connect, clock, place, asks, meta
):
    connect()
    read, calls = program.reading, []

    def reading(request, **options):
        calls.append(request)
        if len(calls) == 2:
            path = f"/{request.ad_account_id}/insights"
            meta.sandbox.plan(path, "drop", None)
        return read(request, **options)

    program.reading = reading
    (done,) = await program.sync(place, since="2026-09-01")
    assert isinstance(done.problem, NetworkError)
    assert (done.windows, done.rows) == (30, 30)
    assert asks("select count(*) from meta_insights") == [(30,)]

    meta.sandbox.planned.clear()
    (done,) = await program.sync(place, since="2026-09-01")
    assert (done.problem, done.since) == (None, date(2026, 10, 1))
    assert asks("select count(*) from meta_insights") == [(81,)]


async def test_two_programs_at_once_are_kept_apart(
    program, settings, connect, clock, database, monkeypatch
):
    connect()
    monkeypatch.setattr("metaconnect.warehouse.postgres._PATIENCE", 100)
    other = make_program(settings, print)
    other.parts.now = program.parts.now
    held = await start_holding(other, database)

    (done,) = await program.sync(database)

    assert isinstance(done.problem, StoreError)
    assert "Another sync of client 'acme'" in str(done.problem)
    held()
    (done,) = await program.sync(database)
    assert (done.problem, done.rows) == (None, 28)
    await other.aclose()


async def start_holding(program, dsn):
    """Hold the series that a sync of acme writes; return what lets it go."""
    from metaconnect.warehouse.base import Series
    from metaconnect.warehouse.postgres import PostgresTarget

    series = Series(
        client_id="acme", report_id=report().id, account_id="101000000000000"
    )
    block = PostgresTarget(dsn).session(series)
    block.__enter__()
    return lambda: block.__exit__(None, None, None)


async def test_the_same_rows_in_every_place(
    program, connect, clock, place, database, asks
):
    connect()
    options = {"level": "ad", "breakdowns": "age", "days": 7}
    await program.sync(place, **options)
    await program.sync(database, **options)

    sql = (
        "select date_start, entity_id, breakdown_key, spend, clicks, actions, roas "
        "from meta_insights order by 1, 2, breakdown_key"
    )
    found = answer(database, sql).rows
    assert len(found) > 100
    assert asks(sql) == [tuple(row.values()) for row in found]


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("nowhere", UsageError),
        ("mysql://user:hunter2hunter2@host/db", UsageError),
        ("/", UsageError),
        ("/no/such/folder/insights.duckdb", UsageError),
        ("postgresql://user:hunter2hunter2@127.0.0.1:1/db", StoreError),
        ("postgresql://user:hunter2hunter2@127.0.0.1:x/db", ConfigError),
        ("supabase", ConfigError),
    ],
)
async def test_a_wrong_place_is_said_before_anything_is_read(
    program, connect, clock, to, error, meta
):
    connect()

    with pytest.raises(error) as raised:
        await program.sync(to)

    assert "hunter2" not in f"{raised.value} {raised.value.hint}"
    assert not insights_calls(meta)


async def test_a_table_that_is_not_ours_is_left_alone(
    program, connect, clock, place, asks, meta
):
    connect()
    write(place, "create table meta_insights (spend double, day date)")

    with pytest.raises(ConfigError, match="lacks the column client_id"):
        await program.sync(place)

    assert asks("select * from meta_insights") == []
    assert asks("select table_name from duckdb_tables()") == [("meta_insights",)]
    assert not insights_calls(meta)


async def test_a_schema_that_somebody_changed_is_said(program, connect, clock, place):
    connect()
    await program.sync(place)
    write(place, "alter table meta_insights alter spend type double")

    with pytest.raises(ConfigError, match="its column spend does not hold a decimal"):
        await program.sync(place)


async def test_a_project_without_the_client_says_so(
    program, settings, connect, clock, stack
):
    from msgspec.structs import replace

    connect()
    there = replace(
        settings,
        supabase_url=stack.url,
        supabase_key=stack.publishable_key,
        service_role="1",
        service_role_key=stack.secret_key,
    )
    async with make_program(there, print) as other:
        other.parts.now = program.parts.now
        (done,) = await other.sync("supabase")

    assert isinstance(done.problem, ClientNotFound)


async def test_a_last_day_is_refused(program, connect, place, meta):
    connect()

    with pytest.raises(UsageError, match="leave out until"):
        await program.sync(place, since="2026-11-01", until="2026-11-10")

    assert not insights_calls(meta)
