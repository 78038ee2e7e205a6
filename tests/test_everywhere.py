"""One question, asked by every way there is: the same rows with the same digits."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from metaconnect import Metaconnect
from metaconnect.errors import UsageError
from metaconnect.insights.grid import windows
from metaconnect.insights.query import insights_query
from metaconnect.insights.reports import reports_in
from metaconnect.insights.schema import columns
from metaconnect.models import TimeRange
from metaconnect.output.text import well_formed
from metaconnect.sandbox.accounts import ACCOUNTS as REACHED
from metaconnect.sandbox.accounts import SPECIAL
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store
from metaconnect.warehouse.reading import answer

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support")
ACCOUNTS = (
    *("101000000000000", "101000000015838", "101000000031676"),
    # Deleted objects, late sales, small costs, odd lists, odd numbers and names.
    *(f"10300000000000{n}" for n in (1, 2, 3, 4, 5, 6)),
    # 100 ads in several answers, shuffled, far east and west, gaps.
    *(f"1030000000000{n}" for n in ("08", "22", "23", "24", "25")),
)
FIELDS = """
    spend impressions clicks reach frequency ctr cpc cpm cpp unique_clicks
    purchases purchase_value cost_per_purchase roas leads
    actions action_values conversions cost_per_action_type purchase_roas
    actions:link_click actions:link_click:7d_click action_values:omni_purchase:1d_view
    results cost_per_result account_name account_currency objective timezone_name
""".split()  # noqa: SIM905 - a list of words
BREAKDOWNS = """
    age age,gender country region product_id publisher_platform
    publisher_platform,platform_position impression_device,publisher_platform
    frequency_value hourly_stats_aggregated_by_advertiser_time_zone
""".split()  # noqa: SIM905 - a list of words
OPT_IN = ("frequency_value", "impression_device,publisher_platform")
OPTED_IN, STRANGE = "103000000000026", "103000000000006"
TOO_MUCH = "103000000000008"
BOTH = "1d_view,7d_click"
FILTERS = (
    "campaign.name CONTAIN a",
    "campaign.name NOT_CONTAIN s",
    "campaign.effective_status IN ACTIVE,ARCHIVED",
)


EXAMPLES = 25


class Question(NamedTuple):
    """
    What is asked of whom.

    `begins` is how many days ago the first day is, and `length` of how many of the
    windows of `increment` the rows are; the table has those that follow, too.
    """

    account: str
    options: dict[str, str | list[str]]
    increment: str
    begins: int
    length: int


@st.composite
def questions(draw):
    # Hypothesis' own draws resemble one another, and few may be tried.
    chance = draw(st.randoms(use_true_random=True))
    options = {
        "level": chance.choice(["account", "campaign", "adset", "ad"]),
        "fields": chance.sample(FIELDS, chance.randint(1, 6)),
        "breakdowns": chance.choice([None, None, *BREAKDOWNS]),
        "action_breakdowns": chance.choice([None, None, "action_type,action_device"]),
        "action_attribution_windows": chance.choice([None, "7d_click", BOTH]),
        "filtering": chance.choice([None, *FILTERS]),
    }
    account = chance.choice(ACCOUNTS)
    if options["breakdowns"] in OPT_IN:
        account = OPTED_IN
    if options["breakdowns"] and account == TOO_MUCH:
        options["level"] = "campaign"
    increment = chance.choice(["1", "1", "7", "monthly"])
    return Question(
        account=account,
        options={name: value for name, value in options.items() if value},
        increment=increment,
        begins=chance.randint(2, 20 if increment == "7" else 8),
        length=chance.randint(1, 8),
    )


class Everywhere:
    """The ways to ask; each returns rows as Python has them."""

    def __init__(self, shell, python, spark, places):
        self.shell = shell
        self.python = python
        self.spark = spark
        self.places = places

    def run(self, *commands):
        """Run several commands at once; return what each printed."""
        running = [self.shell.start(*command) for command in commands]
        printed = []
        for each in running:
            with each:
                code, out, said = each.end(40)
            assert code == 0, said
            printed.append(out)
        return printed

    def sync(self, question, since):
        """Keep the rows in every table; return the last day and the report's id."""
        increment = question.increment
        entry = {**question.options, "increment": increment, "since": f"{since}"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in entry.items()]
        file = self.shell.folder / "metaconnect.toml"
        file.write_text("\n".join(["[reports.drawn]", *lines]))
        client = ("--client", question.account, "--json")
        told = self.run(*(("sync", "--to", place, *client) for place in self.places))
        days = {json.loads(text)[0]["until"] for text in told}
        (day,) = days
        (kept,) = reports_in({"drawn": entry})
        return date.fromisoformat(day), kept.id

    def command_line(self, question, asked):
        """Return ndjson, CSV, and the path of a Parquet file."""
        names = {
            "breakdowns": "breakdown",
            "action_breakdowns": "action-breakdown",
            "action_attribution_windows": "attribution-window",
            "filtering": "filter",
            "time_increment": "increment",
        }
        command = ["insights", "--client", question.account]
        for name, value in asked.items():
            text = ",".join(value) if isinstance(value, list) else value
            command += [f"--{names.get(name, name)}", text]
        path = self.shell.folder / "rows.parquet"
        forms = ("ndjson", "csv")
        texts = self.run(
            *([*command, "--format", form] for form in forms),
            [*command, "--output", path],
        )
        return *texts[:2], path

    def in_table(self, place, question, report_id, names, days):
        """Return the rows of these days, which are fewer than are kept."""
        listed = ", ".join(f'"{name}"' for name in names)
        return answer(
            place,
            f"select {listed} from meta_insights where client_id = '{question.account}'"
            f" and report_id = '{report_id}' and date_start >= '{days.since}'"
            f" and date_stop <= '{days.until}'",
        ).rows

    def in_spark(self, question, asked):
        reader = self.spark.read.format("meta_insights")
        for name, value in {**asked, "clients": question.account}.items():
            text = ",".join(value) if isinstance(value, list) else value
            reader = reader.option(name, text)
        return [row.asDict() for row in reader.load().collect()]


