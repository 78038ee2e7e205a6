"""The command line on a Supabase project: real processes on the real stack."""

import json
import re
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from .shell import browser

PASSWORD = "pretend-password"
EMAIL = "owner@example.com"


@pytest.fixture
def project(shell, stack):
    """A shell whose connections are in the project; nobody is signed in."""
    stack.add_user(EMAIL)
    shell.env |= {
        "NEXT_PUBLIC_SUPABASE_URL": stack.url,
        "NEXT_PUBLIC_SUPABASE_ANON_KEY": stack.publishable_key,
    }
    return shell


@pytest.fixture
def signed_in(project):
    done = log_in(project)
    assert done.returncode == 0, done.stderr
    return project


def log_in(shell, email=EMAIL, password=PASSWORD):
    return shell.run("login", "--email", email, "--password-stdin", stdin=password)


def add_client(shell, name):
    done = shell.run("clients", "add", name)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class TestSigningIn:
    def test_a_password_on_stdin(self, project):
        done = log_in(project)

        assert (done.returncode, done.stdout) == (0, "")
        assert f"Signed in as {EMAIL}." in done.stderr
        who = project.run("whoami", "--json")
        assert json.loads(who.stdout)["email"] == EMAIL

    def test_a_password_typed_unseen(self, project):
        with project.at_terminal("login") as terminal:
            terminal.until("E-mail address:")
            terminal.type(f"{EMAIL}\r")
            terminal.until(f"Password of {EMAIL}:")
            terminal.type(f"{PASSWORD}\r")
            assert terminal.end() == 0, terminal.shown

        assert PASSWORD not in terminal.shown

    def test_a_wrong_password_is_exit_4_and_keeps_nothing(self, project):
        done = log_in(project, password="guess")

        assert done.returncode == 4
        assert "guess" not in done.stderr
        assert project.run("whoami").returncode == 4

    @pytest.mark.parametrize("how", ["--password-stdin", "--otp"])
    def test_nothing_on_stdin_is_a_usage_error(self, project, how):
        done = project.run("login", "--email", EMAIL, how, stdin="")

        assert done.returncode == 2
        assert "was given" in done.stderr

    def test_a_code_that_is_e_mailed(self, project, stack):
        code = stack.auth.one_time_code
        done = project.run("login", "--email", EMAIL, "--otp", stdin=f"{code}\n")

        assert done.returncode == 0, done.stderr
        assert project.run("whoami").stdout.startswith(EMAIL)

    def test_a_browser_provider_by_pkce(self, project, stack):
        stack.auth.provider_email = EMAIL
        follow = browser("follow")
        done = project.run("login", "--provider", "google", BROWSER=follow)

        assert done.returncode == 0, done.stderr
        assert re.search(r"http://127\.0\.0\.1:\d+/", done.stderr)
        assert "state" not in done.stderr
        assert project.run("whoami").stdout.startswith(EMAIL)

    def test_a_provider_that_nobody_answers_times_out(self, project):
        done = project.run(
            "login", "--provider", "google", "--no-browser", "--timeout", "1"
        )

        assert done.returncode == 4
        assert "within 1 seconds" in done.stderr

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--otp", "--provider", "google"], "one of"),
            (["--provider", "google", "--email", EMAIL], "browser knows"),
            (["--email", EMAIL], "--password-stdin"),
            ([], "--email"),
        ],
    )
    def test_options_that_do_not_go_together(self, project, options, words):
        done = project.run("login", *options)

        assert done.returncode == 2
        assert words in done.stderr

    @pytest.mark.parametrize(
        "command",
        [
            ["insights", "--client", "x", "--format", "csv"],
            ["insights", "--format", "csv"],
            ["connect", "--client", "x"],
            ["clients", "list", "--format", "table"],
            ["clients", "add", "x"],
            ["accounts", "list"],
            ["disconnect", "--client", "x"],
            ["disconnect", "--client", "x", "--local-only"],
            ["token"],
            ["exec", "--", "true"],
            ["whoami"],
            ["logout"],
        ],
    )
    def test_without_a_session_everything_says_how_to_sign_in(
        self, project, stack, meta, command
    ):
        done = project.run(*command)

        assert done.returncode == 4, done.stderr
        assert "metaconnect login" in done.stderr
        # Nothing goes on as anon, and no browser opens.
        assert stack.requests == []
        assert meta.sandbox.requests == []

    def test_logout_is_of_this_machine(self, signed_in, stack, tmp_path):
        other = {"METACONNECT_HOME": str(tmp_path / "other")}
        signed_in.run(
            "login", "--email", EMAIL, "--password-stdin", stdin=PASSWORD, **other
        )

        assert signed_in.run("logout").returncode == 0
        assert signed_in.run("whoami").returncode == 4
        assert signed_in.run("whoami", **other).returncode == 0

    def test_logout_everywhere(self, signed_in, tmp_path):
        other = {"METACONNECT_HOME": str(tmp_path / "other")}
        signed_in.run(
            "login", "--email", EMAIL, "--password-stdin", stdin=PASSWORD, **other
        )

        assert signed_in.run("logout", "--everywhere").returncode == 0
        assert signed_in.run("whoami", **other).returncode == 4


