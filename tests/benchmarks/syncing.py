"""How long keeping Insights in a table takes: all at first, the last days later."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from metaconnect.constants import Level
from metaconnect.insights.fetch import insights_params
from metaconnect.insights.query import InsightsQuery

from .agency import CLIENTS, DAYS, Agency, agency
from .measure import Command, Cost
from .programs import Programs
from .report import Line

REREAD = 28
LATENCY = 200  # milliseconds
TURNS = 3

FRESH = """
import os, sys
from contextlib import suppress
from metaconnect.__main__ import main
def app():
    with suppress(FileNotFoundError):
        os.unlink(sys.argv[sys.argv.index("--to") + 1])
    return main()
"""

# As scripts do it: one ad account after the other; lists cannot be kept as they are.
SDK = """
import json, os, sqlite3, sys
from contextlib import suppress
import pandas
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
def app():
    place, since, until, fresh = sys.argv[1:]
    if fresh == "yes":
        with suppress(FileNotFoundError):
            os.unlink(place)
    FacebookSession.GRAPH = os.environ["META_GRAPH_URL"]
    api = FacebookAdsApi(FacebookSession(access_token=os.environ["BENCHMARK_TOKEN"]))
    params = json.loads(os.environ["BENCHMARK_QUERY"])
    fields = params.pop("fields").split(",")
    params["time_range"] = {"since": since, "until": until}
    with sqlite3.connect(place) as database:
        for number in os.environ["BENCHMARK_ACCOUNTS"].split(","):
            found = AdAccount(number, api=api).get_insights(fields, params)
            frame = pandas.DataFrame([row.export_all_data() for row in found])
            frame["account_id"] = number
            for name in frame:
                if name in ("actions", "conversions", "purchase_roas"):
                    frame[name] = frame[name].map(json.dumps)
                elif name in ("spend", "impressions", "cpc", "cpm", "ctr", "clicks"):
                    frame[name] = pandas.to_numeric(frame[name])
            if fresh == "no":
                database.execute(
                    "delete from insights where account_id = ? and date_start >= ?",
                    (number, since),
                )
            frame.to_sql("insights", database, if_exists="append", index=False)
"""


def sync(programs: Programs, turns: int) -> Iterator[Line]:
    """A hundred clients into DuckDB, against facebook-business, pandas and to_sql."""
    with agency(programs) as asked, TemporaryDirectory() as folder:
        both = _Both(programs, Path(folder))
        both.require_same_rows()
        asked.requests()
        for latency in (0, LATENCY):
            asked.latency(latency)
            for first in (True, False):
                few = 1 if latency else min(turns, TURNS)
                yield both.line(asked, few, first=first, latency=latency)


class _Both:
    """The two programs, which keep the same rows in two files."""

    def __init__(self, programs: Programs, folder: Path) -> None:
        self._duckdb, self._sqlite = folder / "ours.duckdb", folder / "theirs.sqlite"
        today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
        since, again, until = (
            str(today - timedelta(days=n)) for n in (DAYS, REREAD, 1)
        )
        params = insights_params(InsightsQuery(level=Level.ad, time_increment="1"))
        params.pop("date_preset", None)
        programs.env["BENCHMARK_QUERY"] = json.dumps(params)
        ours = ("sync", "--to", str(self._duckdb), "--all", "--level", "ad")
        theirs = str(self._sqlite)
        self._ours = {
            True: programs.floor("fresh", FRESH, *ours, "--since", since),
            False: programs.ours(*ours),
        }
        self._theirs = {
            True: programs.floor("sdk_first", SDK, theirs, since, until, "yes"),
            False: programs.floor("sdk_again", SDK, theirs, again, until, "no"),
        }

    def require_same_rows(self) -> None:
        """Run both, unmeasured, and count. Raises RuntimeError."""
        import duckdb

        self._ours[True].cost(), self._theirs[True].cost()
        count = "select count(*), sum(impressions) from "
        with duckdb.connect(str(self._duckdb), read_only=True) as database:
            ours = database.execute(f"{count} meta_insights").fetchone()
        with sqlite3.connect(self._sqlite) as other:
            theirs = other.execute(f"{count} insights").fetchone()
        if ours is None or tuple(map(int, ours)) != tuple(map(int, theirs)):
            raise RuntimeError(f"{ours} rows and impressions, and not {theirs}")
        self._rows = int(ours[0])

    def line(self, asked: Agency, turns: int, *, first: bool, latency: int) -> Line:
        """Run both in turn, a first time unmeasured where nothing waits."""
        pair = self._ours[first], self._theirs[first]
        if not latency:
            pair[0].cost(), pair[1].cost()
        runs = [[_run(asked, each) for each in pair] for _ in range(turns)]
        costs = [(a, b) for (a, _), (b, _) in runs]
        days = DAYS if first else REREAD
        rows = self._rows // DAYS * days
        ours, theirs = (
            f"{rows / median(each.seconds for each, _ in column):,.0f} rows/s, "
            f"{column[0][1]} requests"
            for column in zip(*runs, strict=True)
        )
        return Line(
            what=f"{'first sync' if first else 'sync again'}, {CLIENTS} clients, "
            f"{days} days, {rows:,} rows, {latency} ms an answer",
            ours=ours,
            theirs=theirs,
            result=f"{median(a.seconds / b.seconds for a, b in costs):.2f}",
            cpu=f"{median(a.cpu_seconds / b.cpu_seconds for a, b in costs):.2f}",
        )


def _run(asked: Agency, command: Command) -> tuple[Cost, int]:
    """Return what *command* took, and how many requests it made."""
    asked.requests()
    return command.cost(), asked.requests()
