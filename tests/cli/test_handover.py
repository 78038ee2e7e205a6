"""Handing a connection to another program, and ending it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from metaconnect.cli.disconnect import _at_meta
from metaconnect.cli.exec import Reader, _run
from metaconnect.flows.disconnect import AtMeta, Disconnection
from metaconnect.flows.handover import SETS, WITHHELD
from metaconnect.models import AccessToken
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .shell import talk

SECRET = "0123456789abcdef0123456789abcdef"
PYTHON = [sys.executable, "-c"]
PRINT_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
# Meta's own programs know one host; this is imported by every Python.
SITE = """
import os
try:
    from facebook_business.session import FacebookSession
except ImportError:
    pass
else:
    FacebookSession.GRAPH = os.environ["META_GRAPH_URL"]
"""
SCRIPT = """
import os
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi
FacebookAdsApi.init(access_token=os.environ["META_ACCESS_TOKEN"])
account = AdAccount(os.environ["META_AD_ACCOUNT_ID"])
print(account.get_insights(["spend"], {"date_preset": "last_7d"})[0]["spend"])
"""


@pytest.fixture
def store(connected):
    folder = Path(connected.env["METACONNECT_HOME"])
    return LocalStore(folder, open_secret_store(folder, "file"))


@pytest.fixture
def token(store):
    return store.get("acme").token.value


@pytest.fixture
def environment(connected):
    """Return what a program that `exec` runs has in its environment."""

    def of(*options, **env):
        done = connected.run("exec", *options, "--", *PYTHON, PRINT_ENVIRONMENT, **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return of


@pytest.fixture
def metas_programs(connected, tmp_path):
    """A shell in which Meta's own programs talk to the pretend Meta."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SITE)
    path = [str(site), connected.env["PYTHONPATH"]]
    connected.env["PYTHONPATH"] = os.pathsep.join(path)
    return connected


def expire(store):
    stored = store.get("acme")
    then = datetime.now(UTC) - timedelta(minutes=1)
    token = AccessToken(value=stored.token.value, expires_at=then)
    store.save(replace(stored, token=token))


class TestToken:
    def test_it_is_all_that_is_printed(self, connected, token):
        done = connected.run("token", "--client", "acme", "--debug")

        assert (done.returncode, done.stdout) == (0, f"{token}\n")
        assert token not in done.stderr

    def test_a_terminal_is_shown_it_only_if_it_asks(self, connected, token):
        with connected.at_terminal("token", "--client", "acme") as terminal:
            assert terminal.end() == 2
            assert "metaconnect token --client acme --show" in terminal.shown
            assert token not in terminal.shown
        with connected.at_terminal("token", "--show") as terminal:
            assert terminal.end() == 0
            assert token in terminal.shown

    @pytest.mark.parametrize("command", [["token"], ["exec", "--", "touch", "ran"]])
    def test_an_expired_one_is_not_given_away(self, command, connected, store):
        expire(store)

        done = connected.run(*command)

        assert (done.returncode, done.stdout) == (4, "")
        assert "The token of client 'acme' expired on " in done.stderr
        assert "metaconnect connect --force --client acme" in done.stderr
        assert not (connected.folder / "ran").exists()

    @pytest.mark.parametrize("command", [["token"], ["exec", "--", "touch", "ran"]])
    def test_nor_that_of_another_issuer(self, command, connected):
        done = connected.run(*command, META_GRAPH_URL="http://localhost:1")

        assert (done.returncode, done.stdout) == (3, "")
        assert not (connected.folder / "ran").exists()


