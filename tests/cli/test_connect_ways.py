"""`connect --start`, `--complete` and `--token-stdin` as processes."""

import json
import shlex
import stat
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from . import browser as person
from .shell import Shell, only_json, talk
from .test_connect import secrets_kept, stored

ELSEWHERE = "https://www.facebook.com/connect/login_success.html"
CONNECT = ("connect", "--client", "acme")
START = ("connect", "--client", "acme", "--start")
COMPLETE = ("connect", "--client", "acme", "--account", "first", "--complete")
WITH_TOKEN = ("connect", "--client", "acme", "--token-stdin")


@pytest.fixture
def issue(meta):
    scopes = ("ads_read", "ads_management", "business_management")

    def issue(**facts):
        return meta.sandbox.issue_token(**{"scopes": scopes} | facts)

    return issue


def started(shell, *options, **env):
    done = shell.run(*START, *options, **env)
    assert done.returncode == 0, done.stderr
    return only_json(done.stdout)


def state_of(login):
    return parse_qs(urlsplit(login["url"]).query)["state"][0]


class TestTwoSteps:
    def test_start_prints_one_object_and_keeps_the_state(self, shell):
        before = datetime.now(UTC)
        done = shell.run(*START, META_REDIRECT_URI=ELSEWHERE)

        login = only_json(done.stdout)
        assert (done.returncode, talk(done)) == (0, "")
        assert set(login) == {"url", "expires_at", "next"}
        assert parse_qs(urlsplit(login["url"]).query)["redirect_uri"] == [ELSEWHERE]
        waits = datetime.fromisoformat(login["expires_at"]) - before
        assert timedelta(minutes=59) < waits < timedelta(minutes=65)
        assert login["next"] == "metaconnect connect --complete - --client acme"
        secrets = Path(shell.env["METACONNECT_HOME"], "secrets.json")
        assert state_of(login) in secrets.read_text()
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o600

    def test_timeout_is_how_long_the_answer_counts(self, shell):
        before = datetime.now(UTC)
        login = started(shell, "--timeout", "86400")

        waits = datetime.fromisoformat(login["expires_at"]) - before
        assert timedelta(hours=23) < waits < timedelta(hours=25)
        assert shell.run(*START, "--timeout", "86401").returncode == 2

    def test_another_shell_completes_it_from_stdin(self, shell, tmp_path):
        login = started(shell, META_REDIRECT_URI=ELSEWHERE)
        address = person.redirection(login["url"])
        there = tmp_path / "another"
        there.mkdir()
        env = {k: v for k, v in shell.env.items() if k != "META_REDIRECT_URI"}

        program, *words = shlex.split(login["next"])
        done = Shell(there, **env).run(*words, "--json", stdin=f"{address}\n")

        assert program == "metaconnect"
        assert done.returncode == 0, done.stderr
        assert only_json(done.stdout)["client_id"] == "acme"
        assert list(secrets_kept(shell).values()) == [stored(shell).token.value]

    def test_an_address_among_the_arguments_works_and_is_warned_of(self, shell):
        address = person.redirection(started(shell)["url"])

        done = shell.run(*COMPLETE, address)
        assert done.returncode == 0, done.stderr
        assert "--complete - reads it from stdin" in done.stderr
        assert parse_qs(urlsplit(address).query)["code"][0] not in done.stderr

    def test_at_a_terminal_it_is_asked_for(self, shell):
        address = person.redirection(started(shell)["url"])

        with shell.at_terminal(*COMPLETE, "-") as terminal:
            terminal.until("Paste the address")
            terminal.type(f"{address}\n")
            assert terminal.end() == 0, terminal.shown
        assert stored(shell).ad_account_id

    def test_next_names_what_start_was_told(self, shell, tmp_path):
        settings = tmp_path / "my settings.env"
        settings.write_text("")
        login = started(shell, "--env-file", "../my settings.env", "--store", "local")

        assert shlex.split(login["next"]) == [
            "metaconnect",
            "--env-file",
            str(shell.folder / "../my settings.env"),
            "--store",
            "local",
            *("connect", "--complete", "-", "--client", "acme"),
        ]

    def test_a_second_use_is_refused(self, shell, meta):
        address = person.redirection(started(shell)["url"])
        assert shell.run(*COMPLETE, "-", stdin=address).returncode == 0
        token = stored(shell).token

        again = shell.run(*COMPLETE, "-", stdin=address)
        assert again.returncode == 4
        assert "answered already" in again.stderr
        assert "metaconnect connect --start --client acme" in again.stderr
        assert stored(shell).token == token

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ("another", "another one"),
            ("older", "another one"),
            ("nothing", "No address was pasted"),
            ("url", "address of the login"),
        ],
    )
    def test_a_wrong_answer_is_refused_and_the_state_stays(self, shell, wrong, words):
        older = started(shell)
        another = only_json(shell.run("connect", "--client", "b", "--start").stdout)
        login = started(shell)
        address = person.redirection(login["url"])
        pasted = {
            "another": person.redirection(another["url"]),
            "older": person.redirection(older["url"]),
            "nothing": "",
            "url": login["url"],
        }

        done = shell.run(*COMPLETE, "-", stdin=pasted[wrong])
        assert done.returncode == 4
        assert words in done.stderr
        for secret in (state_of(login), state_of(another), state_of(older)):
            assert secret not in done.stderr
        assert shell.run(*COMPLETE, "-", stdin=address).returncode == 0

    def test_a_denial_is_told_as_elsewhere(self, shell):
        address = person.redirection(started(shell)["url"], "cancel")

        done = shell.run(*COMPLETE, "-", stdin=address)
        assert done.returncode == 4
        assert "Permissions error" in done.stderr
        assert "Business" in done.stderr
        assert secrets_kept(shell) == {}

    def test_start_leaves_a_connection_as_it_is(self, connected):
        before = stored(connected)
        address = person.redirection(started(connected)["url"])
        assert stored(connected) == before

        assert connected.run(*COMPLETE, "-", stdin=address).returncode == 0
        assert stored(connected).token != before.token

    def test_errors_of_start_are_json_too(self, shell):
        done = shell.run(*START, META_APP_SECRET="")

        assert (done.returncode, done.stdout) == (3, "")
        assert only_json(talk(done))["error"]["type"] == "ConfigError"


