"""`status` and `refresh` as a person, a script and a timer run them."""

import csv
import io
import json
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metaconnect.models import AccessToken, Connection
from metaconnect.settings import Settings
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .shell import COMMAND, only_json, talk

README = (Path(__file__).parents[2] / "README.md").read_text()
ALL = ("ads_read", "ads_management", "business_management")


@pytest.fixture
def store(shell):
    folder = Settings(home=shell.env["METACONNECT_HOME"]).folder
    return LocalStore(folder, open_secret_store(folder, "file"))


@pytest.fixture
def add(meta, store):
    """Store a connection of the pretend Meta's."""

    def save(client_id, days=60, *, dead="", **facts):
        life = None if days is None else round(days * 86400) + 3600
        token = meta.sandbox.issue_token(expires_in=life, scopes=ALL, dead=dead)
        expires_at = meta.sandbox.tokens[token].expires_at
        known = {
            "user_facebook_id": "122100000000000001",
            "user_name": "Jane Doe",
            "ad_account_id": "act_101000000000000",
            "ad_account_name": "Alpenglow Outdoor",
            "currency": "EUR",
            "timezone_name": "Europe/Berlin",
            "graph_url": meta.url,
            "app_id": meta.app_id,
        }
        return store.save(
            Connection(
                client_id=client_id,
                token=AccessToken(value=token, expires_at=expires_at),
                **(known | facts),
            )
        )

    return save


class TestStatus:
    def test_all_well_is_exit_0_without_a_request(self, shell, add, meta):
        add("acme")
        add("globex", None)

        done = shell.run("status", "--format", "table")

        assert (done.returncode, done.stderr) == (0, "")
        head, _, acme, globex = done.stdout.splitlines()
        assert head.split()[:3] == ["client_id", "verdict", "token_expires_at"]
        assert re.match(r"acme +ok +\d{4}-\d\d-\d\d +in 60 days ", acme)
        assert re.match(r"globex +ok +– +never ", globex)
        for fact in ("Alpenglow Outdoor", "EUR", "Europe/Berlin", "Jane Doe", meta.url):
            assert fact in acme
        assert meta.sandbox.requests == []

    def test_what_nobody_has_takes_no_column(self, shell, add):
        add("acme", user_name=None, timezone_name=None, ad_account_name=None)

        done = shell.run("status", "--check", "--format", "table")

        names = done.stdout.splitlines()[0].split()
        assert "timezone_name" not in names
        assert "permissions_missing" not in names
        # An id stands for a name that is not known.
        assert {"ad_account_name", "user_name", "currency"} <= set(names)
        assert "act_101000000000000" in done.stdout
        assert "122100000000000001" in done.stdout

    def test_each_that_is_not_well_has_a_line_and_a_command(self, shell, add):
        add("acme", 3)
        add("globex")
        add("hooli", -2)

        done = shell.run("status", "--json")

        assert done.returncode == 4
        rows = {row["client_id"]: row for row in only_json(done.stdout)}
        verdicts = {client: row["verdict"] for client, row in rows.items()}
        assert verdicts == {"acme": "expiring", "globex": "ok", "hooli": "expired"}
        acme, hooli = talk(done).splitlines()
        assert "in 3 days" in acme
        assert acme.endswith("metaconnect refresh --client acme")
        assert hooli.endswith("metaconnect connect --client hooli")
        assert rows["globex"]["next_step"] is None

    def test_check_asks_meta(self, shell, add):
        add("acme")
        add("checked", dead="459")
        add("gone", dead="466")

        done = shell.run("status", "--check", "--format", "csv")

        assert done.returncode == 4
        rows = {r["client_id"]: r for r in csv.DictReader(io.StringIO(done.stdout))}
        verdicts = [rows[c]["verdict"] for c in ("acme", "checked", "gone")]
        assert verdicts == ["ok", "checkpoint", "revoked"]
        assert rows["acme"]["permissions_missing"] == "[]"
        assert "https://www.facebook.com" in talk(done)

    def test_what_cannot_be_asked_stops_no_other_and_is_no_persons(
        self, shell, add, meta
    ):
        add("acme")
        add("elsewhere", app_id="999")

        done = shell.run("status", "--check", "--json")

        assert done.returncode == 8
        assert [r["verdict"] for r in only_json(done.stdout)] == ["ok", "unknown"]
        assert "META_APP_ID=999" in talk(done)

    @pytest.mark.parametrize(("within", "code"), [("20d", 0), ("3w", 4)])
    def test_within_and_client(self, within, code, shell, add):
        add("acme", 20.5)
        add("globex", 1)

        done = shell.run("status", "--within", within, "--client", "acme", "--json")

        assert done.returncode == code, done.stderr
        assert [row["client_id"] for row in only_json(done.stdout)] == ["acme"]

    def test_a_client_that_is_not_connected(self, shell, add):
        add("acme")

        done = shell.run("status", "--client", "acme", "--client", "nobody", "--json")

        assert done.returncode == 8
        assert "metaconnect connect --client nobody" in talk(done)
        assert len(only_json(done.stdout)) == 2
        assert shell.run("status", "--client", "nobody").returncode == 4

    def test_nothing_is_connected(self, shell):
        done = shell.run("status", "--format", "table")

        assert (done.returncode, done.stdout) == (0, "")
        assert "metaconnect connect" in done.stderr

    @pytest.mark.parametrize("command", ["status", "refresh"])
    @pytest.mark.parametrize("within", ["", "14", "d", "-1d", "1y", "1.5d", "9999999w"])
    def test_a_time_without_sense_is_a_usage_error(self, command, within, shell):
        done = shell.run(command, f"--within={within}")

        assert done.returncode == 2, done.stderr
        assert done.stdout == ""