class TestTheEnvironment:
    def test_it_has_the_names_of_every_reader(self, environment, token):
        found = environment()

        for names in SETS.values():
            assert {found[name] for name, kind in names.items() if kind == "token"} == {
                token
            }
        assert found["AD_ACCOUNT_ID"] == found["META_AD_ACCOUNT_ID"]
        assert found["AD_ACCOUNT_ID"] == "act_101000000000000"
        assert found["TAP_FACEBOOK_ACCOUNT_ID"] == "101000000000000"
        assert found["SOURCES__FACEBOOK_ADS__ACCOUNT_ID"] == "101000000000000"

    @pytest.mark.parametrize("reader", SETS)
    def test_or_those_of_one(self, reader, environment):
        found = environment("--as", reader)
        others = {n for name, names in SETS.items() if name != reader for n in names}

        assert found.keys() >= SETS[reader].keys()
        assert not found.keys() & others

    def test_every_reader_can_be_named(self):
        assert list(Reader) == list(SETS)

    def test_more_names_can_be_given(self, environment, token, connected):
        kinds = "token account account_number app_id app_secret version client"
        options = [f"--env=X_{kind}={kind}" for kind in kinds.split()]

        found = environment("--as", "singer", *options)

        assert {n: v for n, v in found.items() if n.startswith("X_")} == {
            "X_token": token,
            "X_account": "act_101000000000000",
            "X_account_number": "101000000000000",
            "X_app_id": connected.env["META_APP_ID"],
            "X_app_secret": connected.env["META_APP_SECRET"],
            "X_version": "v26.0",
            "X_client": "acme",
        }

    def test_our_own_secrets_are_not_handed_on(self, environment, connected):
        secrets = dict.fromkeys(WITHHELD - {"META_APP_SECRET"}, SECRET)
        # A URL of the same source: without, a key alone says nothing.
        found = environment(MINE="1", METACONNECT_STORE="local", **secrets)

        assert "META_APP_SECRET" in WITHHELD
        assert not found.keys() & WITHHELD
        assert found["MINE"] == "1"
        assert found["META_GRAPH_URL"] == connected.env["META_GRAPH_URL"]

    def test_unless_they_are_asked_for(self, environment, connected):
        found = environment(
            *("--env", "META_APP_SECRET=app_secret", "--env", "SUPABASE_SECRET_KEY"),
            METACONNECT_STORE="local",
            SUPABASE_SECRET_KEY=SECRET,
        )

        assert found["META_APP_SECRET"] == connected.env["META_APP_SECRET"]
        assert found.keys() & WITHHELD == {"META_APP_SECRET", "SUPABASE_SECRET_KEY"}

    def test_no_ad_account_is_that_of_another_client(
        self, environment, connected, store
    ):
        store.save(replace(store.get("acme"), ad_account_id=None))

        found = environment(AD_ACCOUNT_ID="act_1", TAP_FACEBOOK_ACCOUNT_ID="1")

        assert not [name for name in found if "ACCOUNT_ID" in name]
        done = connected.run("exec", "--as", "singer", "--", "true")
        assert "not set: TAP_FACEBOOK_ACCOUNT_ID. Choose one:  " in talk(done)
        assert "metaconnect accounts use --client acme" in done.stderr

    @pytest.mark.parametrize(
        "options",
        [["--env", f"X={SECRET}"], ["--env", "1=token"], ["--env", ""], ["--as", "x"]],
    )
    def test_what_is_not_understood_is_a_usage_error(self, options, connected):
        done = connected.run("exec", *options, "--", "touch", "ran")

        assert done.returncode == 2
        assert SECRET not in done.stderr
        assert not (connected.folder / "ran").exists()

    def test_an_app_that_is_not_known_cannot_be_handed_on(self, connected):
        done = connected.run(
            "exec", "--env", "X=app_secret", "--", "true", META_APP_SECRET=""
        )

        assert done.returncode == 3
        assert "META_APP_SECRET" in done.stderr


