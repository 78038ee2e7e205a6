"""`metaconnect insights` as a process: what stands on stdout, to the letter."""

import csv
import io
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from .shell import COMMAND, talk

DEFAULT_KEYS = [
    "date_start",
    "date_stop",
    "spend",
    "impressions",
    "actions",
    "roas",
    "cpc",
    "ctr",
    "cpm",
    "clicks",
    "conversions",
]


def insights_requests(meta):
    return [r for r in meta.sandbox.requests if r["path"].endswith("/insights")]


@pytest.fixture
def rows(connected):
    done = connected.run("insights", "--preset", "last_7d")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, parse_float=Decimal)


class TestJson:
    def test_a_pipe_gets_json_without_being_told(self, rows):
        assert len(rows) == 7
        assert {tuple(row) for row in rows} == {tuple(DEFAULT_KEYS)}
        assert all(isinstance(row["spend"], Decimal) for row in rows)
        assert all(isinstance(row["impressions"], int) for row in rows)
        assert all(isinstance(row["actions"], dict) for row in rows)

    def test_the_digits_are_metas(self, connected, rows):
        raw = json.loads(connected.run("insights", "--raw").stdout)

        assert [row["spend"] for row in raw] == [str(row["spend"]) for row in rows]
        assert [row["ctr"] for row in raw] == [str(row["ctr"]) for row in rows]
        assert "purchase_roas" in raw[0]
        assert "roas" not in raw[0]

    def test_ndjson_is_the_same_rows_a_line_each(self, connected, rows):
        done = connected.run("insights", "--format", "ndjson")

        lines = done.stdout.splitlines()
        assert [json.loads(line, parse_float=Decimal) for line in lines] == rows

    def test_a_small_query_is_one_request(self, connected, meta):
        before = len(meta.sandbox.requests)
        connected.run("insights")

        assert len(meta.sandbox.requests) == before + 1

    def test_nothing_delivered_is_an_empty_array_and_success(self, connected):
        done = connected.run(
            "insights", "--since", "2026-11-01", "--until", "2026-11-02",
            "--account", "Brand new, nothing delivered yet",
        )  # fmt: skip

        assert (done.returncode, done.stdout) == (0, "[]\n")


class TestOtherFormats:
    def test_csv_has_the_columns_of_the_query(self, connected, rows):
        done = connected.run("insights", "--format", "csv")

        header, *lines = csv.reader(io.StringIO(done.stdout))
        assert header == DEFAULT_KEYS
        assert len(lines) == 7
        first = dict(zip(header, lines[0], strict=True))
        assert Decimal(first["spend"]) == rows[0]["spend"]
        assert json.loads(first["actions"]) == rows[0]["actions"]

    def test_a_table_has_the_currency_and_totals(self, connected, rows):
        done = connected.run("insights", "--format", "table")

        caption = done.stdout.splitlines()[0]
        assert "acme · Alpenglow Outdoor (act_101000000000000) · " in caption
        assert "Europe/Berlin" in caption
        assert "EUR" in caption
        total = next(ln for ln in done.stdout.splitlines() if ln.startswith("total "))
        assert f"{sum(row['clicks'] for row in rows):,}" in total

    def test_a_table_without_rows_says_so_on_stderr(self, connected):
        done = connected.run(
            "insights", "--account", "Brand new, nothing delivered yet",
            "--format", "table", "--preset", "yesterday",
        )  # fmt: skip

        assert (done.returncode, done.stdout) == (0, "")
        assert "No rows" in done.stderr

    @pytest.mark.parametrize(
        ("name", "start"),
        [("o.json", "["), ("o.csv", "date_start,"), ("o.ndjson", "{")],
    )
    def test_a_file_is_written_in_the_format_of_its_name(self, connected, name, start):
        done = connected.run("insights", "--output", name)

        assert (done.returncode, done.stdout) == (0, "")
        assert (connected.folder / name).read_text().startswith(start)

    def test_a_file_is_written_whole_or_not_at_all(self, connected, meta):
        target = connected.folder / "out.csv"
        target.write_text("the former one\n")
        target.chmod(0o640)
        httpx.post(
            f"{meta.url}/_sandbox/next",
            json={"path": "/act_101000000000000/insights", "error": "100/33"},
        )

        failed = connected.run("insights", "--output", "out.csv")
        assert failed.returncode == 5, failed.stderr
        assert target.read_text() == "the former one\n"
        assert [path.name for path in connected.folder.iterdir()] == ["out.csv"]
        assert connected.run("insights", "--output", "out.csv").returncode == 0
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        assert target.read_text().startswith("date_start")

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_leaves_no_half_file(self, connected, meta, number):
        meta.sandbox.switches.turn("latency_ms", 300)
        options = ["--level", "ad", "--preset", "last_90d", "--output", "out.csv"]
        with connected.start("insights", *options) as running:
            while not list(connected.folder.glob(".out.csv.*")):
                assert running.process.poll() is None
            running.process.send_signal(number)
            code, _, err = running.end(timeout=10)

        assert (code, "Traceback" in err) == (128 + number, False)
        assert list(connected.folder.iterdir()) == []

    def test_a_signal_at_any_moment_leaves_no_traceback(self, connected, meta):
        """A SystemExit in the midst of a task of httpx was reported as unhandled."""
        meta.sandbox.switches.turn("latency_ms", 150)
        options = ["--level", "ad", "--preset", "last_90d", "--output", "out.csv"]
        for number in range(10):
            with connected.start("insights", *options) as running:
                while not list(connected.folder.glob(".out.csv.*")):
                    assert running.process.poll() is None
                time.sleep(number * 0.015)
                running.process.send_signal(signal.SIGTERM)
                code, _, err = running.end(timeout=10)
            assert (code, "Traceback" in err) == (143, False), err

    def test_a_file_in_a_folder_that_is_not_there_is_a_usage_error(self, connected):
        done = connected.run("insights", "--output", "no/where.csv")

        assert done.returncode == 2
        assert "no/where.csv" in done.stderr