class TestRefresh:
    def test_says_that_the_date_moved(self, shell, add, store):
        old = add("acme", 10)

        done = shell.run("refresh")

        day = f"{store.get('acme').token.expires_at:%Y-%m-%d}"
        assert (done.returncode, done.stdout) == (0, "")
        assert talk(done) == f"Client 'acme': extended to {day}.\n"
        assert store.get("acme").token.value != old.token.value

    def test_says_that_it_did_not(self, shell, add, meta):
        meta.sandbox.switches.extend_long_lived = False
        old = add("acme", 10)

        done = shell.run("refresh", "--client", "acme", "--json")

        assert done.returncode == 0
        day = f"{old.token.expires_at:%Y-%m-%d}"
        assert f"Meta kept the same date; connect again before {day}" in done.stderr
        (row,) = only_json(done.stdout)
        assert row["outcome"] == "kept"
        assert row["token_expires_at"] == row["former_token_expires_at"]

    def test_all_that_are_due(self, shell, add):
        add("acme", 10)
        add("globex", 40)
        add("hooli", None)

        done = shell.run("refresh", "--all", "--within", "20d", "--json")

        assert done.returncode == 0
        rows = only_json(done.stdout)
        outcomes = [row["outcome"] for row in rows]
        assert outcomes == ["extended", "not_due", "never_expires"]
        assert talk(done).count("\n") == 1
        assert "Client 'acme': extended to" in done.stderr

    def test_at_a_terminal_also_what_was_left_alone(self, shell, add):
        add("globex", 40)
        add("hooli", None)

        with shell.at_terminal("refresh", "--all", "--within", "20d") as terminal:
            assert terminal.end() == 0, terminal.shown

        assert "Client 'hooli': the token does not expire" in terminal.shown
        assert "Not due yet: 1 of 2." in terminal.shown
        alone = shell.run("refresh", "--client", "hooli")
        assert "the token does not expire" in alone.stderr

    def test_the_only_one_fails_with_its_own_error(self, shell, add):
        add("acme", dead="466")

        done = shell.run("refresh")

        assert done.returncode == 4
        assert talk(done).startswith("error: Error validating access token")
        assert "metaconnect connect --client acme" in done.stderr

    def test_some_of_several_is_exit_8(self, shell, add, store):
        add("acme", 10)
        add("globex", dead="466")

        done = shell.run("refresh", "--client", "acme", "--client", "globex", "--json")

        assert done.returncode == 8
        assert [r["outcome"] for r in only_json(done.stdout)] == ["extended", "failed"]
        *lines, error = talk(done).splitlines()
        assert any("connect --client globex" in line for line in lines)
        assert json.loads(error)["error"]["type"] == "SomeFailed"
        left = store.get("acme").token.expires_at - datetime.now(UTC)
        assert left > timedelta(days=59)

    @pytest.mark.parametrize("options", [[], ["--all", "--client", "acme"]])
    def test_which_client_must_be_clear(self, options, shell, add):
        add("acme")
        add("globex")

        done = shell.run("refresh", *options)

        assert done.returncode == 2
        assert "--client" in done.stderr