class TestTheProgram:
    def test_it_has_its_own_arguments(self, connected):
        wanted = ["--debug", "--json", "--no-input", "--store", "x", "--", "-h", ""]

        done = connected.run(
            "exec", "--", *PYTHON, "import sys; print(sys.argv[1:])", *wanted
        )

        assert (done.returncode, done.stdout) == (0, f"{wanted}\n")
        assert "DEBUG" not in done.stderr

    def test_its_options_begin_with_its_name(self, connected):
        done = connected.run("exec", "--client", "acme", "sh", "-c", "echo $0", "--as")

        assert (done.returncode, done.stdout) == (0, "--as\n")

    def test_its_options_do_not_change_our_errors(self, connected):
        done = connected.run(
            "exec", "--client", "nobody", "--", "x", "--json", "--debug"
        )

        assert done.returncode == 4
        assert talk(done).startswith("error: Client 'nobody' is not connected.")
        assert "Traceback" not in done.stderr

    def test_it_reads_our_stdin(self, connected):
        done = connected.run("exec", "--", "cat", stdin="a line\n")

        assert (done.returncode, done.stdout) == (0, "a line\n")

    def test_its_exit_code_is_ours(self, connected):
        done = connected.run("exec", "--", *PYTHON, "raise SystemExit(77)")

        assert (done.returncode, done.stdout, talk(done)) == (77, "", "")

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_signals_reach_it(self, number, connected):
        script = (
            "import signal, sys, time\n"
            f"signal.signal({int(number)}, lambda *_: sys.exit(33))\n"
            "print('ready', file=sys.stderr, flush=True)\n"
            "time.sleep(30)"
        )
        with connected.start("exec", "--", *PYTHON, script) as running:
            running.until("ready")
            running.process.send_signal(number)
            assert running.end()[0] == 33

    def test_a_closed_pipe_ends_it_as_it_ends_others(self, connected):
        done = connected.run("exec", "--", "sh", "-c", "kill -PIPE $$; echo alive")

        assert (done.returncode, done.stdout) == (-signal.SIGPIPE, "")

    def test_one_that_is_not_there_is_127(self, connected):
        done = connected.run("exec", "--", "no-such-program")

        assert done.returncode == 127
        assert talk(done) == "error: no-such-program: there is no such program.\n"

    def test_one_that_cannot_be_run_is_126(self, connected):
        file = connected.folder / "text"
        file.write_text("words")

        done = connected.run("exec", "--", "./text")

        assert done.returncode == 126
        assert talk(done) == "error: ./text cannot be run: Permission denied.\n"

    def test_none_is_a_usage_error(self, connected):
        assert connected.run("exec", "--client", "acme", "--").returncode == 2

    def test_where_a_process_cannot_be_replaced_it_is_waited_for(self):
        assert _run([*PYTHON, "raise SystemExit(7)"], dict(os.environ)) == 7
        with pytest.raises(FileNotFoundError):
            _run(["no-such-program"], dict(os.environ))


class TestMetasPrograms:
    def test_the_sdk_reads_insights(self, metas_programs):
        done = metas_programs.run("exec", "--", *PYTHON, SCRIPT)
        ours = metas_programs.run("insights", "--increment", "all_days", "--json")

        assert done.returncode == 0, done.stderr
        assert float(done.stdout) == json.loads(ours.stdout)[0]["spend"]

    def test_the_command_line_reads_insights(self, metas_programs):
        if not is_metas(shutil.which("meta")):
            pytest.skip("no `meta` in PATH: pip install meta-ads, with Python 3.12+")
        insights = ["ads", "insights", "get", "--date-preset", "last_7d"]

        done = metas_programs.run("exec", "--as", "meta-ads", "--", "meta", *insights)

        ours = metas_programs.run("insights", "--increment", "all_days", "--json")
        assert done.returncode == 0, done.stderr
        (row,) = json.loads(done.stdout)["data"]
        assert float(row["spend"]) == json.loads(ours.stdout)[0]["spend"]


