"""Insights as a data source of Spark: on Sail, and on Spark itself where it is."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from pyspark.errors import PySparkException
from pyspark.sql.datasource import (
    EqualTo,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNotNull,
    LessThanOrEqual,
)

from metaconnect import Metaconnect
from metaconnect.errors import UsageError
from metaconnect.flows.insights_many import labelled_columns
from metaconnect.insights.query import insights_query
from metaconnect.insights.windows import stretches
from metaconnect.models import AccessToken, Connection, TimeRange
from metaconnect.spark import InsightsReader, MetaInsights
from metaconnect.spark.columns import record_batch
from metaconnect.spark.plan import Bounds, Part, options_of, parts_of
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .readme import blocks, sections

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support")
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
QUERY = {
    "level": "campaign",
    "since": "2026-08-01",
    "until": "2026-10-31",
    "fields": "spend,impressions,ctr,actions,purchases",
}


@pytest.fixture
def clients(connected, monkeypatch):
    """Two clients in the store that this process's environment names."""
    folder = Path(connected.env["METACONNECT_HOME"])
    store = LocalStore(folder, open_secret_store(folder, "file"))
    store.save(replace(store.get("acme"), client_id="zebra"))
    for name, value in connected.env.items():
        monkeypatch.setenv(name, value)


def read(spark, **options):
    reader = spark.read.format("meta_insights")
    for name, value in options.items():
        reader = reader.option(name, value)
    return reader.load()


