"""`metaconnect connect` as a process, and Chromium that answers it."""

import json
import re
import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ..oauth.wire import has_ipv6_loopback
from .person import FORBIDDEN, heading, history, press


def codes_used(meta):
    return [code.used for code in meta.sandbox.codes.values()]


def secrets_kept(shell):
    path = Path(shell.env["METACONNECT_HOME"], "secrets.json")
    return json.loads(path.read_text()) if path.exists() else {}


def loopback_addresses():
    return ["127.0.0.1", "::1"] if has_ipv6_loopback() else ["127.0.0.1"]


class TestContinue:
    def test_it_leads_from_the_short_address_to_the_insights(
        self, connect, person, shell, meta, port
    ):
        login = connect()
        someone = person()
        assert login.address == f"http://localhost:{port}/"
        tab = someone.open(login.address)
        assert tab.url.startswith(f"{meta.url}/v26.0/dialog/oauth?")
        tab.click("#continue")

        assert heading(tab) == "Authorization received"
        assert "Go back to the terminal" in tab.inner_text("main")
        code, out, err = login.end()
        assert (code, out) == (0, ""), err
        assert "Connected client 'acme' as Jane Doe." in err
        insights = shell.run("insights", "--preset", "last_7d")
        assert len(json.loads(insights.stdout)) == 7
        assert someone.complaints == []
        assert someone.places() == {f"localhost:{port}", urlsplit(meta.url).netloc}

    def test_no_secret_stays_in_the_browser(self, connect, person, meta, port):
        login = connect()
        tab = person().open(login.address)
        (state,) = parse_qs(urlsplit(tab.url).query)["state"]
        tab.click("#continue")
        heading(tab)

        (code,) = meta.sandbox.codes
        assert tab.url == f"http://localhost:{port}/callback"
        _blank, dialog, ours = history(tab)
        assert dialog.startswith(meta.url)
        assert ours == tab.url
        assert tab.evaluate("[document.referrer, history.state]") == ["", None]
        for secret in (code, state):
            assert secret not in tab.content()
        assert code not in dialog
        cookies_and_more = "[document.cookie, ...Object.keys({...localStorage})]"
        assert tab.evaluate(cookies_and_more) == [""]
        assert login.end()[0] == 0

    def test_it_needs_no_javascript(self, connect, person):
        login = connect()
        tab = person(java_script_enabled=False).open(login.address)
        tab.click("#continue")

        assert heading(tab) == "Authorization received"
        assert tab.get_by_text("Go back to the terminal").is_visible()
        assert login.end()[0] == 0


class TestHttps:
    @pytest.fixture
    def login(self, connect, shell, port):
        shell.env["META_REDIRECT_URI"] = f"https://localhost:{port}/callback"
        return connect("--https")

    def test_who_goes_on_despite_the_warning_is_connected(self, login, person, port):
        someone = person()
        tab = someone.blank()
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            tab.goto(login.address)
        tab.click("#details-button")
        tab.click("#proceed-link")
        tab.click("#continue")

        assert heading(tab) == "Authorization received"
        assert tab.url == f"https://localhost:{port}/callback"
        assert login.end()[0] == 0

    def test_no_secret_stays_in_the_browser(self, login, person, meta, port):
        assert login.address == f"https://localhost:{port}/"
        someone = person(ignore_https_errors=True)
        tab = someone.open(login.address)
        tab.click("#continue")

        assert heading(tab) == "Authorization received"
        (code,) = meta.sandbox.codes
        assert history(tab)[-1] == f"https://localhost:{port}/callback"
        assert code not in tab.content()
        assert someone.complaints == []
        assert login.end()[0] == 0


