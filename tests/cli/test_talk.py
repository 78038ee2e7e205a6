"""What is said beside the data: captions, warnings, and which connection is meant."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from .shell import NOT_META, talk
from .test_connect import paths_asked, stored


def update(shell, column, value):
    """Change a column of every stored connection."""
    path = Path(shell.env["METACONNECT_HOME"], "connections.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"update meta_tokens set {column} = ?", [value])


class TestCaption:
    @pytest.mark.parametrize(
        "options",
        [
            ["--json"],
            ["--format", "csv"],
            ["--format", "ndjson"],
            ["--output", "a.csv"],
        ],
    )
    def test_a_terminal_says_what_the_rows_are(self, connected, options):
        dates = ["--since", "2026-11-01", "--until", "2026-11-03"]
        command = ["insights", *dates, "--level", "campaign", *options]
        with connected.at_terminal(*command) as terminal:
            assert terminal.end() == 0

        assert (
            "acme · Alpenglow Outdoor (act_101000000000000) · "
            "2026-11-01 to 2026-11-03 · Europe/Berlin · level campaign · EUR"
        ) in terminal.shown

    def test_a_pipe_has_only_data(self, connected):
        done = connected.run("insights", "--json")

        assert talk(done) == ""
        assert json.loads(done.stdout)

    def test_a_table_has_it_above(self, connected):
        done = connected.run("insights", "--format", "table", "--preset", "yesterday")

        caption = done.stdout.splitlines()[0]
        assert re.fullmatch(
            r"acme · Alpenglow Outdoor \(act_101000000000000\) · \d{4}-\d\d-\d\d · "
            r"Europe/Berlin · level account · attribution \w+ · EUR",
            caption,
        )


class TestExpiry:
    @pytest.mark.parametrize(("hours", "words"), [(20, "1 day."), (6 * 24, "6 days.")])
    def test_a_token_that_ends_within_the_week_is_mentioned(
        self, connected, hours, words
    ):
        ends = datetime.now(UTC) + timedelta(hours=hours) - timedelta(minutes=1)
        update(connected, "token_expires_at", ends.isoformat())

        done = connected.run("insights", "--format", "csv", "--no-refresh")
        assert done.returncode == 0, done.stderr
        assert f"expires in {words}" in done.stderr
        assert "metaconnect connect --force --client acme" in done.stderr

    def test_a_later_one_is_not(self, connected):
        assert "expires in" not in connected.run("insights").stderr


class TestTheHost:
    """A token is bound to the host and app that issued it."""

    @pytest.mark.parametrize("options", [[], ["--rerequest"], ["--force"]])
    def test_a_login_elsewhere_does_not_take_the_place_of_metas(
        self, connected, meta, options
    ):
        update(connected, "graph_url", "https://graph.facebook.com")
        before, asked = stored(connected), len(meta.sandbox.requests)

        done = connected.run("connect", "--client", "acme", *options)
        assert done.returncode == 3, done.stderr
        assert "META_GRAPH_URL" in done.stderr
        assert stored(connected) == before
        assert len(meta.sandbox.requests) == asked

    @pytest.mark.parametrize(
        "command",
        [["insights"], ["connect", "--client=acme"], ["accounts", "list"]],
    )
    def test_that_it_is_not_metas_is_said_once(self, connected, command):
        assert connected.run(*command).stderr.count(NOT_META) == 1


class TestClients:
    def test_the_list_says_which_are_connected(self, connected):
        rows = json.loads(connected.run("clients", "list").stdout)
        assert [(row["id"], row["connected"]) for row in rows] == [("acme", True)]
        table = connected.run("clients", "list", "--format", "table").stdout
        assert re.search(r"^\*  acme ", table, re.MULTILINE)

    @pytest.mark.parametrize("command", ["add", "remove"])
    def test_what_this_store_cannot_do_is_said_without_a_question(
        self, connected, command
    ):
        with connected.at_terminal("clients", command, "acme") as terminal:
            assert terminal.end() == 2

        assert "[y/N]" not in terminal.shown
        assert "comes with its connection" in terminal.shown

    @pytest.mark.parametrize("listed", ["accounts", "clients"])
    def test_a_list_on_a_pipe_is_json(self, connected, listed):
        assert json.loads(connected.run(listed, "list").stdout)

    def test_a_typo_is_met_with_the_client_that_is_there(self, connected):
        done = connected.run("insights", "--client", "acne", "--format", "csv")

        assert done.returncode == 4
        assert "Did you mean 'acme'?" in done.stderr


def test_one_login_is_one_dialog(connected, meta):
    """Reading and listing never open the browser."""
    before = paths_asked(meta).count("/v26.0/dialog/oauth")
    connected.run("insights")
    connected.run("accounts", "list")

    assert paths_asked(meta).count("/v26.0/dialog/oauth") == before


class TestTheEdge:
    """A terminal breaks a line anywhere; words are broken by us, commands never."""

    def test_a_sentence_is_broken_between_words(self, connected):
        with connected.at_terminal("insights", COLUMNS="50") as terminal:
            assert terminal.end() == 0, terminal.shown

        said = [line for line in terminal.shown.split("\r\n") if "numbers" in line]
        assert all(len(line) <= 50 for line in said)
        assert "the numbers may" in " ".join(terminal.shown.split())

    def test_a_command_to_paste_stays_on_its_line(self, shell):
        client = "a client with quite a long name, as dashboards have them"
        with shell.at_terminal(
            "connect", "--client", client, "--account", "first", COLUMNS="50"
        ) as terminal:
            assert terminal.end() == 0, terminal.shown

        assert f"Next:  metaconnect insights --client '{client}'" in terminal.shown
