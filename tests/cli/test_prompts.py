"""Every question: an answer, none (Ctrl-D), and Ctrl-C."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .test_connect import stored


@pytest.fixture
def two_clients(connected):
    done = connected.run("connect", "--client", "beta", "--account", "Nordwind Versand")
    assert done.returncode == 0, done.stderr
    return connected


def rows(shell):
    path = Path(shell.env["METACONNECT_HOME"], "connections.db")
    with closing(sqlite3.connect(path)) as db:
        return db.execute("select * from meta_tokens order by client_id").fetchall()


COMMANDS = (
    ["insights"],
    ["connect"],
    ["connect", "--force"],
    ["accounts", "use"],
    ["refresh"],
)
KEYS = [("\x04", 2), ("\x03", 130)]


class TestNothingChosen:
    @pytest.mark.parametrize(("key", "code"), KEYS)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_which_client(self, two_clients, meta, command, key, code):
        before, asked = rows(two_clients), len(meta.sandbox.requests)
        with two_clients.at_terminal(*command) as terminal:
            terminal.until("Which client")
            terminal.type(key)
            assert terminal.end() == code, terminal.shown

        assert rows(two_clients) == before
        assert len(meta.sandbox.requests) == asked

    @pytest.mark.parametrize(("key", "code"), KEYS)
    def test_a_name_for_this_client(self, shell, meta, key, code):
        with shell.at_terminal("connect") as terminal:
            terminal.until("A name for this client")
            terminal.type(key)
            assert terminal.end() == code, terminal.shown

        assert meta.sandbox.requests == []

    @pytest.mark.parametrize(("key", "code"), KEYS)
    def test_which_ad_account(self, connected, key, code):
        before = rows(connected)
        with connected.at_terminal("accounts", "use") as terminal:
            terminal.until("Which ad account")
            terminal.type(key)
            assert terminal.end() == code, terminal.shown

        assert rows(connected) == before

    @pytest.mark.parametrize(("key", "code"), KEYS)
    def test_a_login_that_is_kept(self, shell, key, code):
        keep_a_login(shell)
        with shell.at_terminal("connect", "--client", "acme") as terminal:
            terminal.until("Finish it, without the browser")
            terminal.type(key)
            assert terminal.end() == code, terminal.shown

        assert shell.run("connect", "--client", "acme", "--resume").returncode == 0

    @pytest.mark.parametrize(("key", "code"), KEYS)
    @pytest.mark.parametrize("question", ["E-mail address:", "Password of a@b.test:"])
    def test_who_signs_in(self, shell, question, key, code):
        options = [] if question.startswith("E") else ["--email", "a@b.test"]
        with shell.at_terminal("login", *options, **NO_PROJECT) as terminal:
            terminal.until(question)
            terminal.type(key)
            assert terminal.end() == code, terminal.shown

        assert "Traceback" not in terminal.shown


NO_PROJECT = {"SUPABASE_URL": "http://localhost:1", "SUPABASE_KEY": "sb_publishable_a"}


def keep_a_login(shell):
    """Log in, and name an ad account that is not there."""
    done = shell.run("connect", "--client", "acme", "--account", "act_5")
    assert "--resume" in done.stderr


class TestTheAnswer:
    def test_two_pickers_in_a_row(self, two_clients):
        with two_clients.at_terminal("accounts", "use") as terminal:
            terminal.until("Which client")
            terminal.type("2\r")
            terminal.until("Which ad account")
            terminal.type("3\r")
            assert terminal.end() == 0, terminal.shown

        assert stored(two_clients, "beta").ad_account_name == "東京カメラ専門店"
        assert stored(two_clients, "acme").ad_account_name == "Alpenglow Outdoor"

    @pytest.mark.parametrize(
        "command", [["accounts", "use", "Nordwind"], ["connect", "--account=Nordwind"]]
    )
    def test_a_part_of_a_name_never_chooses_by_itself(self, shell, command):
        shell.run("connect", "--client", "acme", "--account", "first")
        force = ["--force"] if command[0] == "connect" else []
        with shell.at_terminal(*command, "--client", "acme", *force) as terminal:
            terminal.until("Which ad account. Number 1")
            assert stored(shell).ad_account_name == "Alpenglow Outdoor"
            terminal.type("1\r")
            assert terminal.end() == 0, terminal.shown

        assert stored(shell).ad_account_name == "Nordwind Versand"

    @pytest.mark.parametrize("named", [[], ["--client", "acme"]])
    def test_a_login_that_is_kept_is_offered(self, shell, meta, named):
        keep_a_login(shell)
        dialogs = len([r for r in meta.sandbox.requests if "dialog" in r["path"]])
        with shell.at_terminal("connect", *named) as terminal:
            terminal.until("of client 'acme' at .* Finish it")
            terminal.type("y\r")
            terminal.until("Which ad account")
            terminal.type("1\r")
            assert terminal.end() == 0, terminal.shown

        assert stored(shell).ad_account_name == "Alpenglow Outdoor"
        again = len([r for r in meta.sandbox.requests if "dialog" in r["path"]])
        assert again == dialogs

    def test_a_no_goes_to_the_browser(self, shell):
        keep_a_login(shell)
        with shell.at_terminal("connect", "--client", "acme") as terminal:
            terminal.until("Finish it")
            terminal.type("n\r")
            terminal.until("Log in to Meta in the browser")
            terminal.until("Which ad account")
            terminal.type("1\r")
            assert terminal.end() == 0, terminal.shown


class TestTheScreen:
    @pytest.mark.parametrize(("columns", "lines"), [(80, 24), (60, 15)])
    def test_the_picker_fits(self, connected, columns, lines):
        screen = {"COLUMNS": str(columns), "LINES": str(lines), "TERM": "dumb"}
        with connected.at_terminal("accounts", "use", **screen) as terminal:
            terminal.until("Which ad account.*: ")
            before, shown, prompt = terminal.shown.rpartition("Which ad account")
            terminal.type("\x04")
            terminal.end()

        said = (before + shown + prompt).splitlines()
        heading = next(line for line in said if " ad account " in line)
        listed = said[said.index(heading) :]
        assert len(listed) <= lines
        assert all(len(line) <= columns for line in listed), listed
        numbers = [line.split()[0] for line in listed[1:-2]]
        assert numbers == [str(n + 1) for n in range(lines - 4)]
        assert all("act_1010000" in line for line in listed[1:-2])


class TestNobodyToAsk:
    def test_a_code_is_not_sent_that_nobody_can_type(self, shell):
        options = ["--no-input", "login", "--email", "a@b.test", "--otp"]
        with shell.at_terminal(*options, **NO_PROJECT) as terminal:
            assert terminal.end() == 2, terminal.shown

        assert "on stdin" in terminal.shown

    def test_connect_says_what_it_waits_for(self, shell):
        with shell.start(
            "--no-input", "connect", "--client", "a", "--no-browser"
        ) as it:
            it.until("Waiting for the browser")
            it.until("--paste")

    @pytest.mark.parametrize("option", ["--client", "--account"])
    @pytest.mark.parametrize("command", ["insights", "connect"])
    def test_an_empty_name_is_not_the_only_one(self, connected, meta, command, option):
        """An unset variable of a script, say."""
        asked = len(meta.sandbox.requests)
        done = connected.run(command, option, "")

        assert done.returncode == 2, done.stderr
        assert "empty" in done.stderr
        assert len(meta.sandbox.requests) == asked

    def test_an_account_given_twice_is_refused(self, connected, meta):
        asked = len(meta.sandbox.requests)
        done = connected.run("connect", "--account", "first", "--account", "Kiosk")

        assert done.returncode == 2
        assert "--account can be given once" in done.stderr
        assert len(meta.sandbox.requests) == asked


def test_naming_another_account_switches_to_it(connected, meta):
    dialogs = len(meta.sandbox.requests)
    done = connected.run(
        "connect", "--client", "acme", "--account", "Nordwind Versand", "--json"
    )

    assert json.loads(done.stdout)["ad_account_name"] == "Nordwind Versand"
    assert stored(connected).ad_account_name == "Nordwind Versand"
    paths = [request["path"] for request in meta.sandbox.requests[dialogs:]]
    assert not any("dialog" in path for path in paths)
    refused = connected.run("connect", "--client", "acme", "--account", "act_5")
    assert refused.returncode == 2
    assert stored(connected).ad_account_name == "Nordwind Versand"
