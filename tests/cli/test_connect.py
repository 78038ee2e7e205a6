"""`metaconnect connect` as a process, from the browser to the stored token."""

import json
import shlex
import signal
import socket
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from . import browser as person
from .shell import browser


def stored(shell, client="acme"):
    folder = Path(shell.env["METACONNECT_HOME"])
    return LocalStore(folder, open_secret_store(folder, "file")).get(client)


def secrets_kept(shell):
    path = Path(shell.env["METACONNECT_HOME"], "secrets.json")
    return json.loads(path.read_text()) if path.exists() else {}


def paths_asked(meta):
    return [request["path"] for request in meta.sandbox.requests]


def plan(meta, path, error, times=1):
    answer = httpx.post(
        f"{meta.url}/_sandbox/next", json={"path": path, "error": error, "times": times}
    )
    assert answer.is_success, answer.text


class TestTheWholeWay:
    def test_a_long_lived_token_is_stored_and_stdout_stays_empty(self, shell):
        done = shell.run("connect", "--client", "acme", "--account", "first")

        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        assert "Connected client 'acme' as Jane Doe." in done.stderr
        connection = stored(shell)
        assert connection.user_facebook_id == "122100000000000001"
        assert connection.ad_account_id.startswith("act_")
        days = (connection.token.expires_at - datetime.now(UTC)) / timedelta(days=1)
        assert 59 < days < 61
        assert list(secrets_kept(shell).values()) == [connection.token.value]

    def test_json_is_the_connection_without_its_token(self, shell):
        done = shell.run("connect", "--client", "acme", "--account", "first", "--json")

        facts = json.loads(done.stdout)
        assert facts["client_id"] == "acme"
        assert facts["ad_account_id"] == stored(shell).ad_account_id
        assert stored(shell).token.value not in done.stdout + done.stderr

    def test_a_token_that_works_is_kept_and_no_browser_opens(self, connected, meta):
        before = stored(connected)
        dialogs = paths_asked(meta).count("/v26.0/dialog/oauth")

        again = connected.run("connect", "--client", "acme")
        assert again.returncode == 0
        assert "connected already" in again.stderr
        assert stored(connected) == before
        assert paths_asked(meta).count("/v26.0/dialog/oauth") == dialogs

    def test_force_logs_in_anew(self, connected):
        before = stored(connected)

        again = connected.run("connect", "--client", "acme", "--force")
        assert again.returncode == 0, again.stderr
        assert stored(connected).token.value != before.token.value

    def test_a_token_that_meta_rejects_leads_to_a_new_login(self, connected, meta):
        before = stored(connected)
        plan(meta, "/me", "190/460")

        again = connected.run("connect", "--client", "acme", "--account", "first")
        assert again.returncode == 0, again.stderr
        assert stored(connected).token.value != before.token.value

    def test_the_code_goes_into_a_form_and_is_sent_once(self, shell, meta):
        plan(meta, "/oauth/access_token", "2")

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 7, done.stderr
        (exchange,) = [
            request
            for request in meta.sandbox.requests
            if request["path"].endswith("/oauth/access_token")
        ]
        assert exchange["method"] == "POST"
        assert exchange["query"] == []

    @pytest.mark.parametrize(
        ("switches", "expires"),
        [
            ({"expires_in": "missing"}, "debug_token"),
            ({"expires_in": "0"}, "debug_token"),
            ({"expires_in": "missing", "never_expires": True}, None),
        ],
    )
    def test_the_expiry_is_found_out_where_the_answer_lacks_it(
        self, shell, meta, switches, expires
    ):
        for name, value in switches.items():
            meta.sandbox.switches.turn(name, value)

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 0, done.stderr
        assert (stored(shell).token.expires_at is None) == (expires is None)
        assert "/v26.0/debug_token" in paths_asked(meta)