class TestInsights:
    @pytest.mark.parametrize(
        ("options", "extended"), [([], True), (["--no-refresh"], False)]
    )
    def test_extends_on_the_way(self, options, extended, shell, add, store):
        old = add("acme", 5)

        done = shell.run("insights", *options)

        assert done.returncode == 0
        assert len(only_json(done.stdout)) == 7
        assert ("was extended to" in done.stderr) is extended
        assert ("expires in" in done.stderr) is not extended
        assert (store.get("acme").token != old.token) is extended


@pytest.mark.parametrize(
    ("options", "extended"), [([], True), (["--no-refresh"], False)]
)
class TestOtherPrograms:
    def test_token_prints_the_extended_one(self, options, extended, shell, add, store):
        old = add("acme", 5)

        done = shell.run("token", *options)

        assert done.returncode == 0
        assert done.stdout == f"{store.get('acme').token.value}\n"
        assert ("was extended to" in done.stderr) is extended
        assert (store.get("acme").token != old.token) is extended

    def test_exec_hands_it_on(self, options, extended, shell, add, store):
        old = add("acme", 5)

        done = shell.run("exec", *options, "--", "printenv", "META_ACCESS_TOKEN")

        assert done.returncode == 0
        assert done.stdout == f"{store.get('acme').token.value}\n"
        assert (store.get("acme").token != old.token) is extended


class TestInSupabase:
    """With the service role, as a timer runs it."""

    @pytest.fixture
    def clients(self, stack, meta, shell):
        shell.env |= {
            "SUPABASE_URL": stack.url,
            "SUPABASE_SERVICE_ROLE_KEY": stack.secret_key,
            "METACONNECT_SERVICE_ROLE": "1",
        }
        owner = stack.add_user("owner@example.com")
        clients = sorted(stack.add_client(name, owner) for name in ("Acme", "Globex"))
        token = meta.sandbox.issue_token(expires_in=5 * 86400, scopes=ALL)
        for client in clients:
            stack.add_token(client, token)
        stack.sql(
            "update meta_tokens set token_expires_at = now() + interval '5 days', "
            "ad_account_id = 'act_101000000000000'"
        )
        return clients

    def test_status_then_refresh_of_all(self, shell, clients, meta):
        expiring = shell.run("status", "--json")
        refreshed = shell.run("refresh", "--all", "--within", "20d")
        well = shell.run("status", "--check", "--json")

        codes = [done.returncode for done in (expiring, refreshed, well)]
        assert codes == [4, 0, 0], refreshed.stderr + well.stderr
        assert [row["client_id"] for row in only_json(expiring.stdout)] == clients
        assert refreshed.stderr.count("extended to") == 2
        exchanges = [r for r in meta.sandbox.requests if "/oauth/" in r["path"]]
        assert len(exchanges) == 1
        assert {row["verdict"] for row in only_json(well.stdout)} == {"ok"}


def commands_for_timers():
    """The commands in the README that cron, CI and systemd run."""
    chapter = README.partition("## Keeping connections healthy")[2].partition("\n## ")[
        0
    ]
    lines = re.findall(r"^.*(?:\* \* \*  |run: |ExecStart=).*$", chapter, re.MULTILINE)
    found = [re.search(r"metaconnect (?:refresh|status).*", line) for line in lines]
    return [match[0] for match in found if match]


def test_the_readme_has_two_commands_for_each_of_three_timers():
    names = [command.split()[1] for command in commands_for_timers()]

    assert names == ["refresh", "status"] * 3


@pytest.mark.parametrize("command", sorted(set(commands_for_timers())))
def test_they_run(command, shell, add):
    add("acme", 15.5)
    add("globex")
    python = shlex.join(COMMAND)

    done = subprocess.run(
        ["sh", "-c", f'metaconnect() {{ {python} "$@"; }}; {command}'],
        cwd=shell.folder,
        env=shell.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert bool(done.stdout) is command.endswith("--check")
    said = talk(done)
    assert (
        said.startswith("Client 'acme': extended") if "refresh" in command else not said
    )