class TestTheQuery:
    def test_levels_bring_ids_and_names(self, connected):
        done = connected.run("insights", "--level", "ad", "--fields", "spend")

        row = json.loads(done.stdout)[0]
        assert list(row) == [
            "date_start", "date_stop", "campaign_id", "campaign_name",
            "adset_id", "adset_name", "ad_id", "ad_name", "spend",
        ]  # fmt: skip
        assert isinstance(row["ad_id"], str)

    def test_all_pages_are_read(self, connected, meta):
        done = connected.run(
            "insights", "--level", "ad", "--preset", "last_90d", "--fields", "clicks"
        )

        rows = json.loads(done.stdout)
        assert len(rows) > 500
        assert len({(row["ad_id"], row["date_start"]) for row in rows}) == len(rows)
        pages = -(-len(rows) // 500)
        assert pages <= len(insights_requests(meta)) <= 1.2 * pages + 2

    @pytest.mark.parametrize("increment", ["all_days", "monthly", "7"])
    def test_increments_are_metas(self, connected, increment):
        done = connected.run(
            "insights", "--since", "2026-10-05", "--until", "2026-11-08",
            "--increment", increment,
        )  # fmt: skip

        rows = json.loads(done.stdout)
        assert len(rows) == {"all_days": 1, "monthly": 2, "7": 5}[increment]

    def test_another_account_that_the_token_reaches_may_be_read(self, connected):
        done = connected.run("insights", "--account", "Müller", "--format", "table")

        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--preset", "last_7days"], "Did you mean last_7d?"),
            (["--preset", "last_7d", "--since", "2026-11-01"], "not both"),
            (["--until", "2026-11-01"], "Until needs since"),
            (["--since", "2026-11-02", "--until", "2026-11-01"], "comes before"),
            (["--since", "01.11.2026", "--until", "2026-11-02"], "not a day"),
            (["--since", "2026-02-30", "--until", "2026-03-02"], "not a day"),
            (["--increment", "91"], "1 to 90"),
            (["--increment", "hourly"], "1 to 90"),
            (["--fields", "spend,impresions"], "Did you mean impressions?"),
            (["--fields", "spend;clicks"], "cannot be the name"),
            (["--fields", ","], "No fields"),
            (["--level", "adgroup"], "adgroup"),
            (["--format", "xml"], "xml"),
            (["--raw", "--format", "csv"], "--raw is JSON"),
        ],
    )
    def test_a_mistake_is_named_before_anything_is_asked(
        self, connected, meta, options, words
    ):
        before = len(meta.sandbox.requests)
        done = connected.run("insights", *options)

        assert done.returncode == 2, done.stderr
        text = re.sub(r"[\s│]+", " ", done.stderr)
        assert words in text
        assert len(meta.sandbox.requests) == before

    def test_a_field_that_meta_does_not_know_is_a_refusal_with_a_hint(self, connected):
        done = connected.run("insights", "--fields", "spend,impressions_gross")

        assert done.returncode == 5
        assert "impressions" in done.stderr