class TestTheAdAccount:
    def test_several_without_a_terminal_are_saved_without_a_choice(self, shell):
        done = shell.run("connect", "--client", "acme")

        assert done.returncode == 0
        assert stored(shell).ad_account_id is None
        assert "metaconnect accounts use --client acme" in done.stderr
        insights = shell.run("insights")
        assert insights.returncode == 2
        assert "no ad account chosen" in insights.stderr
        assert shell.run("accounts", "use", "first").returncode == 0
        assert json.loads(shell.run("insights").stdout)

    def test_the_only_one_picks_itself(self, shell, meta):
        meta.sandbox.switches.turn("ad_accounts", 1)

        assert shell.run("connect", "--client", "acme").returncode == 0
        assert stored(shell).ad_account_id == "act_101000000000000"

    def test_none_at_all_is_said(self, shell, meta):
        meta.sandbox.switches.turn("ad_accounts", 0)

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 0
        assert "reaches no ad account" in done.stderr

    @pytest.mark.parametrize(
        ("name", "ad_account"),
        [
            ("act_101000000000000", "Alpenglow Outdoor"),
            ("101000000000000", "Alpenglow Outdoor"),
            ("Alpenglow Outdoor", "Alpenglow Outdoor"),
            ("MÜLLER & söhne gmbh", "Müller & Söhne GmbH"),
            ("東京カメラ専門店", "東京カメラ専門店"),
        ],
    )
    def test_it_is_named_by_id_or_name(self, shell, name, ad_account):
        done = shell.run("connect", "--client", "a", "--account", name)

        assert done.returncode == 0, done.stderr
        assert f"Ad account: {ad_account} (" in done.stderr

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("act_5", "no ad account 'act_5'"),
            ("Nordwind", "a part of: Nordwind Versand (act_"),
            ("ACCOUNT", "a part of: "),
        ],
    )
    def test_a_name_for_none_or_for_many_costs_no_second_login(
        self, shell, meta, name, words
    ):
        done = shell.run("connect", "--client", "acme", "--account", name)

        assert done.returncode == 2
        assert words in done.stderr
        assert "connect --resume --client acme" in done.stderr
        dialogs = paths_asked(meta).count("/v26.0/dialog/oauth")
        again = shell.run(
            "connect", "--client", "acme", "--resume", "--account", "first"
        )
        assert again.returncode == 0, again.stderr
        assert paths_asked(meta).count("/v26.0/dialog/oauth") == dialogs


class TestNo:
    def test_a_denial_is_an_answer_and_stores_nothing(self, shell):
        done = shell.run("connect", "--client", "acme", BROWSER=browser("cancel"))

        assert done.returncode == 4
        assert "Permissions error" in done.stderr
        assert "you cancelled" not in done.stderr.lower()
        assert secrets_kept(shell) == {}

    def test_an_answer_with_neither_code_nor_error_is_no_crash(self, shell, meta):
        plan(meta, "/dialog/oauth", "dialog-silent")

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 4
        assert "Traceback" not in done.stderr

    def test_ads_read_left_out_is_told_and_can_be_asked_again(self, shell):
        done = shell.run(
            "connect",
            "--client",
            "acme",
            BROWSER=browser("untick=ads_read+ads_management"),
        )

        assert done.returncode == 4
        assert "ads_read and ads_management" in done.stderr
        assert "metaconnect connect --rerequest --client acme" in done.stderr
        assert secrets_kept(shell) == {}
        again = shell.run("connect", "--client", "acme", "--rerequest")
        assert again.returncode == 0, again.stderr

    @pytest.mark.parametrize("permission", ["ads_management", "ads_read"])
    def test_another_permission_left_out_is_mentioned(self, shell, permission):
        done = shell.run(
            "connect", "--client", "acme", BROWSER=browser(f"untick={permission}")
        )

        assert done.returncode == 0, done.stderr
        assert f"Declined at the login: {permission}." in done.stderr

    def test_a_login_that_asks_for_ads_management_alone_connects(self, shell):
        shell.env["META_SCOPES"] = "ads_management"

        done = shell.run("connect", "--client", "acme", "--account", "first")
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        ("error", "code", "words"),
        [
            ("36009", 4, "connect"),
            ("36007", 4, "connect"),
            ("36008", 4, "META_REDIRECT_URI"),
            ("1/secret", 3, "META_APP_SECRET"),
            ("101", 3, "META_APP_ID"),
            ("html-gateway", 7, ""),
            ("body-null", 7, ""),
            ("drop", 7, "cannot be reached"),
        ],
    )
    def test_a_failed_exchange_says_what_to_do(self, shell, meta, error, code, words):
        plan(meta, "/oauth/access_token", error)

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == code, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
        assert secrets_kept(shell) == {}

    def test_every_missing_setting_is_named_before_anything_else(self, shell):
        del shell.env["META_APP_ID"], shell.env["META_APP_SECRET"]

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 3
        assert "META_APP_ID, META_APP_SECRET" in done.stderr

    def test_with_supabase_its_settings_are_among_them(self, shell):
        del shell.env["META_APP_SECRET"]

        done = shell.run("connect", "--client", "acme", "--store", "supabase")
        assert done.returncode == 3
        assert "META_APP_SECRET, SUPABASE_URL, SUPABASE_KEY" in done.stderr

    def test_without_a_client_and_without_anybody_to_ask(self, shell):
        done = shell.run("connect")

        assert done.returncode == 2
        assert "--client" in done.stderr

    @pytest.mark.parametrize(
        "uri",
        [
            "https://dash.example/cb",
            "http://127.0.0.1:8765/callback",
            "http://[::1",
            "http://localhost:99999/callback",
            "callback",
        ],
    )
    def test_a_redirect_uri_that_cannot_work_is_refused(self, shell, uri):
        done = shell.run("connect", "--client", "acme", META_REDIRECT_URI=uri)

        assert done.returncode == 3, done.stderr
        assert "META_REDIRECT_URI" in done.stderr

    def test_a_hint_about_a_client_can_be_pasted_into_a_shell(self, shell):
        done = shell.run("connect", "--client", "Bäckerei Müller; ls", "--resume")

        hint = done.stderr.splitlines()[-1].partition("metaconnect ")[2]
        assert shlex.split(hint) == ["connect", "--client", "Bäckerei Müller; ls"]

    def test_a_folder_that_cannot_be_used_is_named(self, shell, meta):
        home = Path(shell.env["METACONNECT_HOME"])
        home.write_text("a file where the folder should be")

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 3
        assert "METACONNECT_HOME" in done.stderr
        assert meta.sandbox.requests == []

    def test_a_taken_port_is_named(self, shell, port):
        with socket.create_server(("127.0.0.1", port)):
            done = shell.run("connect", "--client", "acme")

        assert done.returncode == 3
        assert f"Port {port}" in done.stderr
        assert "META_REDIRECT_URI" in done.stderr

    def test_silence_times_out_with_the_usual_reasons(self, shell):
        done = shell.run(
            "connect", "--client", "acme", "--no-browser", "--timeout", "1"
        )

        assert done.returncode == 4
        assert "within 1 seconds" in done.stderr
        assert "URL Blocked" in done.stderr

    def test_a_keyring_that_is_not_there_stops_before_the_browser(self, shell, meta):
        del shell.env["METACONNECT_SECRETS"]
        shell.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

        done = shell.run("connect", "--client", "acme")
        assert done.returncode == 3
        assert "METACONNECT_SECRETS=file" in done.stderr
        assert paths_asked(meta) == []
        assert secrets_kept(shell) == {}