class TestClients:
    def test_add_prints_the_id_and_list_has_it(self, signed_in):
        client = add_client(signed_in, "Müller & Söhne")

        assert re.fullmatch(r"[0-9a-f-]{36}", client)
        listed = json.loads(signed_in.run("clients", "list").stdout)
        assert listed == [
            {
                "id": client,
                "name": "Müller & Söhne",
                "connected": False,
                "ad_account_id": None,
            }
        ]
        table = signed_in.run("clients", "list", "--format", "table")
        assert "Müller & Söhne" in table.stdout

    def test_remove_asks_unless_told_yes(self, signed_in):
        client = add_client(signed_in, "Acme")

        assert signed_in.run("clients", "remove", "Acme").returncode == 2
        removed = signed_in.run("clients", "remove", client, "--yes")
        assert removed.returncode == 0, removed.stderr
        assert json.loads(signed_in.run("clients", "list").stdout) == []

    @pytest.mark.parametrize(("key", "code"), [("\x04", 2), ("\x03", 130), ("\r", 2)])
    def test_no_answer_removes_nothing(self, signed_in, key, code):
        add_client(signed_in, "Acme")
        with signed_in.at_terminal("clients", "remove", "Acme") as terminal:
            terminal.until(r"\[y/N\]")
            terminal.type(key)
            assert terminal.end() == code, terminal.shown

        (client,) = json.loads(signed_in.run("clients", "list").stdout)
        assert client["name"] == "Acme"
        assert client["connected"] is False

    def test_how_to_revoke_the_token_is_said_before_the_question(self, signed_in):
        client = add_client(signed_in, "Acme")
        done = signed_in.run("connect", "--client", client, "--account", "first")
        assert done.returncode == 0, done.stderr

        with signed_in.at_terminal("clients", "remove", "Acme") as terminal:
            terminal.until(r"\[y/N\]")
            said = terminal.shown
            terminal.type("n\r")
            terminal.end()

        assert f"metaconnect disconnect --client {client}" in said

    def test_a_client_that_is_not_there_is_refused_before_a_question(self, signed_in):
        with signed_in.at_terminal("clients", "remove", "Acne") as terminal:
            assert terminal.end() == 2

        assert "There is no client 'Acne'" in terminal.shown
        assert "[y/N]" not in terminal.shown

    def test_a_name_forges_no_line_of_ours(self, signed_in):
        name = "Eve\nNext:  evil\x9b2J"
        add_client(signed_in, name)
        add_client(signed_in, f"{name} again")
        with signed_in.at_terminal("connect", TERM="dumb") as terminal:
            terminal.until("Which client")
            terminal.type("\x04")
            terminal.end()
        with signed_in.at_terminal("clients", "remove", name, TERM="dumb") as asked:
            asked.until("y/N")
            asked.type("y\r")
            assert asked.end() == 0, asked.shown
        said = [terminal.shown, asked.shown]
        said += [signed_in.run("clients", "list", "--format=table").stdout]
        said += [signed_in.run("insights").stderr, signed_in.run("connect").stderr]

        assert all("Eve" in text for text in said[:3])
        for text in said:
            assert not re.search(r"^Next:  evil", text, re.MULTILINE)
            assert "\x9b" not in text

    def test_a_stranger_sees_and_removes_nothing(self, signed_in, stack):
        client = add_client(signed_in, "Acme")
        stack.add_user("stranger@example.com")
        signed_in.run("logout")
        log_in(signed_in, "stranger@example.com")

        assert json.loads(signed_in.run("clients", "list").stdout) == []
        done = signed_in.run("clients", "remove", client, "--yes")
        assert done.returncode == 2
        connect = signed_in.run("connect", "--client", client)
        assert connect.returncode == 2
        assert "clients list" in connect.stderr

    def test_the_local_store_says_where_clients_come_from(self, shell):
        done = shell.run("clients", "add", "Acme")

        assert done.returncode == 2
        assert "metaconnect connect" in done.stderr
        assert json.loads(shell.run("clients", "list").stdout) == []


