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
            terminal.until("That is a number(?s:.*)Meta app id:")
            terminal.type(f"{meta.app_id}\r")
            terminal.until("Meta app secret:")
            terminal.type("wrong-secret-2\r")
            terminal.until("Check META_APP_SECRET")
            terminal.until(f"Meta app id .{meta.app_id}.:")
            terminal.type("\r")
            terminal.until("Enter keeps it")
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


class TestEnvFile:
    def write(self, shell, meta, *options):
        return shell.run(
            *("init", "--write-env", ".env.local", "--app-id", meta.app_id),
            *("--secrets-stdin", *options),
            stdin=meta.app_secret,
        )

    def test_the_answers_are_in_the_file_and_nowhere_else(self, bare, meta):
        file = bare.folder / ".env.local"
        file.write_text("# of the dashboard\nOTHER='1'")
        file.chmod(0o644)

        done = self.write(bare, meta)

        assert done.returncode == 0, done.stderr
        assert file.read_text() == (
            "# of the dashboard\nOTHER='1'\n"
            f"META_APP_ID={meta.app_id}\nMETA_APP_SECRET={meta.app_secret}\n"
            "METACONNECT_STORE=local\n"
        )
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert not (data(bare) / "config.json").exists()
        assert meta.app_secret not in done.stdout + done.stderr
        assert "Meta accepts the id" in done.stdout
        assert str(file) in verdict_of(bare, "META_APP_SECRET")["found"]

    def test_a_value_is_replaced_only_with_force(self, bare, meta):
        file = bare.folder / ".env.local"
        old = f"NEXT_PUBLIC_META_APP_ID=7 # ours\nMETA_APP_SECRET={meta.app_secret}\n"
        file.write_text(old)

        done = self.write(bare, meta)

        assert done.returncode == 2
        assert "has another NEXT_PUBLIC_META_APP_ID" in done.stderr
        assert "--force" in done.stderr
        assert file.read_text() == old

        assert self.write(bare, meta, "--force").returncode == 0
        assert f"NEXT_PUBLIC_META_APP_ID={meta.app_id} # ours\n" in file.read_text()

    def test_at_a_terminal_replacing_is_asked_for(self, bare, meta):
        file = bare.folder / ".env.local"
        old = f"META_APP_ID=7\nMETA_APP_SECRET={meta.app_secret}\n"
        for answer, code in (("n", 2), ("y", 0)):
            file.write_text(old)
            with bare.at_terminal("init", "--write-env", ".env.local") as terminal:
                terminal.until("Meta app id .7.:")
                terminal.type(f"{meta.app_id}\r")
                terminal.until("Enter keeps it")
                terminal.type("\r")
                terminal.until("Keep connections")
                terminal.type("\r")
                terminal.until("Replace META_APP_ID in .*y/N")
                terminal.type(f"{answer}\r")
                assert terminal.end() == code, terminal.shown

            assert (file.read_text() == old) is (answer == "n")

    @pytest.mark.parametrize("kind", ["dependencies", "devDependencies"])
    def test_in_a_nextjs_project_the_file_is_offered(self, bare, meta, kind):
        (bare.folder / "package.json").write_text(json.dumps({kind: {"next": "16"}}))

        with bare.at_terminal("init", "--app-id", meta.app_id) as terminal:
            terminal.until(r"there, and not in metaconnect's own stores\? .y/N")
            terminal.type("y\r")
            terminal.until("Meta app secret:")
            terminal.type(f"{meta.app_secret}\r")
            terminal.until("Keep connections")
            terminal.type("\r")
            assert terminal.end() == 0, terminal.shown

        assert meta.app_secret in (bare.folder / ".env.local").read_text()
        assert not (data(bare) / "config.json").exists()

    @pytest.mark.parametrize(
        "package", [None, '{"dependencies": {"vite": "7"}}', "[", "[]", '{"next": 1}']
    )
    def test_elsewhere_it_is_not(self, bare, package):
        if package:
            (bare.folder / "package.json").write_text(package)

        with bare.at_terminal("init") as terminal:
            terminal.until("Meta app id:")

        assert "Next.js" not in terminal.shown

    def test_a_link_is_refused_before_a_question(self, bare):
        (bare.folder / "elsewhere").write_text("")
        (bare.folder / ".env.local").symlink_to("elsewhere")

        done = bare.run("init", "--write-env", ".env.local")

        assert done.returncode == 3
        assert "symbolic link" in done.stderr

    def test_a_file_that_is_not_found_by_itself_is_named(self, bare, meta):
        done = bare.run(
            *("init", "--write-env", "acme.env", "--app-id", meta.app_id),
            "--secrets-stdin",
            stdin=meta.app_secret,
        )

        assert done.returncode == 0, done.stderr
        assert "Meta accepts the id" in done.stdout
        file = bare.folder / "acme.env"
        assert f"Next:  metaconnect --env-file {file} connect" in done.stderr

    @pytest.mark.parametrize(
        "options",
        [
            ["--force"],
            ["--print-sql", "--write-env", "x"],
            ["--print-sql", "--apply=x"],
        ],
    )
    def test_options_that_contradict(self, bare, options):
        done = bare.run("init", *options)

        assert done.returncode == 2
        assert not (bare.folder / "x").exists()


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

    def test_a_project_that_init_wrote_into_the_file_is_trusted(
        self, bare, meta, stack
    ):
        done = bare.run(
            *("init", "--store", "supabase", "--app-id", meta.app_id),
            *("--supabase-url", stack.url, "--write-env", ".env.local"),
            "--secrets-stdin",
            stdin=f"{meta.app_secret}\n{stack.publishable_key}\n",
        )

        assert done.returncode == 0, done.stderr
        written = (bare.folder / ".env.local").read_text()
        assert f"SUPABASE_URL={stack.url}\n" in written
        assert f"SUPABASE_KEY={stack.publishable_key}\n" in written
        assert verdict_of(bare, "Supabase project")["verdict"] == "ok"

    def test_another_project_replaces_the_one_in_the_file(self, bare, meta, stack):
        (bare.folder / ".env.local").write_text(
            "SUPABASE_URL=https://ref.supabase.co\nSUPABASE_KEY=sb_publishable_x\n"
        )
        done = bare.run(
            *("init", "--store", "supabase", "--app-id", meta.app_id),
            *("--supabase-url", stack.url, "--write-env", ".env.local", "--force"),
            "--secrets-stdin",
            stdin=f"{meta.app_secret}\n{stack.publishable_key}\n",
        )

        assert done.returncode == 0, done.stderr
        assert verdict_of(bare, "Supabase project")["verdict"] == "ok"