def plain(row):
    """A row as `metaconnect insights` has it, from one of Spark."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in row.asDict().items()
    }


def same_digits(value):
    return value.normalize() if isinstance(value, Decimal) else value


class TestOnSail:
    def test_the_rows_are_those_of_the_library(self, sail, clients):
        options = {**QUERY, "fields": "spend,impressions,ctr,purchases"}
        rows = [plain(row) for row in read(sail, **options).collect()]
        with Metaconnect() as meta:
            expected = meta.insights_many(**options).rows

        key = lambda row: (row["client"], row["date_start"], row["campaign_id"])  # noqa: E731
        assert len(rows) == len(expected) > 500
        for row, other in zip(
            sorted(rows, key=key), sorted(expected, key=key), strict=True
        ):
            assert {n: same_digits(v) for n, v in row.items()} == {
                n: same_digits(v) for n, v in other.items()
            }

    def test_the_query_decides_the_types(self, sail, clients):
        types = dict(read(sail, **QUERY).dtypes)

        assert types["date_start"] == "date"
        assert types["campaign_id"] == types["actions"] == "string"
        assert types["spend"] == types["ctr"] == "decimal(38,12)"
        assert types["impressions"] == types["purchases"] == "bigint"

    def test_filters_on_client_and_date_reach_the_plan(self, sail, clients, meta):
        frame = read(sail, **QUERY)
        before = len(meta.sandbox.requests)

        rows = frame.filter(
            "client = 'zebra' and date_start >= date'2026-10-15'"
        ).collect()

        assert {row["client"] for row in rows} == {"zebra"}
        assert min(row["date_start"] for row in rows) == dt.date(2026, 10, 15)
        asked = meta.sandbox.requests[before:]
        assert len(asked) == 1

    def test_sums_are_exact(self, sail, clients):
        frame = read(sail, **QUERY, clients="acme")
        total = frame.groupBy().sum("spend").collect()[0][0]
        with Metaconnect() as meta:
            rows = meta.insights("acme", **QUERY)

        assert total == sum(row["spend"] for row in rows)

    def test_each_ad_account_has_its_own_time_zone(self, sail, clients, meta):
        meta.sandbox.switches.ad_accounts = 3
        options = {"fields": "timezone_name,spend", "since": "2d", "clients": "acme"}
        rows = read(sail, **options, all_accounts="true").collect()
        with Metaconnect() as library:
            expected = library.insights_many(
                ["acme"], all_accounts=True, fields="timezone_name,spend", since="2d"
            ).rows

        assert sorted(plain(row)["timezone_name"] for row in rows) == sorted(
            row["timezone_name"] for row in expected
        )
        assert len({row["timezone_name"] for row in expected}) > 1

    @pytest.mark.parametrize("option", ["limit", "sort"])
    def test_what_spark_does_itself_is_refused(self, option):
        with pytest.raises(UsageError, match=f"no option {option}: Spark sorts"):
            options_of({option: "spend"})

    def test_no_token_is_an_option_or_part_of_a_partition(self, clients, meta):
        with pytest.raises(UsageError, match="has no option token"):
            options_of({"token": "EAAB"})
        reader = MetaInsights(QUERY).reader(MetaInsights(QUERY).schema())
        planned = repr([vars(each) for each in reader.partitions()])
        assert "acme" in planned
        assert not any(token in planned for token in meta.sandbox.tokens)

    def test_the_readmes_example(self, sail, clients, capsys):
        (code,) = blocks(sections("Into a warehouse")["Spark"], "python")
        exec(code, {"spark": sail})

        shown = capsys.readouterr().out
        assert "sum(spend)" in shown
        assert "Prospecting" in shown

    def test_an_error_of_ours_is_readable_in_sparks(self, sail, clients):
        with pytest.raises(PySparkException, match="stranger"):
            read(sail, **QUERY, clients="stranger").collect()


class TestPartitions:
    def request(self, **options):
        connection = Connection(
            client_id="acme",
            token=AccessToken(value="t"),
            user_facebook_id="1",
            ad_account_id="act_1",
            timezone_name="Europe/Berlin",
        )
        from metaconnect.flows.insights import InsightsRequest

        return InsightsRequest(
            connection=connection,
            ad_account_id="act_1",
            query=insights_query(**options),
        )

    @pytest.mark.parametrize("increment", ["1", "7", "monthly", "all_days"])
    def test_together_they_are_the_days_of_the_query(self, increment):
        request = self.request(
            since="2026-01-10", until="2026-06-20", time_increment=increment
        )
        windows = [part.window for part in parts_of(request, Bounds(), NOW)]

        assert windows[0].since == dt.date(2026, 1, 10)
        assert windows[-1].until == dt.date(2026, 6, 20)
        for one, other in pairwise(windows):
            assert one.until + DAY == other.since
            assert one.until - one.since >= 29 * DAY
        days = TimeRange(since=windows[0].since, until=windows[-1].until)
        units = {unit.since for unit in stretches(request.query, days, 1)}
        assert units.issuperset(window.since for window in windows)

    def test_units_that_a_filter_leaves_out_are_not_read(self):
        request = self.request(since="2026-01-01", until="2026-06-30")
        bounds = Bounds()
        for condition in (
            GreaterThanOrEqual(("date_start",), dt.date(2026, 3, 1)),
            LessThanOrEqual(("date_stop",), 20544),  # as Sail has 2026-04-01
            GreaterThan(("spend",), 5),
            IsNotNull(("client",)),
        ):
            bounds = bounds.narrowed(condition)

        windows = [part.window for part in parts_of(request, bounds, NOW)]
        assert windows[0].since == dt.date(2026, 3, 1)
        assert windows[-1].until == dt.date(2026, 4, 1)

    def test_a_week_that_a_filter_cuts_is_read_whole(self):
        request = self.request(
            since="2026-03-01", until="2026-03-14", time_increment="7"
        )
        bounds = Bounds().narrowed(EqualTo(("date_stop",), dt.date(2026, 3, 14)))

        (part,) = parts_of(request, bounds, NOW)
        assert part.window.since == dt.date(2026, 3, 8)

    def test_clients_of_several_filters_are_those_in_all_of_them(self):
        bounds = Bounds().narrowed(In(("client",), ("a", "b")))

        assert bounds.narrowed(EqualTo(("client",), "b")).clients == {"b"}
        assert bounds.narrowed(EqualTo(("client",), "c")).clients == set()

    def test_rows_chosen_by_their_numbers_are_read_at_once(self):
        request = self.request(
            since="2026-01-01", until="2026-06-30", filtering="spend > 5"
        )
        bounds = Bounds().narrowed(EqualTo(("date_start",), dt.date(2026, 3, 1)))

        (part,) = parts_of(request, bounds, NOW)
        assert part.window == request.query.time_range

    def test_nothing_begins_after_today(self):
        request = self.request(since="2026-11-01", until="2027-06-30")

        (part,) = parts_of(request, Bounds(), NOW)
        assert part.window.since == dt.date(2026, 11, 1)

    @pytest.mark.parametrize(
        ("since", "said"),
        [("2020-01-01", "37 months"), ("2027-01-01", "not begun")],
    )
    def test_dates_that_cannot_be_asked_for_are_refused(self, since, said):
        request = self.request(since=since, until="2027-06-30")

        with pytest.raises(UsageError, match=said):
            parts_of(request, Bounds(), NOW)

    def test_dates_that_meta_alone_knows_are_refused(self):
        with pytest.raises(UsageError, match="maximum"):
            parts_of(self.request(date_preset="maximum"), Bounds(), NOW)

    def test_at_most_as_many_as_asked_for(self, clients):
        options = {**QUERY, "partitions": "2"}
        reader = InsightsReader(MetaInsights(options).schema(), options)

        found = reader.partitions()
        assert len(found) == 2
        parts = [part for each in found for part in each.parts]
        assert len(parts) == len(set(parts)) == 8
        assert all(isinstance(part, Part) for part in parts)

    @pytest.mark.parametrize("wrong", ["0", "-1", "many", ""])
    def test_a_number_of_partitions_that_is_none(self, wrong):
        with pytest.raises(UsageError, match="partitions"):
            options_of({"partitions": wrong})


@pytest.mark.parametrize(
    ("name", "value"),
    [("impressions", Decimal("1.5")), ("spend", Decimal("1.1234567890123"))],
)
def test_a_number_that_does_not_fit_is_named(name, value):
    columns = labelled_columns(insights_query(fields=name))

    with pytest.raises(UsageError, match=f"{name} does not fit"):
        record_batch(columns, [{name: value}])


ON_SPARK = """
import json, sys
from pyspark.sql import SparkSession
from metaconnect.spark import MetaInsights
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.python.filterPushdown.enabled", "true")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
spark.dataSource.register(MetaInsights)
options = json.loads(sys.argv[1])
frame = spark.read.format("meta_insights").options(**options).load()
rows = frame.filter("client = 'zebra'").collect()
print(json.dumps([len(rows), str(sum(row["spend"] for row in rows))]))
spark.stop()
"""


def has_spark():
    import pyspark

    jars = Path(pyspark.__file__).with_name("jars")
    return jars.is_dir() and shutil.which("java")


@pytest.mark.skipif(
    not has_spark(),
    reason="pip uninstall pyspark-client; pip install 'pyspark[connect]<4.3'; "
    "apt-get install openjdk-17-jre-headless",
)
def test_on_spark_itself(clients):
    """In a process of its own: one that has been a client of Sail cannot change."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("SPARK_")}
    done = subprocess.run(
        [sys.executable, "-c", ON_SPARK, json.dumps(QUERY)],
        env={**inherited, "SPARK_LOCAL_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with Metaconnect() as meta:
        rows = meta.insights("zebra", **QUERY)

    count, spend = json.loads(done.stdout.splitlines()[-1])
    assert count == len(rows)
    assert Decimal(spend) == sum(row["spend"] for row in rows)