class TestTheWholeJourney:
    def test_from_login_to_logout(self, project, stack, meta):
        assert log_in(project).returncode == 0
        client = add_client(project, "Acme")

        connected = project.run("connect", "--account", "first")
        assert connected.returncode == 0, connected.stderr
        ((row),) = stack.sql(
            "select client_id::text, access_token, user_facebook_id, ad_account_id, "
            "token_expires_at from meta_tokens"
        )
        assert row[0] == client
        assert row[1] in meta.sandbox.tokens
        assert row[3] == "act_101000000000000"
        days = (row[4] - datetime.now(UTC)) / timedelta(days=1)
        assert 59 < days < 61

        stack.requests.clear()
        rows = json.loads(project.run("insights", "--client", client).stdout)
        assert len(rows) == 7
        # One request to PostgREST, and none to Auth.
        (request,) = stack.requests
        assert (request.method, request.path) == ("GET", "/rest/v1/meta_tokens")

        stack.requests.clear()
        assert json.loads(project.run("insights").stdout) == rows
        assert len(stack.requests) == 1

        again = project.run("connect")
        assert "connected already" in again.stderr
        forced = project.run("connect", "--force", "--account", "Nordwind Versand")
        assert forced.returncode == 0, forced.stderr
        assert stack.sql("select count(*) from meta_tokens") == [(1,)]

        assert project.run("logout").returncode == 0
        assert project.run("insights", "--format", "csv").returncode == 4

    def test_an_expired_session_is_refreshed_unseen(self, signed_in, stack):
        client = add_client(signed_in, "Acme")
        signed_in.run("connect", "--account", "first")
        stack.auth.access_ttl = 1
        log_in(signed_in)
        stack.auth.access_ttl = 3600
        stack.requests.clear()

        done = signed_in.run("insights", "--client", client)
        assert done.returncode == 0, done.stderr
        assert [request.path for request in stack.requests] == [
            "/auth/v1/token",
            "/rest/v1/meta_tokens",
        ]

    def test_a_session_that_was_ended_elsewhere_wants_a_new_login(
        self, signed_in, stack
    ):
        ((user,),) = stack.sql("select id::text from auth.users")
        stack.auth.access_ttl = 1
        log_in(signed_in)
        stack.end_sessions(user)

        done = signed_in.run("insights", "--client", "x", "--format", "csv")
        assert done.returncode == 4
        assert "metaconnect login" in done.stderr

    def test_with_two_clients_the_command_must_say_which(self, signed_in):
        ids = [add_client(signed_in, name) for name in ("Acme", "Beta")]

        done = signed_in.run("connect")
        assert done.returncode == 2
        assert all(client in done.stderr for client in ids)
        assert "Beta" in done.stderr

    def test_the_service_role_needs_no_session(self, project, stack):
        ((user,),) = stack.sql("select id::text from auth.users")
        client = stack.add_client("Acme", user)
        project.env["SUPABASE_SECRET_KEY"] = stack.secret_key

        assert project.run("connect", "--client", client).returncode == 4
        done = project.run(
            "connect", "--client", client, "--account", "first", "--service-role"
        )
        assert done.returncode == 0, done.stderr
        env = {"METACONNECT_SERVICE_ROLE": "1"}
        assert json.loads(project.run("insights", **env).stdout)
        assert "service_role" in project.run("whoami", "--json", **env).stdout

    def test_a_dashboard_with_five_columns_and_text_ids(self, shell, make_stack):
        stack = make_stack(id_type="text", minimal=True)
        owner = stack.add_user(EMAIL)
        client = stack.add_client("Acme", owner)
        shell.env |= {
            "SUPABASE_URL": stack.url,
            "SUPABASE_KEY": stack.publishable_key,
        }
        log_in(shell)

        done = shell.run("connect", "--client", client, "--account", "first")
        assert done.returncode == 0, done.stderr
        chosen = shell.run("accounts", "use", "Nordwind Versand", "--client", client)
        assert chosen.returncode == 0, chosen.stderr
        assert json.loads(shell.run("insights", "--client", client).stdout)


class TestHandingOverAndDisconnecting:
    def test_one_of_two_clients_with_the_same_login(self, signed_in, stack, meta):
        acme, beta = (add_client(signed_in, name) for name in ("Acme", "Beta"))
        for client_id in (acme, beta):
            done = signed_in.run("connect", "--client", client_id, "--account", "first")
            assert done.returncode == 0, done.stderr
        token = signed_in.run("token", "--client", acme).stdout.strip()
        handed = signed_in.run(
            *("exec", "--client", acme, "--", "sh", "-c", 'echo "$ACCESS_TOKEN"')
        )
        assert token in meta.sandbox.tokens
        assert handed.stdout.strip() == token

        refused = signed_in.run("disconnect", "--client", acme)
        assert refused.returncode == 2
        assert f"ends for other clients too: '{beta}'." in refused.stderr
        done = signed_in.run("disconnect", "--client", acme, "--yes")

        assert done.returncode == 0, done.stderr
        assert f"Client '{beta}' has lost its login too." in done.stderr
        assert meta.sandbox.tokens[token].dead == "458"
        listed = json.loads(signed_in.run("clients", "list", "--json").stdout)
        assert {c["id"]: c["connected"] for c in listed} == {acme: False, beta: True}
        assert signed_in.run("disconnect", "--client", acme).returncode == 4


