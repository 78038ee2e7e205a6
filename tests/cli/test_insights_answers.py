"""What `metaconnect insights` does with the rows: alerts, comparisons, drawings."""

import csv
import io
import json
import re
from decimal import Decimal

import pytest

from .shell import talk

WEEK = ["--since", "2026-11-09", "--until", "2026-11-15"]


def insights_requests(meta):
    return [r for r in meta.sandbox.requests if r["path"].endswith("/insights")]


class TestAlerts:
    def test_nothing_that_matches_is_nothing_at_all(self, connected):
        done = connected.run("insights", *WEEK, "--alert", "spend > 99999")

        assert (done.returncode, done.stdout) == (0, "")

    def test_what_matches_is_a_line_each_and_exit_9(self, connected):
        done = connected.run(
            "insights", *WEEK, "--fields", "spend", "--alert", "spend > 400"
        )
        everything = json.loads(
            connected.run("insights", *WEEK, "--fields", "spend").stdout
        )

        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 9
        assert rows == [row for row in everything if row["spend"] > 400]
        assert 0 < len(rows) < len(everything)

    def test_any_of_several_counts(self, connected):
        one = connected.run("insights", *WEEK, "--alert", "spend > 400").stdout
        both = connected.run(
            "insights", *WEEK, "--alert", "spend > 400", "--alert", "clicks > 1"
        ).stdout

        assert len(both.splitlines()) == 7 > len(one.splitlines())

    def test_a_column_that_was_not_asked_for_is_shown(self, connected):
        done = connected.run(
            "insights", *WEEK, "--fields", "spend", "--alert", "frequency > 1"
        )

        assert list(json.loads(done.stdout.splitlines()[0]))[-2:] == [
            "spend",
            "frequency",
        ]

    def test_json_that_was_asked_for_is_an_array_all_the_same(self, connected):
        done = connected.run("insights", "--json", "--alert", "spend > 99999")

        assert (done.returncode, done.stdout) == (0, "[]\n")

    def test_on_a_table_of_all_clients(self, connected):
        done = connected.run(
            "insights", "--all", "--format", "table", "--alert", "spend > 400"
        )

        assert done.returncode == 9
        assert "total" not in done.stdout

    def test_what_cannot_be_read_is_said_before_asking(self, connected, meta):
        before = len(meta.sandbox.requests)
        done = connected.run("insights", "--alert", "spend >")

        assert done.returncode == 2
        assert len(meta.sandbox.requests) == before


class TestCompare:
    def test_the_period_before_stands_beside_each_number(self, connected):
        done = connected.run(
            "insights", *WEEK, "--increment", "all_days", "--fields", "spend,cpc",
            "--compare", "previous", "--json",
        )  # fmt: skip
        earlier = connected.run(
            "insights", "--since", "2026-11-02", "--until", "2026-11-08",
            "--increment", "all_days", "--fields", "spend,cpc",
        )  # fmt: skip

        (row,) = json.loads(done.stdout, parse_float=Decimal)
        (before,) = json.loads(earlier.stdout, parse_float=Decimal)
        assert row["spend_previous"] == before["spend"]
        assert row["cpc_previous"] == before["cpc"]
        assert row["spend_difference"] == row["spend"] - before["spend"]
        assert row["spend_change"] == round(
            100 * (row["spend"] - before["spend"]) / before["spend"], 2
        )

    def test_a_year_ago_on_a_table(self, connected):
        done = connected.run(
            "insights", *WEEK, "--level", "campaign", "--increment", "all_days",
            "--fields", "spend", "--compare", "year", "--format", "table",
        )  # fmt: skip

        assert re.search(r"spend.*spend_previous.*spend_change", done.stdout)
        assert re.search(
            r"^total +[\d,.]+ +[\d,.]+ +-?[\d.]+$", done.stdout, re.MULTILINE
        )

    def test_today_is_said_not_to_be_over(self, connected):
        done = connected.run(
            "insights", "--since", "yesterday", "--until", "today",
            "--fields", "spend", "--compare", "previous", "--format", "table",
        )  # fmt: skip

        assert "is not over" in done.stderr


class TestDrawings:
    def test_a_trend_for_each_object(self, connected):
        done = connected.run(
            "insights", *WEEK, "--level", "campaign", "--spark", LANG="C.UTF-8"
        )

        lines = [line for line in done.stdout.splitlines() if re.search("[▁-█]", line)]
        assert len(lines) == 3
        assert all(len(re.findall("[▁-█]", line)) == 7 for line in lines)

    def test_a_chart_says_what_it_shows(self, connected):
        done = connected.run("insights", *WEEK, "--chart", "spend", LANG="C.UTF-8")

        first, second, *_ = done.stdout.splitlines()
        assert first.startswith("acme · ")
        assert second == "spend (EUR)"
        assert "11-09" in done.stdout


class TestColumnsAndJq:
    def test_columns_are_chosen_and_ordered(self, connected):
        done = connected.run(
            "insights", *WEEK, "--column", "clicks,date_start", "--format", "csv"
        )

        rows = list(csv.reader(io.StringIO(done.stdout)))
        assert rows[0] == ["clicks", "date_start"]
        assert rows[1][1] == "2026-11-09"

    def test_in_json_too(self, connected):
        done = connected.run("insights", *WEEK, "--column", "clicks")

        assert {tuple(row) for row in json.loads(done.stdout)} == {("clicks",)}

    def test_jq_keeps_the_digits(self, connected):
        done = connected.run("insights", *WEEK, "--jq", ".[].spend")
        rows = connected.run("insights", *WEEK, "--column", "spend", "--format", "csv")

        assert done.stdout == "".join(rows.stdout.splitlines(keepends=True)[1:])

    def test_a_wrong_expression_is_said_before_asking(self, connected, meta):
        before = len(meta.sandbox.requests)
        done = connected.run("insights", "--jq", ".[")

        assert done.returncode == 2
        assert "--jq" in talk(done)
        assert len(meta.sandbox.requests) == before


