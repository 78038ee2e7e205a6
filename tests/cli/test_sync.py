"""`metaconnect sync` and `query`, as cron and a person run them."""

import json
import resource
import subprocess
import sys

import pytest

from .shell import COMMAND, only_json, talk

TO = ("--to", "insights.duckdb")
FROM = ("--from", "insights.duckdb")


def query(shell, sql, *options):
    done = shell.run("query", sql, *FROM, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    return only_json(done.stdout)


def test_a_cron_job_gets_one_line_and_an_exit_code(connected):
    done = connected.run("sync", *TO)

    assert (done.returncode, done.stdout) == (0, "")
    assert talk(done).startswith("Client 'acme': 28 rows of 2")
    assert talk(done).count("\n") == 1


def test_json_says_what_came_of_each_report(connected):
    place = {"METACONNECT_SYNC_TO": "insights.duckdb"}
    done = connected.run(
        "sync", "--all", "--level", "campaign", "--breakdown", "age", "--json", **place
    )

    (row,) = only_json(done.stdout)
    assert row["client_id"] == "acme"
    assert row["report"] == "campaign by age"
    assert (
        row["rows"] == query(connected, "select count(*) n from meta_insights")[0]["n"]
    )
    assert (row["changes"], row["reason"]) == (0, None)


def test_a_query_prints_every_digit_in_each_format(connected):
    connected.run("sync", *TO, "--fields", "spend,cpm,actions")
    sql = (
        "select date_start, spend, sum(cpm) over () as total, actions "
        "from meta_insights order by 1 limit 1"
    )
    (row,) = query(connected, sql)
    rows = connected.run("insights", "--since", row["date_start"], "--until",
                         row["date_start"], "--fields", "spend,actions")  # fmt: skip
    (meta,) = only_json(rows.stdout)

    assert {n: row[n] for n in meta if n != "date_stop"} == {
        n: meta[n] for n in meta if n != "date_stop"
    }
    done = connected.run("query", sql, *FROM, "--format", "table")
    assert "date_start" in done.stdout
    assert done.returncode == 0


def test_what_was_restated_is_printed(connected):
    connected.run("sync", *TO)
    import duckdb

    with duckdb.connect(f"{connected.folder}/insights.duckdb") as connection:
        connection.execute(
            "update meta_insights set clicks = clicks + 1 where date_start = "
            "(select max(date_start) from meta_insights)"
        )

    done = connected.run("sync", *TO, "--show-changes")

    (change,) = only_json(done.stdout)
    assert change["metric"] == "clicks"
    assert int(change["old_value"]) == int(change["new_value"]) + 1
    assert "1 number restated" in done.stderr


REPORTS = """
[reports.daily]
fields = ["spend", "purchases"]

[reports.weekly]
level = "campaign"
increment = 7
since = 2026-09-07
"""


def test_reports_of_the_projects_file(connected):
    (connected.folder / "metaconnect.toml").write_text(REPORTS)

    done = connected.run("sync", *TO, "--json")
    one = connected.run("sync", *TO, "--report", "weekly", "--json")
    unknown = connected.run("sync", *TO, "--report", "monthly")

    assert [row["report"] for row in only_json(done.stdout)] == ["daily", "weekly"]
    assert only_json(done.stdout)[1]["since"] == "2026-09-07"
    assert [row["report"] for row in only_json(one.stdout)] == ["weekly"]
    assert unknown.returncode == 2
    assert "It has: daily, weekly." in unknown.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("[reports", "cannot be read"), ("reports = 3", "[reports.NAME]"),
     ("[reports.a]\nlevels = 1", "unknown key 'levels'")],
)  # fmt: skip
def test_a_file_of_reports_that_is_wrong(connected, text, said):
    (connected.folder / "metaconnect.toml").write_text(text)

    done = connected.run("sync", *TO)

    assert done.returncode == 3
    assert said in done.stderr


def test_a_place_is_never_taken_from_a_folder_that_was_cloned(connected):
    (connected.folder / ".env").write_text("METACONNECT_SYNC_TO=elsewhere.duckdb\n")

    done = connected.run("sync")

    assert done.returncode == 2
    assert "Ignored: METACONNECT_SYNC_TO" in done.stderr
    assert not (connected.folder / "elsewhere.duckdb").exists()


def test_a_password_is_read_from_stdin_and_never_printed(connected):
    dsn = "postgresql://me:hunter2hunter2@127.0.0.1:1/db"

    for done in (
        connected.run("--debug", "sync", "--to", "-", stdin=f"{dsn}\n"),
        connected.run("query", "select 1", METACONNECT_SYNC_TO=dsn),
    ):
        assert done.returncode == 7
        assert "Nothing listens" in done.stderr
        assert "hunter2" not in done.stdout + done.stderr


def test_a_statement_that_fails_is_a_usage_error_with_the_databases_words(connected):
    connected.run("sync", *TO, "--days", "1")

    done = connected.run("query", "select spent from meta_insights", *FROM)

    assert done.returncode == 2
    error = json.loads(done.stderr)["error"]
    assert 'column "spent" not found' in error["message"]
    assert "spend" in error["hint"]


def test_another_program_that_has_the_file_is_named(connected):
    connected.run("sync", *TO, "--days", "1")
    hold = (
        "import duckdb, sys; c = duckdb.connect('insights.duckdb'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=connected.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        holder.stdout.readline()
        sync = connected.run("sync", *TO)
        query = connected.run("query", "select 1", *FROM)

    for done in (sync, query):
        assert done.returncode == 7
        assert f"in use by another program (process {holder.pid})" in done.stderr


def test_a_disk_that_is_full_leaves_what_was_there(connected):
    connected.run("sync", *TO, "--days", "3")
    size = (connected.folder / "insights.duckdb").stat().st_size

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(
        [*COMMAND, "sync", *TO, "--level", "ad", "--breakdown", "age",
         "--since", "2026-09-01"],
        cwd=connected.folder, env=connected.env, capture_output=True, text=True,
        preexec_fn=no_room, check=False,
    )  # fmt: skip

    assert done.returncode == 7, done.stderr
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    reports = "select distinct report from meta_insights"
    assert query(connected, reports) == [{"report": "account"}]


def test_where_to_must_be_said(connected):
    for command in (["sync"], ["query", "select 1"]):
        done = connected.run(*command, "--format", "json")
        assert done.returncode == 2
        assert (
            "METACONNECT_SYNC_TO"
            in json.loads(done.stderr.splitlines()[-1])["error"]["hint"]
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--all", "--client", "acme"], "exclude each other"),
        (["--since", "soon"], "not a date"),
        (["--report", "a", "--report", "b"], "metaconnect.toml"),
    ],
)
def test_what_contradicts_itself_is_refused(shell, options, said):
    done = shell.run("sync", *TO, *options)

    assert done.returncode == 2
    assert said in done.stderr
    assert not (shell.folder / "insights.duckdb").exists()