def is_metas(program):
    """Whether *program* is `meta` of meta-ads, and not another of that name."""
    if program is None:
        return False
    done = subprocess.run(
        [program, "ads", "--help"], capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and "insights" in done.stdout


class TestDisconnect:
    @pytest.fixture
    def shared(self, store):
        """Client beta hangs on the same login."""
        store.save(replace(store.get("acme"), client_id="beta"))
        return store

    def test_it_says_what_became_of_the_login(self, connected, meta, token):
        done = connected.run("disconnect", "--client", "acme")

        assert (done.returncode, done.stdout) == (0, "")
        assert talk(done) == (
            "Disconnected client 'acme'. Its login is revoked at Meta.\n"
        )
        assert meta.sandbox.tokens[token].dead == "458"
        assert connected.run("disconnect", "--client", "acme").returncode == 4

    def test_others_are_named_where_nobody_can_be_asked(self, connected, shared):
        done = connected.run("disconnect", "--client", "acme", "--store", "local")

        assert done.returncode == 2
        assert "ends for other clients too: 'beta'." in done.stderr
        # With the options of this run, to be pasted.
        paste = "metaconnect --store local disconnect --yes --client acme"
        assert paste in done.stderr
        assert len(shared.connections()) == 2

    def test_yes_ends_the_login_of_all(self, connected, shared):
        done = connected.run("disconnect", "--client", "acme", "--yes")

        assert done.returncode == 0, done.stderr
        assert "Client 'beta' has lost its login too. Again:  " in done.stderr
        assert "metaconnect connect --force --client beta" in done.stderr
        assert [c.client_id for c in shared.connections()] == ["beta"]

    @pytest.mark.parametrize("option", ["--local-only", "--keep-grant"])
    def test_the_login_can_stay_for_others(
        self, option, connected, shared, meta, token
    ):
        done = connected.run("disconnect", "--client", "acme", option)

        assert done.returncode == 0, done.stderr
        assert "Meta was not asked: the login stays as it is there." in done.stderr
        assert not meta.sandbox.tokens[token].dead
        assert [c.client_id for c in shared.connections()] == ["beta"]
        assert connected.run("insights", "--client", "beta").returncode == 0

    def test_yes_and_local_only_exclude_each_other(self, connected, store):
        done = connected.run("disconnect", "--local-only", "--yes")

        assert done.returncode == 2
        assert len(store.connections()) == 1

    def test_without_an_app_it_can_be_deleted_here(self, connected, store):
        done = connected.run(
            *("disconnect", "--client", "acme", "--local-only"),
            META_APP_ID="",
            META_APP_SECRET="",
        )

        assert done.returncode == 0, done.stderr
        assert store.connections() == []

    @pytest.mark.parametrize(
        ("typed", "code", "left"),
        [("y\r", 0, ["beta"]), ("n\r", 2, ["acme", "beta"]), ("\x04", 2, None)],
    )
    def test_a_terminal_is_asked(self, typed, code, left, connected, shared):
        with connected.at_terminal("disconnect", "--client", "acme") as terminal:
            terminal.until(r"other clients too: 'beta'\.")
            terminal.until(r"Revoke it for all of them\? \[y/N\]")
            terminal.type(typed)
            assert terminal.end() == code, terminal.shown

        stored = sorted(c.client_id for c in shared.connections())
        assert stored == (left or ["acme", "beta"])

    def test_ctrl_c_at_the_question_does_nothing(self, connected, shared, meta, token):
        with connected.at_terminal("disconnect", "--client", "acme") as terminal:
            terminal.until(r"\[y/N\]")
            terminal.type("\x03")
            assert terminal.end() == 130, terminal.shown

        assert not meta.sandbox.tokens[token].dead
        assert len(shared.connections()) == 2

    @pytest.mark.parametrize("at_meta", AtMeta)
    def test_every_outcome_has_its_sentence(self, at_meta):
        result = Disconnection(client_id="acme", at_meta=at_meta, reason="Dead.")

        assert _at_meta(result)