class TestNo:
    def test_cancel_ends_on_another_page_and_stores_nothing(
        self, connect, person, shell, port
    ):
        login = connect()
        someone = person()
        tab = someone.open(login.address)
        tab.click("#cancel")

        assert heading(tab) == "No access was given"
        assert "Nothing was saved" in tab.inner_text("main")
        assert tab.url == history(tab)[-1] == f"http://localhost:{port}/callback"
        code, out, err = login.end()
        assert (code, out) == (4, "")
        assert "Permissions error" in err
        assert secrets_kept(shell) == {}
        assert [c for c in someone.complaints if not c.startswith(FORBIDDEN)] == []

    def test_an_unticked_permission_is_asked_again_with_rerequest(
        self, connect, person, shell
    ):
        login = connect()
        someone = person()
        tab = someone.open(login.address)
        tab.uncheck("input[value=ads_read]")
        tab.uncheck("input[value=ads_management]")
        tab.click("#continue")
        code, _, err = login.end()
        assert code == 4
        assert "metaconnect connect --rerequest --client acme" in err
        assert secrets_kept(shell) == {}

        login = connect("--rerequest")
        tab = someone.open(login.address)
        assert tab.is_checked("input[value=ads_read]")
        tab.click("#continue")
        assert heading(tab) == "Authorization received"
        assert login.end()[0] == 0


class TestWhatElseBrowsersDo:
    def test_of_two_tabs_that_answer_at_once_one_counts(self, connect, person, meta):
        login = connect()
        someone = person()
        tabs = [someone.open(a) for a in (login.address, login.long_address)]
        for tab in tabs:
            press(tab, "continue")

        assert [heading(tab) for tab in tabs].count("Authorization received") == 1
        assert login.end()[0] == 0
        assert sorted(codes_used(meta)) == [False, True]

    def test_a_tab_that_says_no_afterwards_changes_nothing(
        self, connect, person, shell
    ):
        login = connect()
        someone = person()
        first = someone.open(login.address)
        second = someone.open(login.long_address)
        press(first, "continue")
        assert heading(first) == "Authorization received"
        press(second, "cancel")

        assert heading(second) != "No access was given"
        assert login.end()[0] == 0
        assert len(secrets_kept(shell)) == 1

    def test_reload_and_back_bring_no_second_answer(self, connect, person, meta):
        login = connect()
        tab = person().open(login.address)
        tab.reload()
        tab.goto(login.long_address)
        press(tab, "continue")
        assert heading(tab) == "Authorization received"
        tab.go_back()
        press(tab, "continue")

        assert heading(tab) != "Authorization received"
        assert login.end()[0] == 0
        assert codes_used(meta) == [True, False]

    def test_an_answer_of_another_login_is_told_and_the_wait_goes_on(
        self, connect, person, port
    ):
        login = connect()
        someone = person()
        other = someone.open(f"{login.address}callback?code=c&state=other")
        assert heading(other) == "Not the expected answer"
        assert other.url == f"http://localhost:{port}/callback"
        tab = someone.open(login.address)
        tab.click("#continue")

        assert heading(tab) == "Authorization received"
        assert login.end()[0] == 0

    def test_idle_connections_and_a_favicon_do_not_matter(self, connect, person, port):
        # Chrome preconnects; steered from outside it does not, so we do.
        login = connect()
        someone = person()
        icon = f"{login.address}favicon.ico"
        with ExitStack() as idle:
            for address in loopback_addresses() * 4:
                idle.enter_context(socket.create_connection((address, port)))
            assert heading(someone.open(icon)) == "Not found"
            tab = someone.open(login.address)
            tab.click("#continue")

            assert heading(tab) == "Authorization received"
            assert login.end()[0] == 0


def test_the_address_of_a_page_that_cannot_be_reached_is_pasted(shell, person):
    command = ("connect", "--client", "acme", "--account", "first", "--paste")
    with shell.at_terminal(*command) as terminal:
        address = terminal.until(r"http://\S+/dialog/oauth\S+")[0]
        terminal.until("Paste the address")
        tab = person().open(address)
        press(tab, "continue")
        assert "reached" in heading(tab)
        terminal.type(f"{history(tab)[-1]}\r")
        assert terminal.end() == 0, terminal.shown

    assert re.search("Connected client 'acme' as Jane Doe", terminal.shown)