class TestAConfiguration:
    def test_it_takes_the_place_of_that_in_the_settings(self, shell):
        login = started(shell, "--config-id", "777", META_CONFIG_ID="1")
        query = parse_qs(urlsplit(login["url"]).query)

        assert query["config_id"] == ["777"]
        assert "scope" not in query

    def test_that_of_a_system_user_connects_as_one(self, shell, meta):
        meta.sandbox.switches.business_login = True
        configuration = ("--config-id", "200000000000001")
        done = shell.run(*CONNECT, "--account", "first", *configuration)

        assert done.returncode == 0, done.stderr
        assert "Metaconnect System User" in done.stderr


class TestATokenOnStdin:
    def test_it_is_saved_and_shown_nowhere(self, shell, issue):
        token = issue(expires_in=5400)
        done = shell.run(*WITH_TOKEN, "--debug", stdin=f"{token}\n")

        assert done.returncode == 0, done.stderr
        assert "Connected client 'acme' as Jane Doe." in done.stderr
        assert stored(shell).token.value != token
        assert token not in done.stdout + done.stderr

    def test_only_one_line_is_read(self, shell, issue):
        token = issue()
        done = shell.run(*WITH_TOKEN, "--json", stdin=f"{token}\r\nanother\n")

        assert done.returncode == 0, done.stderr
        assert only_json(done.stdout)["client_id"] == "acme"
        assert stored(shell).token.value == token

    def test_at_a_terminal_it_is_typed_unseen(self, shell, issue):
        token = issue(kind="SYSTEM_USER", expires_in=None)
        with shell.at_terminal(*WITH_TOKEN, "--account", "first") as terminal:
            terminal.until("Access token:")
            terminal.type(f"{token}\r")
            assert terminal.end() == 0, terminal.shown

        assert token not in terminal.shown
        assert "Metaconnect System User" in terminal.shown
        assert "does not expire" in terminal.shown
        assert stored(shell).token.value == token

    @pytest.mark.parametrize(
        ("facts", "code", "words"),
        [
            ({"app_id": "999"}, 3, "META_APP_ID"),
            ({"expires_in": -10}, 4, "expired"),
            (
                {"scopes": ("business_management",), "kind": "SYSTEM_USER"},
                4,
                "ads_read",
            ),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, shell, issue, facts, code, words):
        token = issue(**facts)
        done = shell.run(*WITH_TOKEN, stdin=token)

        assert done.returncode == code
        assert words in done.stderr
        assert token not in done.stderr
        assert secrets_kept(shell) == {}

    def test_nothing_on_stdin_is_a_usage_error(self, shell):
        done = shell.run(*WITH_TOKEN, stdin="")

        assert done.returncode == 2
        assert "no access token" in done.stderr


WAYS = {
    "--resume": (),
    "--paste": (),
    "--https": (),
    "--start": (),
    "--complete": ("-",),
    "--token-stdin": (),
}


@pytest.mark.parametrize(("first", "second"), list(combinations(WAYS, 2)))
def test_one_way_at_a_time(first, second, capsys, monkeypatch, tmp_path):
    from metaconnect.cli.main import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("META_APP_ID", "1")
    monkeypatch.setenv("META_APP_SECRET", "0123456789abcdef")
    monkeypatch.setenv("METACONNECT_SECRETS", "file")
    words = ["connect", "--client", "a", first, *WAYS[first], second, *WAYS[second]]

    assert run(words) == 2
    said = capsys.readouterr().err
    assert first in said
    assert second in said


@pytest.mark.parametrize(
    "words",
    [
        ("--start", "--account", "first"),
        ("--rerequest", "--token-stdin"),
        ("--rerequest", "--complete", "-"),
        ("--resume", "--rerequest"),
        ("--config-id", "1", "--token-stdin"),
        ("--config-id", "1", "--complete", "-"),
        ("--config-id", "1", "--resume"),
        ("--config-id", "12x"),
        ("--config-id", ""),
    ],
)
def test_what_has_no_meaning_is_refused(shell, words):
    done = shell.run("connect", "--client", "acme", *words)

    assert done.returncode == 2
    assert words[0] in done.stderr
    assert json.dumps(secrets_kept(shell)) == "{}"