class TestErrors:
    @pytest.mark.parametrize(
        ("ad_account", "code"),
        [
            ("act_900000000000190463", 4),
            ("act_900000000000190459", 4),
            ("act_999", 5),
        ],
    )
    def test_an_error_of_metas_has_its_exit_code(self, connected, ad_account, code):
        done = connected.run("insights", "--account", ad_account)

        assert done.returncode == code, done.stderr
        assert done.stdout == ""

    @pytest.mark.parametrize("options", [[], ["--format", "json"]])
    def test_with_json_an_error_is_one_json_object(self, connected, options):
        done = connected.run("insights", "--account", "act_999", *options)

        error = json.loads(talk(done))["error"]
        assert error["exit_code"] == 5
        assert error["code"] == 100
        assert error["subcode"] == 33
        assert error["message"]

    def test_a_rate_limit_says_for_how_long(self, connected, meta):
        path = "/act_101000000000000/insights"
        plan = {"path": path, "error": "80000", "times": 0}
        httpx.post(f"{meta.url}/_sandbox/next", json=plan)

        done = connected.run("insights", "--format", "csv")
        assert done.returncode == 6
        assert "12 min" in done.stderr
        assert len(insights_requests(meta)) == 1

    def test_a_passing_failure_is_tried_again_unseen(self, connected, meta):
        path = "/act_101000000000000/insights"
        plan = {"path": path, "error": "2", "times": 2}
        httpx.post(f"{meta.url}/_sandbox/next", json=plan)

        done = connected.run("insights")
        assert (done.returncode, talk(done)) == (0, "")
        assert len(insights_requests(meta)) == 3

    def test_meta_out_of_reach_is_exit_7(self, connected):
        port = urlsplit(connected.env["META_GRAPH_URL"]).port
        rows = Path(connected.env["METACONNECT_HOME"], "connections.db")
        with closing(sqlite3.connect(rows)) as db, db:
            db.execute("update meta_tokens set graph_url = 'http://localhost:1'")

        assert connected.run("insights").returncode == 3
        connected.env["META_GRAPH_URL"] = "http://localhost:1"
        done = connected.run("insights", "--format", "csv")
        assert str(port) not in done.stderr
        assert done.returncode == 7
        assert "cannot be reached" in done.stderr

    def test_another_version_than_asked_is_one_line(self, connected):
        done = connected.run("insights", META_API_VERSION="v24.0")

        assert json.loads(done.stdout)
        assert len(talk(done).splitlines()) == 1
        assert "v26.0" in talk(done)

    def test_a_reader_that_leaves_early_is_no_failure(self, connected):
        command = " ".join([*COMMAND, "insights", "--level", "ad", "--preset last_90d"])
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"{command} --format ndjson | head -n 1"],
            env=connected.env,
            cwd=connected.folder,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, talk(done)) == (0, "")
        assert json.loads(done.stdout)

    @pytest.mark.parametrize(
        "command",
        [
            ["insights"],
            ["insights", "--format", "table"],
            ["accounts", "list", "--json"],
            ["accounts", "list"],
            ["clients", "list"],
            ["init", "--print-sql"],
            ["--help"],
        ],
    )
    def test_a_reader_that_is_gone_is_no_failure_either(self, connected, command):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [*COMMAND, *command],
            env=connected.env,
            cwd=connected.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writing)

        assert (done.returncode, talk(done)) == (0, "")


class TestTheClient:
    def test_a_stranger_is_told_how_to_connect(self, connected):
        done = connected.run("insights", "--client", "beta", "--format", "csv")

        assert done.returncode == 4
        assert "metaconnect connect --client beta" in done.stderr

    def test_with_two_the_command_must_say_which(self, connected):
        connected.run("connect", "--client", "beta", "--account", "Nordwind Versand")

        done = connected.run("insights", "--format", "csv")
        assert done.returncode == 2
        assert "acme, beta" in done.stderr
        chosen = connected.run("insights", METACONNECT_CLIENT="beta")
        assert json.loads(chosen.stdout)

    def test_nothing_connected_at_all_names_the_first_step(self, shell):
        done = shell.run("insights", "--format", "csv")

        assert done.returncode == 4
        assert "Nothing is connected yet on this machine." in done.stderr
        assert "metaconnect connect\n" in done.stderr
        assert "metaconnect demo" in done.stderr
        assert not Path(shell.env["METACONNECT_HOME"]).exists()


class TestListFields:
    def test_names_kinds_and_descriptions_for_programs(self, shell):
        done = shell.run("insights", "--list-fields", "thruplay")

        rows = json.loads(done.stdout)
        assert {row["name"] for row in rows} >= {"+video", "cost_per_thruplay"}
        assert all(list(row) == ["name", "kind", "unit", "description"] for row in rows)

    def test_for_people_a_name_is_never_cut(self, shell):
        done = shell.run(
            "insights", "--list-fields", "thruplay", "--format", "table", COLUMNS="60"
        )

        lines = done.stdout.splitlines()
        assert "video_thruplay_watched_actions  (actions)" in lines
        assert max(map(len, lines)) <= 60

    def test_a_word_without_it_is_refused(self, shell):
        done = shell.run("insights", "thruplay")

        assert done.returncode == 2
        assert "--list-fields thruplay" in done.stderr


class TestTheFormatThatAnotherOptionImplies:
    def test_a_program_of_jq_needs_no_format_at_a_terminal(self, connected):
        with connected.at_terminal("insights", "--jq", "length") as done:
            done.until(r"(?m)^7\r$")
            assert done.end() == 0

    @pytest.mark.parametrize("option", [["--chart", "spend"], ["--spark"]])
    def test_what_is_drawn_is_drawn_on_a_pipe_too(self, connected, option):
        done = connected.run("insights", *option)

        assert done.returncode == 0, done.stderr
        assert "spend" in done.stdout
        assert "{" not in done.stdout

    def test_one_that_is_named_still_contradicts_it(self, connected):
        done = connected.run("insights", "--spark", "--format", "csv")

        assert done.returncode == 2
        assert "--spark is a table, not csv." in done.stderr


def test_all_ad_accounts_of_one_client_are_counted_as_such(connected):
    fields = ("--fields", "spend", "--format", "table", "--increment", "all_days")
    done = connected.run("insights", "--all-accounts", *fields)

    assert done.stdout.startswith("1 client, 30 ad accounts · ")
