"""At a terminal: the pickers, the questions, the table."""

import json
import re
from pathlib import Path

import pytest

from .shell import browser


@pytest.fixture
def connecting(shell):
    with shell.at_terminal("connect", "--client", "acme") as terminal:
        yield terminal


def stored_account(shell):
    listed = shell.run("accounts", "list", "--client", "acme", "--json")
    return [a["name"] for a in json.loads(listed.stdout) if a["chosen"]]


class TestThePicker:
    def test_a_number_chooses(self, shell, connecting):
        shown = connecting.until(r"Which ad account\?.*")
        assert "Number 1-20, or part of a name" in shown[0]
        assert "東京カメラ専門店" in connecting.shown
        assert "disabled" in connecting.shown
        connecting.type("3\r")

        assert connecting.end() == 0, connecting.shown
        assert stored_account(shell) == ["東京カメラ専門店"]

    def test_typing_narrows_and_enter_takes_what_is_left(self, shell, connecting):
        connecting.until("Which ad account")
        connecting.type("no such\r")
        connecting.until("Nothing contains 'no such'")
        connecting.until(r"Which ad account(?s:.*)Which ad account")
        connecting.type("nordwind\r")
        connecting.until("Enter takes it")
        connecting.type("\r")

        assert connecting.end() == 0, connecting.shown
        assert stored_account(shell) == ["Nordwind Versand"]

    def test_markup_in_a_name_stays_text(self, connecting):
        connecting.until("Which ad account")

        assert "Fish & <b>Chips</b> Ltd" in connecting.shown

    def test_the_end_of_the_input_saves_without_a_choice(self, shell, connecting):
        connecting.until("Which ad account")
        connecting.type("\x04")

        assert connecting.end() == 0, connecting.shown
        assert stored_account(shell) == []
        assert "metaconnect accounts use" in connecting.shown

    def test_ctrl_c_keeps_the_login(self, shell, connecting):
        connecting.until("Which ad account")
        connecting.type("\x03")

        assert connecting.end() == 130, connecting.shown
        assert "metaconnect connect --resume --client acme" in connecting.shown
        assert "Traceback" not in connecting.shown
        resumed = shell.run(
            "connect", "--client", "acme", "--resume", "--account", "first"
        )
        assert resumed.returncode == 0, resumed.stderr

    @pytest.mark.parametrize("moment", ["ends on here", "currency", "Kiosk", "more"])
    def test_ctrl_c_is_never_lost(self, connecting, moment):
        """Whatever runs: a request, the drawing of the table, or the prompt."""
        connecting.until(moment)
        connecting.type("\x03")

        assert connecting.end(timeout=10) == 130, connecting.shown
        assert "Traceback" not in connecting.shown


class TestClients:
    def test_the_first_client_is_asked_for_a_name(self, shell):
        with shell.at_terminal("connect", "--account", "first") as terminal:
            terminal.until("A name for this client")
            terminal.type("acme\r")
            assert terminal.end() == 0, terminal.shown

        assert stored_account(shell) == ["Alpenglow Outdoor"]

    def test_one_of_several_is_picked(self, connected):
        connected.run("connect", "--client", "beta", "--account", "Nordwind Versand")
        with connected.at_terminal("insights", "--fields", "spend") as terminal:
            terminal.until("Which client")
            terminal.type("2\r")
            assert terminal.end() == 0, terminal.shown

        assert "beta · Nordwind Versand" in terminal.shown

    def test_no_input_never_asks(self, shell):
        with shell.at_terminal("connect", "--no-input") as terminal:
            assert terminal.end() == 2

        assert "--client" in terminal.shown

    def test_ci_is_nobody_to_ask(self, shell):
        with shell.at_terminal("connect", CI="true") as terminal:
            assert terminal.end() == 2

        assert "--client" in terminal.shown


class TestKeyring:
    @pytest.fixture
    def without_keyring(self, shell):
        del shell.env["METACONNECT_SECRETS"]
        shell.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        return shell

    def test_a_yes_is_remembered(self, without_keyring):
        shell = without_keyring
        with shell.at_terminal(
            "connect", "--client", "acme", "--account", "first"
        ) as terminal:
            terminal.until(r"only you can read.*\[y/N\]")
            terminal.type("y\r")
            assert terminal.end() == 0, terminal.shown

        assert Path(shell.env["METACONNECT_HOME"], "secrets.json").exists()
        again = shell.run("insights")
        assert again.returncode == 0, again.stderr

    def test_a_no_stops_before_the_browser(self, without_keyring, meta):
        shell = without_keyring
        with shell.at_terminal("connect", "--client", "acme") as terminal:
            terminal.until(r"\[y/N\]")
            terminal.type("\r")
            assert terminal.end() == 3, terminal.shown

        assert meta.sandbox.requests == []


def test_a_terminal_gets_a_table(connected):
    with connected.at_terminal("insights") as terminal:
        assert terminal.end() == 0

    assert re.search(r"Alpenglow Outdoor [^\n]*(?:\n[^\n]*)?EUR", terminal.shown)
    assert "total" in terminal.shown


def test_a_browser_that_fails_is_not_an_error(shell):
    shell.env["BROWSER"] = "/nowhere/to/be/found %s"
    with shell.at_terminal("connect", "--client", "acme", "--timeout", "2") as terminal:
        terminal.until("No browser could be opened")
        assert terminal.end() == 4


def test_what_a_browser_prints_is_not_our_output(shell):
    done = shell.run("connect", "--client", "acme", BROWSER=browser("continue"))

    assert done.returncode == 0
    assert "talks on stdout" not in done.stdout + done.stderr