@pytest.fixture
def everywhere(connected, database, sail, monkeypatch):
    folder = Path(connected.env["METACONNECT_HOME"])
    store = LocalStore(folder, open_secret_store(folder, "file"))
    login = store.get("acme")
    for account in (*REACHED, *SPECIAL):
        if account["account_id"] in (*ACCOUNTS, OPTED_IN):
            chosen = replace(
                login,
                client_id=account["account_id"],
                ad_account_id=f"act_{account['account_id']}",
                currency=account["currency"],
                timezone_name=account["timezone_name"],
            )
            store.save(chosen)
    for name, value in connected.env.items():
        monkeypatch.setenv(name, value)
    places = (str(connected.folder / "insights.duckdb"), database)
    with Metaconnect(notice=lambda _text: None) as library:
        yield Everywhere(connected, library, sail, places)


def same(value, *, zeros=True):
    """Return *value* with its numbers as texts, 1.20 without *zeros* as 1.2."""
    if isinstance(value, dict):
        return {name: same(item, zeros=zeros) for name, item in value.items()}
    if isinstance(value, list):
        return [same(item, zeros=zeros) for item in value]
    if isinstance(value, (int, Decimal)):
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        short = text.rstrip("0").rstrip(".") if "." in text else text
        return ("number", text if zeros else short)
    if isinstance(value, date):
        return value.isoformat()
    return well_formed(value) if isinstance(value, str) else value


def parsed(text):
    return json.loads(text, parse_float=Decimal)


def from_texts(row, kinds):
    """Return *row* of CSV, which has a text in each cell."""
    return {
        name: text if kinds[name].is_text and text else parsed(text or "null")
        for name, text in row.items()
    }


def from_types(row, kinds):
    """Return *row* of typed columns, where what has no type is JSON."""
    return {
        name: parsed(value)
        if isinstance(value, str) and name in kinds and not kinds[name].is_text
        else value
        for name, value in row.items()
    }


def in_order(rows):
    """Return *rows* as they are compared where they have no order."""
    return sorted((same(row, zeros=False) for row in rows), key=repr)


def planned(question):
    """Return the first day, or give up what is no question at all."""
    try:
        query = insights_query(**question.options)
    except UsageError:
        assume(False)
    today = datetime.now(UTC).date()
    since = today - timedelta(days=question.begins)
    first = windows(question.increment, TimeRange(since=since, until=since))[0]
    return query, first.since


@pytest.mark.timeout(180)
@given(question=questions())
@example(
    question=Question(
        account=STRANGE,
        options={"fields": ["account_name", "cpc", "ctr"]},
        increment="1",
        begins=5,
        length=3,
    )
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
def test_the_same_rows_everywhere(everywhere, question):
    query, since = planned(question)
    kinds = {column.name: column.kind for column in columns(query)}
    until, report_id = everywhere.sync(question, since)
    found = windows(question.increment, TimeRange(since=since, until=until))
    days = TimeRange(since=since, until=found[: question.length][-1].until)
    asked = {
        **question.options,
        "time_increment": question.increment,
        "since": f"{days.since}",
        "until": f"{days.until}",
    }

    rows = everywhere.python.insights(question.account, **asked)
    many = everywhere.python.insights_many([question.account], **asked)
    lines, table, parquet = everywhere.command_line(question, asked)

    whose = {"client": question.account, "account_id": question.account}
    labelled = [{**row, **whose} for row in rows]
    assert not many.failures
    assert same(many.rows) == same(labelled)
    assert [same(parsed(line)) for line in lines.splitlines()] == same(rows)
    cells = csv.DictReader(io.StringIO(table))
    assert [same(from_texts(row, kinds)) for row in cells] == same(rows)
    stored = duckdb.sql(f"select * from '{parquet}'")
    assert stored.columns == list(kinds)
    stored = [dict(zip(kinds, row, strict=True)) for row in stored.fetchall()]
    assert in_order(from_types(row, kinds) for row in stored) == in_order(rows)
    for place in everywhere.places:
        kept = everywhere.in_table(place, question, report_id, kinds, days)
        assert in_order(kept) == in_order(rows), place
    loaded = everywhere.in_spark(question, asked)
    assert in_order(from_types(row, kinds) for row in loaded) == in_order(labelled)