class TestNothingIsLost:
    def test_a_login_survives_a_project_that_goes_down(self, signed_in, stack, meta):
        client = add_client(signed_in, "Acme")
        stack.ddl(
            "create function refuse() returns trigger language plpgsql as "
            "$$ begin raise exception using errcode = '57014', "
            "message = 'canceling statement due to statement timeout'; end $$"
        )
        stack.ddl(
            # Not what `check` tries: the project goes down only afterwards.
            "create trigger refuse before insert on meta_tokens for each row "
            "when (new.access_token not like 'EAAxxx%') execute function refuse()"
        )
        try:
            failed = signed_in.run("connect", "--client", client)
            assert failed.returncode == 7, failed.stderr
            assert f"connect --resume --client {client}" in failed.stderr
        finally:
            stack.ddl("drop trigger refuse on meta_tokens")
            stack.ddl("drop function refuse")
        dialogs = [r["path"] for r in meta.sandbox.requests].count(
            "/v26.0/dialog/oauth"
        )
        resumed = signed_in.run("connect", "--client", client, "--resume")
        assert resumed.returncode == 0, resumed.stderr
        assert dialogs == 1
        assert stack.sql("select count(*) from meta_tokens") == [(1,)]

    def test_a_project_that_is_down_is_told_before_the_browser(self, project, meta):
        log_in(project)
        project.env["NEXT_PUBLIC_SUPABASE_URL"] = "http://127.0.0.1:1"

        done = project.run("connect", "--client", "x")
        assert done.returncode in (4, 7)
        assert meta.sandbox.requests == []


class TestInit:
    def test_print_sql_is_what_the_migrations_say(self, shell):
        done = shell.run("init", "--print-sql")

        assert done.returncode == 0
        for table in ("clients", "client_members", "meta_tokens", "meta_connections"):
            assert table in done.stdout

    def test_apply_creates_the_tables_and_can_be_repeated(self, shell, database):
        dsn = database.replace("supabase_admin", "postgres")
        for _ in range(2):
            done = shell.run("init", "--apply", "-", stdin=f"{dsn}\n")
            assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        "options", [["--print-sql", "--apply", "x"], ["--print-sql", "--app-id", "1"]]
    )
    def test_it_does_one_thing_at_a_time(self, shell, options):
        assert shell.run("init", *options).returncode == 2

    @pytest.mark.parametrize(
        ("dsn", "exit_code"),
        [
            ("postgresql://postgres:hunter22@127.0.0.1:1/x", 7),
            ("postgresql://postgres:hunter 22@127.0.0.1:1/x", 3),
            ("postgresql://postgres:hunter22@127.0.0.1:1/x?pgbouncer=true", 3),
            ("", 2),
        ],
    )
    def test_a_dsn_of_no_use_quotes_no_password(self, shell, dsn, exit_code):
        done = shell.run("init", "--apply", dsn, "--debug")

        assert done.returncode == exit_code
        assert "hunter" not in done.stdout + done.stderr

    def test_apply_says_what_the_database_warns_of(self, shell, database):
        dsn = database.replace("supabase_admin", "postgres")
        shell.run("init", "--apply", "-", stdin=f"{dsn}\n")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("alter table clients disable row level security")

        done = shell.run("init", "--apply", "-", stdin=f"{dsn}\n")
        assert "Row-Level Security is off on public.clients" in done.stderr
        assert "enable row level security;" in done.stderr


def test_no_secret_of_supabase_shows(signed_in, stack, meta):
    client = add_client(signed_in, "Acme")
    kept = json.loads((signed_in.folder.parent / "data/secrets.json").read_text())
    session = json.loads(kept[f"supabase session {stack.url}"])
    outputs = [
        signed_in.run("whoami", "--debug"),
        signed_in.run("connect", "--client", client, "--debug", "--json"),
        signed_in.run("insights", "--client", client, "--debug"),
        signed_in.run("clients", "list", "--debug"),
        signed_in.run("logout", "--debug"),
    ]

    secrets = [session["access_token"], session["refresh_token"], PASSWORD]
    secrets += list(meta.sandbox.tokens)
    for done in outputs:
        for secret in secrets:
            assert secret not in done.stdout + done.stderr, done.args
    with httpx.Client() as http:
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        headers = {"apikey": stack.publishable_key, **bearer}
        assert http.get(f"{stack.url}/auth/v1/user", headers=headers).is_error
