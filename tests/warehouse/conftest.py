"""Three places to keep rows in, and the rows that are kept."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from metaconnect.flows.sync_rows import Origin, parts, table_columns_of
from metaconnect.insights.query import insights_query
from metaconnect.insights.reports import report
from metaconnect.models import TimeRange
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.warehouse.base import Series
from metaconnect.warehouse.duck import DuckTarget
from metaconnect.warehouse.postgres import PostgresTarget
from metaconnect.warehouse.project import ProjectTarget
from metaconnect.warehouse.reading import answer, built

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIELDS = "spend,impressions,actions,cpm,reach"


class Place:
    """A place that a target can be opened at, and its tables be read."""

    def __init__(self, name, client_id, open_target, query=None):
        self.name = name
        self.client_id = client_id
        self._open = open_target
        self._query = query or self._ask_duckdb

    def open(self):
        self._opened = self._open()
        return self._opened

    def rows(self, sql):
        return [tuple(row.values()) for row in self._query(sql).rows]

    def _ask_duckdb(self, sql):
        """One process has a file either to write or to read only."""
        found = self._opened._connection.execute(sql)
        names = [column[0] for column in found.description]
        kinds = [str(column[1]) for column in found.description]
        return built(names, kinds, found.fetchall())


@pytest.fixture(params=["duckdb", "postgres", "supabase"])
def place(request, tmp_path):
    if request.param == "duckdb":
        path = tmp_path / "insights.duckdb"
        return Place("duckdb", "acme", lambda: DuckTarget(path))
    if request.param == "postgres":
        dsn = request.getfixturevalue("database")
        return Place(
            "postgres", "acme", lambda: PostgresTarget(dsn), lambda s: answer(dsn, s)
        )
    stack = request.getfixturevalue("stack")
    client = stack.add_client("Acme", stack.add_user("owner@example.com"))
    project = SupabaseProject(stack.url, stack.secret_key)
    return Place(
        "supabase",
        client,
        lambda: ProjectTarget(project, lambda: project.key),
        lambda s: answer(stack.dsn, s),
    )


@pytest.fixture
def target(place):
    target = place.open()
    yield target
    target.close()


class Kept:
    """Puts rows of one report into a target, a window of a day each."""

    def __init__(self, place, target, *, level="ad", fields=FIELDS, **options):
        query = insights_query(level=level, fields=fields, **options)
        self.report = report(query=query)
        self.target = target
        self.series = Series(
            client_id=place.client_id, report_id=self.report.id, account_id="1010"
        )
        target.prepare(table_columns_of(self.report))

    def put(self, days, *rows, read_at=NOON):
        """Replace *days* of November by *rows*; return what was restated."""
        batch = [TimeRange(since=day(d), until=day(d)) for d in days]
        origin = Origin(
            series=self.series, report=self.report, currency="EUR", read_at=read_at
        )
        changes = []
        with self.target.session(self.series) as session:
            for part in parts(origin, batch, rows, self.target.most_rows):
                changes += session.replace(part)
        return [(c.entity_id, c.metric, c.old_value, c.new_value) for c in changes]

    def windows(self):
        with self.target.session(self.series) as session:
            return session.windows()


def day(number):
    return date(2026, 11, number)


def row(number, ad="7", **values):
    """A row as it is read, of one day of November."""
    read = {
        "date_start": f"{day(number)}",
        "date_stop": f"{day(number)}",
        "campaign_id": "5",
        "campaign_name": "Sale „50 %“\t\\N\n'x'",
        "adset_id": "6",
        "adset_name": None,
        "ad_id": ad,
        "ad_name": "",
        "spend": Decimal("10.20"),
        "impressions": 1000,
        "actions": {"link_click": 12, "omni_purchase": 2},
        "cpm": Decimal("10.200000000001"),
        "reach": None,
    }
    return {**read, **values}


@pytest.fixture
def kept(place, target):
    return Kept(place, target)
