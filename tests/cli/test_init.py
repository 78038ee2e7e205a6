"""`metaconnect init`: the conversation, and the same from a script."""

import json
import stat
from pathlib import Path

import pytest

ANSWERS = ("META_APP_ID", "META_APP_SECRET")


@pytest.fixture
def bare(shell):
    """A shell that knows the pretend Meta's address, and not its app."""
    for name in ANSWERS:
        del shell.env[name]
    return shell


def data(shell):
    return Path(shell.env["METACONNECT_HOME"])


def config(shell):
    return json.loads((data(shell) / "config.json").read_text())


def verdict_of(shell, name):
    found = json.loads(shell.run("doctor", "--json").stdout)
    return {finding["name"]: finding for finding in found}[name]


class TestConversation:
    def test_each_answer_is_tried_and_what_is_right_is_stored(self, bare, meta):
        with bare.at_terminal("init") as terminal:
            terminal.until("Meta app id:")
            terminal.type("my app\r")
            terminal.until("Meta app secret:")
            terminal.type("wrong-secret-1\r")
            terminal.until("must be the app's number")
            terminal.until("Meta app id .my app.:")
            terminal.type(f"{meta.app_id}\r")
            terminal.until("Enter keeps it")
            terminal.type("wrong-secret-2\r")
            terminal.until("Check META_APP_SECRET")
            terminal.until(f"Meta app id .{meta.app_id}.:")
            terminal.type("\r")
            terminal.until(r"Enter keeps it(?s:.*)Enter keeps it")
            terminal.type(f"{meta.app_secret}\r")
            terminal.until("Keep connections on this machine or in Supabase")
            terminal.type("\r")
            terminal.until("In the App Dashboard")
            terminal.until("Meta accepts the id")
            assert terminal.end() == 0, terminal.shown

        for secret in (meta.app_secret, "wrong-secret"):
            assert secret not in terminal.shown
        assert f"apps/{meta.app_id}" in terminal.shown
        assert bare.env["META_REDIRECT_URI"] in terminal.shown

    def test_what_is_stored_is_what_later_commands_use(self, bare, meta):
        done = bare.run(
            "init", "--app-id", meta.app_id, "--secrets-stdin", stdin=meta.app_secret
        )

        assert done.returncode == 0, done.stderr
        assert "Meta accepts the id" in done.stdout
        app = verdict_of(bare, "Meta app")
        assert app["verdict"] == "ok"
        assert "secret store" in verdict_of(bare, "META_APP_SECRET")["found"]
        done = bare.run("connect", "--client", "acme", "--account", "first")
        assert done.returncode == 0, done.stderr

    def test_the_secret_is_only_in_the_secret_store(self, bare, meta):
        bare.run(
            "init", "--app-id", meta.app_id, "--secrets-stdin", stdin=meta.app_secret
        )

        kept = config(bare)
        assert kept["META_APP_ID"] == meta.app_id
        assert kept["stored_secrets"] == ["META_APP_SECRET"]
        assert meta.app_secret not in json.dumps(kept)
        secrets = data(bare) / "secrets.json"
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o600

    def test_again_enter_keeps_what_is_stored(self, bare, meta):
        options = ("--app-id", meta.app_id, "--secrets-stdin")
        assert bare.run("init", *options, stdin=meta.app_secret).returncode == 0

        with bare.at_terminal("init") as terminal:
            terminal.until(f"Meta app id .{meta.app_id}.:")
            terminal.type("\r")
            terminal.until("Enter keeps it")
            terminal.type("\r")
            terminal.until("Keep connections")
            terminal.type("local\r")
            assert terminal.end() == 0, terminal.shown

        assert verdict_of(bare, "Meta app")["verdict"] == "ok"

    def test_what_a_dashboards_file_has_is_not_asked(self, bare, meta):
        (bare.folder / "package.json").write_text('{"dependencies": {"next": "16"}}')
        (bare.folder / ".env.local").write_text(
            f"NEXT_PUBLIC_META_APP_ID={meta.app_id}\nMETA_APP_SECRET={meta.app_secret}\n"
            "NEXT_PUBLIC_BASE_URL=https://dashboard.example\n"
        )

        del bare.env["META_REDIRECT_URI"]

        done = bare.run("init", "--no-input")

        assert done.returncode == 0, done.stderr
        assert "NEXT_PUBLIC_META_APP_ID: taken from" in done.stderr
        assert "https://dashboard.example/api/auth/meta/callback" in done.stderr
        assert "META_APP_ID" not in config(bare)


class TestNobodyToAsk:
    @pytest.mark.parametrize(
        ("options", "named"),
        [([], "--app-id"), (["--app-id", "1"], "--secrets-stdin")],
    )
    def test_the_option_that_is_missing_is_named(self, bare, options, named):
        done = bare.run("init", "--no-input", *options)

        assert done.returncode == 2
        assert named in done.stderr

    def test_a_wrong_secret_is_exit_3_and_nothing_is_kept(self, bare, meta):
        done = bare.run(
            "init", "--app-id", meta.app_id, "--secrets-stdin", stdin="oops1"
        )

        assert done.returncode == 3
        assert "META_APP_SECRET" in done.stderr
        assert not data(bare).exists()

    def test_without_a_network_it_is_kept_untried(self, bare):
        done = bare.run(
            *("init", "--app-id", "123", "--secrets-stdin"),
            stdin="a-secret-of-an-app",
            META_GRAPH_URL="http://127.0.0.1:9",
        )

        assert done.returncode == 0
        assert "Not tried" in done.stderr
        assert config(bare)["META_APP_ID"] == "123"

    def test_nothing_on_stdin(self, bare):
        done = bare.run("init", "--app-id", "123", "--secrets-stdin")

        assert done.returncode == 2
        assert "No Meta app secret was given" in done.stderr

    def test_an_option_that_a_file_would_overrule(self, shell):
        done = shell.run("init", "--app-id", "7")

        assert done.returncode == 2
        assert "comes first" in done.stderr


class TestSupabase:
    def test_url_and_key_are_tried_and_stored(self, bare, meta, stack):
        done = bare.run(
            *("init", "--store", "supabase", "--app-id", meta.app_id),
            *("--supabase-url", stack.url, "--secrets-stdin"),
            stdin=f"{meta.app_secret}\n{stack.publishable_key}\n",
        )

        assert done.returncode == 0, done.stderr
        assert done.stderr.endswith("Next:  metaconnect --store supabase login\n")
        assert verdict_of(bare, "Supabase project")["verdict"] == "ok"
        assert verdict_of(bare, "Supabase session")["exit_code"] == 4

    def test_a_wrong_key_is_exit_3(self, bare, meta, stack):
        done = bare.run(
            *("init", "--store", "supabase", "--app-id", meta.app_id),
            *("--supabase-url", stack.url, "--secrets-stdin"),
            stdin=f"{meta.app_secret}\nsb_publishable_wrong\n",
        )

        assert done.returncode == 3
        assert not (data(bare) / "config.json").exists()

    def test_a_key_for_a_project_that_a_found_file_names(self, bare, meta):
        (bare.folder / ".env").write_text("SUPABASE_URL=https://ref.supabase.co\n")
        done = bare.run(
            *("init", "--store", "supabase", "--app-id", meta.app_id),
            "--secrets-stdin",
            stdin=f"{meta.app_secret}\nsb_publishable_x\n",
        )

        assert done.returncode == 3
        assert "same file" in done.stderr