class TestNothingIsLost:
    @pytest.fixture
    def broken(self, connected):
        """A store that lets the check through and fails at the save."""
        path = Path(connected.env["METACONNECT_HOME"], "connections.db")
        db = sqlite3.connect(path)
        db.execute(
            "create trigger down before update on meta_tokens "
            "begin select raise(abort, 'disk full'); end"
        )
        db.commit()
        yield connected, db
        db.close()

    def test_a_login_survives_a_store_that_is_down(self, broken, meta):
        shell, db = broken
        before = stored(shell)

        failed = shell.run("connect", "--client", "acme", "--force")
        assert failed.returncode == 7
        assert "metaconnect connect --resume --client acme" in failed.stderr
        assert stored(shell) == before
        db.execute("drop trigger down")
        db.commit()
        dialogs = paths_asked(meta).count("/v26.0/dialog/oauth")
        resumed = shell.run(
            "connect", "--client", "acme", "--resume", "--account", "first"
        )
        assert resumed.returncode == 0, resumed.stderr
        assert stored(shell).token.value != before.token.value
        assert paths_asked(meta).count("/v26.0/dialog/oauth") == dialogs
        assert len(secrets_kept(shell)) == 1

    def test_a_login_survives_meta_going_away_after_the_exchange(self, shell, meta):
        plan(meta, "/me/adaccounts", "80000")

        failed = shell.run("connect", "--client", "acme")
        assert failed.returncode == 6
        assert "--resume" in failed.stderr
        assert shell.run("connect", "--client", "acme", "--resume").returncode == 0

    def test_there_is_nothing_to_resume_without_a_login(self, shell):
        done = shell.run("connect", "--client", "acme", "--resume")

        assert done.returncode == 4
        assert "metaconnect connect --client acme" in done.stderr

    def test_a_kill_while_waiting_leaves_nothing_and_the_port_free(self, shell):
        with shell.start("connect", "--client", "acme", "--no-browser") as running:
            running.until(r"http://localhost:\d+/")
            running.process.send_signal(signal.SIGKILL)
            running.process.wait(10)

        assert secrets_kept(shell) == {}
        assert shell.run("connect", "--client", "acme").returncode == 0

    def test_a_kill_after_the_exchange_leaves_a_login_to_resume(self, shell, meta):
        meta.sandbox.switches.turn("latency_ms", 400)
        with shell.start("connect", "--client", "acme") as running:
            running.until(r"http://localhost:\d+/")
            while not secrets_kept(shell):
                assert running.process.poll() is None
            running.process.send_signal(signal.SIGKILL)
            running.process.wait(10)

        meta.sandbox.switches.turn("latency_ms", 0)
        resumed = shell.run("connect", "--client", "acme", "--resume")
        assert resumed.returncode == 0, resumed.stderr


