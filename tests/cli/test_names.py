"""Names that others chose: no line of ours is forged with them, no screen driven."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from metaconnect.cli.announce import announce
from metaconnect.flows.connect import LoginResult
from metaconnect.models import AccessToken, Connection, MetaUser
from metaconnect.redact import command
from metaconnect.sandbox import accounts, state

from .shell import only_json

EVIL = "Eve\nNext:  evil\r\x85Next: evil\u2028Next: evil\x1b[2J\x9b2J\u202egnp.exe"
FORGED = ("\nNext:  evil", "\rNext", "\x85", "\u2028", "\x1b[2J", "\x9b", "\u202e")


def assert_harmless(text):
    for forged in FORGED:
        assert forged not in text, repr(text)
    assert not any(line.startswith("Next: evil") for line in text.splitlines())


@pytest.fixture
def evil(meta, monkeypatch):
    """Everything that Meta names has an evil name."""
    monkeypatch.setitem(state.USER, "name", EVIL)
    named = [{**account, "name": f"{EVIL} {n}"} for n, account in enumerate(ACCOUNTS)]
    monkeypatch.setattr(accounts, "ACCOUNTS", tuple(named))
    return meta


ACCOUNTS = accounts.ACCOUNTS


class TestOnStderr:
    def test_connecting(self, evil, shell):
        done = shell.run("connect", "--client", "a", "--account", "first")
        assert done.returncode == 0, done.stderr
        assert "as Eve Next:" in done.stderr
        assert_harmless(done.stderr)
        assert_harmless(shell.run("connect", "--client", "a").stderr)
        switched = shell.run("connect", "--client=a", "--account=act_101000000007919")
        assert "Ad account: Eve" in switched.stderr
        assert_harmless(switched.stderr)

    def test_using_another(self, evil, shell):
        shell.run("connect", "--client", "a")
        used = shell.run("accounts", "use", "first")
        assert "now uses Eve" in used.stderr
        assert_harmless(used.stderr)

    def test_an_error_that_lists_them(self, evil, shell):
        shell.run("connect", "--client", "a")
        refused = shell.run("accounts", "use", "Eve")
        assert refused.returncode == 2
        assert "a part of: Eve" in refused.stderr
        assert_harmless(refused.stderr)

    def test_a_picker(self, evil, shell):
        with shell.at_terminal("connect", "--client", "a", TERM="dumb") as terminal:
            terminal.until("Which ad account")
            terminal.type("1\r")
            assert terminal.end() == 0, terminal.shown

        assert_harmless(terminal.shown.replace("\r\n", "\n"))

    def test_a_caption(self, evil, shell):
        shell.run("connect", "--client", "a", "--account", "first")
        with shell.at_terminal("insights", "--json", TERM="dumb") as terminal:
            assert terminal.end() == 0

        assert "Eve Next: evil" in terminal.shown
        assert_harmless(terminal.shown.replace("\r\n", "\n"))

    def test_a_permission(self, capsys):
        result = LoginResult(
            connection=Connection(
                client_id=EVIL,
                token=AccessToken(value="EAA-token"),
                user_facebook_id="1",
                ad_account_id="act_1",
            ),
            user=MetaUser(id="1", name=EVIL),
            declined=(EVIL,),
        )
        announce(result)
        announce(replace(result, is_new=False))

        said = capsys.readouterr().err
        assert "Declined at the login: Eve" in said
        assert_harmless(said)


class TestOnStdout:
    @pytest.mark.parametrize("form", ["table", "json", "ndjson"])
    @pytest.mark.parametrize("listed", ["accounts", "clients"])
    def test_lists(self, evil, shell, form, listed):
        shell.run("connect", "--client", "a", "--account", "first")
        done = shell.run(listed, "list", "--format", form)

        assert done.returncode == 0
        assert_harmless(done.stdout)

    def test_json_is_lossless(self, evil, shell):
        shell.run("connect", "--client", "a", "--account", "first")
        rows = only_json(shell.run("accounts", "list", "--json").stdout)
        assert rows[0]["name"] == f"{EVIL} 0"
        facts = shell.run("connect", "--client", "a", "--account", "first", "--json")
        assert_harmless(facts.stdout)
        assert json.loads(facts.stdout)["user_name"] == EVIL

    def test_a_table_of_insights(self, evil, shell):
        shell.run("connect", "--client", "a", "--account", "first")
        done = shell.run("insights", "--format", "table")

        assert "Eve Next: evil" in done.stdout
        assert_harmless(done.stdout)


class TestClients:
    """A client's id comes from a table that others write to."""

    @pytest.fixture
    def renamed(self, connected):
        path = Path(connected.env["METACONNECT_HOME"], "connections.db")
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("pragma foreign_keys = off")
            for (table,) in db.execute("select name from sqlite_master").fetchall():
                for column in ("client_id", "id"):
                    names = [c[1] for c in db.execute(f"pragma table_info({table})")]
                    if column in names:
                        db.execute(f"update {table} set {column} = ?", [EVIL])
        return connected

    @pytest.mark.parametrize(
        "words",
        [
            ["clients", "list", "--format", "table"],
            ["insights", "--client", "Eve\nNext:  evil"],
            ["insights", "--format", "table"],
            ["connect", "--client", EVIL, "--resume"],
        ],
    )
    def test_an_id(self, renamed, words):
        done = renamed.run(*words)

        assert_harmless(done.stdout + done.stderr)

    def test_a_command_about_it_is_one_line(self):
        assert command("insights", "a\nb's") == (
            r"metaconnect insights --client $'a\nb\'s'"
        )