class TestSortAndLimit:
    def test_the_first_of_all_ad_accounts(self, connected):
        done = connected.run(
            "insights", "--all-accounts", *WEEK, "--increment", "all_days",
            "--fields", "impressions", "--sort", "-clicks", "--limit", "3", "--json",
        )  # fmt: skip
        everything = connected.run(
            "insights", "--all-accounts", *WEEK, "--increment", "all_days",
            "--fields", "clicks",
        )  # fmt: skip

        best = sorted(json.loads(everything.stdout), key=lambda row: -row["clicks"])
        rows = json.loads(done.stdout)
        assert [row["account_id"] for row in rows] == [
            row["account_id"] for row in best[:3]
        ]
        assert "clicks" not in rows[0]


class TestExplain:
    def test_what_counted_is_said_beside_the_rows(self, connected):
        done = connected.run("insights", *WEEK, "--fields", "roas", "--explain")

        assert "roas: omni_purchase (7 rows) of purchase_roas" in done.stderr
        assert "Bearer $TOKEN" in done.stderr
        assert list(json.loads(done.stdout)[0]) == ["date_start", "date_stop", "roas"]

    def test_a_dry_run_asks_nothing(self, connected, meta):
        before = len(meta.sandbox.requests)
        done = connected.run("insights", *WEEK, "--dry-run")

        assert done.returncode == 0
        assert "2026-11-09 to 2026-11-15, in Europe/Berlin" in done.stdout
        assert "curl -G" in done.stdout
        assert len(meta.sandbox.requests) == before


class TestNotes:
    def test_days_that_do_not_compare_are_named_beside_any_format(self, connected):
        across = ["--since", "2026-02-20", "--until", "2026-03-10", "--fields", "roas"]

        assert "2026-03-03" in connected.run("insights", *across).stderr
        assert "2026-03-03" not in connected.run("insights", *WEEK).stderr

    def test_an_empty_answer_of_an_opt_in_breakdown_is_no_proof(self, connected):
        done = connected.run(
            "insights", *WEEK, "--fields", "spend",
            "--breakdown", "publisher_platform,impression_device",
        )  # fmt: skip

        assert (done.returncode, done.stdout) == (0, "[]\n")
        assert "no rows do not mean no delivery" in done.stderr

    def test_why_a_table_is_empty(self, connected):
        done = connected.run(
            "insights", "--account", "Brand new, nothing delivered yet",
            "--level", "campaign", "--format", "table",
        )  # fmt: skip

        assert "No rows: nothing was delivered" in done.stderr


class TestContinue:
    QUERY = ("--since", "2026-08-01", "--until", "2026-10-31", "--level", "campaign")

    @pytest.mark.parametrize("form", ["ndjson", "csv"])
    def test_an_interrupted_file_has_every_row_once(self, connected, meta, form):
        whole = connected.run("insights", *self.QUERY, "--format", form).stdout
        file = connected.folder / f"rows.{form}"
        meta.sandbox.plan("*", "190/460", 1, after=2)
        failed = connected.run(
            "insights", *self.QUERY, "--output", file.name, "--continue"
        )
        assert failed.returncode == 4
        assert not file.exists()
        before = len(insights_requests(meta))

        done = connected.run(
            "insights", *self.QUERY, "--output", file.name, "--continue"
        )
        assert done.returncode == 0, done.stderr
        assert sorted(file.read_text().splitlines()) == sorted(whole.splitlines())
        assert "Going on after 2026-" in done.stderr
        assert len(insights_requests(meta)) - before < 4


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--spark", "--json"], "--spark"),
        (["--spark", "--increment", "all_days"], "--spark"),
        (["--chart", "spend", "--output", "x.csv"], "--chart"),
        (["--chart", "actions"], "no column"),
        (["--chart", "spend", "--compare", "year"], "--compare"),
        (["--jq", ".", "--format", "csv"], "--jq"),
        (["--raw", "--column", "spend"], "--column"),
        (["--raw", "--sort", "-purchases"], "--raw"),
        (["--continue"], "--continue"),
        (["--continue", "--output", "x.json"], "--continue"),
        (["--continue", "--output", "x.csv", "--all"], "--continue"),
        (["--continue", "--output", "x.csv", "--sort", "-spend"], "--sort"),
        (["--async", "sometimes"], "--async"),
        (["--column", ""], "--column"),
        (["--check", "--limit", "3"], "--limit"),
        (["--compare", "previous", "--preset", "maximum"], "--compare"),
    ],
)
def test_what_does_not_go_together_is_refused(connected, meta, options, named):
    before = len(insights_requests(meta))
    done = connected.run("insights", *options)

    assert done.returncode == 2, done.stderr
    assert named in talk(done)
    assert len(insights_requests(meta)) == before


def test_a_report_run_answers_the_same(connected):
    plain = connected.run("insights", *WEEK).stdout

    assert connected.run("insights", *WEEK, "--async", "always").stdout == plain


def test_a_wait_that_is_too_long_is_not_waited_for(connected, meta):
    meta.sandbox.plan("*", "80000", None)
    done = connected.run("insights", "--max-wait", "0")

    assert done.returncode == 6