class TestWaiting:
    def wait(self, shell, *options):
        return shell.start("connect", "--client", "acme", "--no-browser", *options)

    def test_ctrl_c_ends_it_at_once(self, shell):
        with self.wait(shell) as running:
            running.until(r"http://localhost:\d+/")
            running.interrupt()
            code, out, err = running.end(timeout=5)

        assert (code, out) == (130, "")
        assert "Traceback" not in err

    def test_ctrl_c_ends_it_also_while_browsers_hold_connections(self, shell, port):
        with self.wait(shell) as running:
            running.until(r"http://localhost:\d+/")
            with (
                socket.create_connection(("127.0.0.1", port)),
                socket.create_connection(("::1", port)) as half,
            ):
                half.sendall(b"GET /callback?code=")
                running.interrupt()
                assert running.end(timeout=5)[0] == 130

    def test_noise_does_not_end_it(self, shell, port):
        base = f"http://localhost:{port}"
        with self.wait(shell, "--account", "first") as running:
            start = running.until(r"http://localhost:\d+/")[0]
            idle = socket.create_connection(("127.0.0.1", port))
            with httpx.Client() as http, idle:
                assert http.get(f"{base}/favicon.ico").status_code == 404
                assert http.head(f"{base}/callback").status_code == 405
                assert http.post(f"{base}/callback").status_code == 405
                wrong = http.get(f"{base}/callback?code=EVIL&state=guess")
                assert wrong.status_code == 400
                denied = http.get(f"{base}/callback?error=access_denied&state=guess")
                assert denied.status_code == 400
                long = http.get(f"{base}/callback?code={'x' * 60_000}")
                assert long.status_code in (400, 414)
                page = person.answer(start)
            code, _, err = running.end()

        assert code == 0, err
        assert "Authorization received" in page
        assert stored(shell).token.value.startswith("EAA")

    @pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
    def test_the_answer_may_come_to_either_family(self, shell, port, host):
        with self.wait(shell, "--account", "first") as running:
            running.until(r"http://localhost:\d+/")
            url = running.until(r"(http://localhost:\d+/v26\.0/dialog\S+)")[1]
            answer = person.redirection(url).partition("#")[0]
            with httpx.Client() as http:
                page = http.get(answer.replace("localhost", host, 1))
            code, _, err = running.end()

        assert page.status_code == 200
        assert code == 0, err

    def test_two_side_by_side_do_not_take_each_others_answer(self, shell):
        shell.env["META_REDIRECT_URI"] = "http://localhost:0/callback"
        one = shell.start("connect", "--client", "one", "--no-browser")
        two = shell.start("connect", "--client", "two", "--no-browser")
        with one, two:
            address = r"(http://localhost:\d+/v26\.0/dialog\S+)"
            urls = [each.until(address)[1] for each in (one, two)]
            answers = [person.redirection(url).partition("#")[0] for url in urls]
            ports = [urlsplit(answer).netloc for answer in answers]
            with httpx.Client() as http:
                crossed = answers[0].replace(ports[0], ports[1])
                assert http.get(crossed).status_code == 400
                for answer in answers:
                    assert http.get(answer).status_code == 200
            ends = [each.end() for each in (one, two)]

        assert [code for code, _, _ in ends] == [0, 0], ends
        assert stored(shell, "one").token.value != stored(shell, "two").token.value


class TestPaste:
    def test_the_dashboards_own_redirect_uri_works(self, shell):
        uri = "https://dash.example/api/auth/meta/callback"
        del shell.env["META_REDIRECT_URI"]
        shell.env["NEXT_PUBLIC_BASE_URL"] = "https://dash.example"
        with shell.start("connect", "--client", "acme", "--paste") as running:
            url = running.until(r"(http://localhost:\d+/v26\.0/dialog\S+)")[1]
            assert parse_qs(urlsplit(url).query)["redirect_uri"] == [uri]
            answer = person.redirection(url)
            assert answer.endswith("#_=_")
            running.type(f"  '{answer}'\n")
            code, _, err = running.end()

        assert code == 0, err
        assert stored(shell).token.value.startswith("EAA")

    @pytest.mark.parametrize(
        "line",
        ["", "\n", "hello\n", "https://dash.example/cb?code=AQx&state=guess\n"],
    )
    def test_one_line_that_is_no_answer_ends_it(self, shell, line):
        done = shell.run("connect", "--client", "acme", "--paste", stdin=line)

        assert done.returncode == 4
        assert secrets_kept(shell) == {}

    def test_on_a_terminal_it_races_with_the_listener(self, shell):
        with shell.at_terminal(
            "connect", "--client", "acme", "--no-browser", "--account", "first"
        ) as terminal:
            url = terminal.until(r"(http://localhost:\d+/v26\.0/dialog\S+)\r")[1]
            terminal.until("ends on here:")
            terminal.type("hello\r")
            terminal.until("whole address")
            terminal.type(person.redirection(url) + "\r")
            assert terminal.end() == 0, terminal.shown

        assert stored(shell).ad_account_id == "act_101000000000000"
