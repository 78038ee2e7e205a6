"""Streams, folders and encodings that are not as one would wish."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .shell import COMMAND, Shell, talk

TOKYO = "東京カメラ専門店"
ENCODINGS = ["cp1252", "latin-1", "ascii"]
DEAD = "http://127.0.0.1:9"
PROXIES = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), DEAD)


def in_bash(shell, command, *, text=True, **env):
    """Run *command* with M for metaconnect."""
    return subprocess.run(
        ["bash", "-c", command.replace("M ", " ".join(COMMAND) + " ", 1)],
        env=shell.env | env,
        cwd=shell.folder,
        capture_output=True,
        text=text,
        check=False,
    )


class TestEncodings:
    # Every command in the encoding that has least; in the others one of each kind.
    @pytest.mark.parametrize(
        ("command", "encoding"),
        [
            ("accounts list", "ascii"),
            ("accounts list --format table", "ascii"),
            ("accounts list --format csv", "ascii"),
            ("clients list", "ascii"),
            ("clients list --format table", "ascii"),
            ("insights --format table", "ascii"),
            ("insights --json", "ascii"),
            ("insights --help", "ascii"),
            ("accounts list --format table", "cp1252"),
            ("accounts list", "latin-1"),
        ],
    )
    def test_data_is_utf_8_and_never_a_crash(self, connected, command, encoding):
        done = in_bash(connected, f"M {command}", text=False, PYTHONIOENCODING=encoding)

        assert done.returncode == 0, done.stderr
        if "accounts" in command:
            assert TOKYO in done.stdout.decode()

    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_a_name_outside_is_escaped_on_stderr(self, shell, encoding):
        options = ["--client", "東", "--account", TOKYO, "--json"]
        done = shell.run("connect", *options, PYTHONIOENCODING=encoding)

        assert done.returncode == 0, done.stderr
        assert r"\u6771\u4eac\u30ab" in done.stderr
        assert json.loads(done.stdout)["ad_account_name"] == TOKYO
        used = shell.run("accounts", "use", TOKYO, PYTHONIOENCODING=encoding)
        assert used.returncode == 0, used.stderr

    def test_a_picker_too(self, connected):
        with connected.at_terminal(
            "accounts", "use", PYTHONIOENCODING="latin-1"
        ) as terminal:
            terminal.until("Which ad account")
            terminal.type("3\r")
            assert terminal.end() == 0, terminal.shown


class TestProxies:
    def test_this_machine_is_reached_without(self, shell):
        done = shell.run("connect", "--client", "a", "--account", "first", **PROXIES)
        assert done.returncode == 0, done.stderr
        done = shell.run("insights", **PROXIES)
        assert done.returncode == 0, done.stderr

    def test_the_demo_too(self, tmp_path):
        shell = Shell(tmp_path, METACONNECT_HOME=tmp_path / "data")
        done = shell.run("demo", **PROXIES)
        assert done.returncode == 0, done.stderr
        assert "total" in done.stdout


class TestNoRoom:
    @pytest.mark.parametrize(
        "command",
        [
            "insights",
            "insights --format csv",
            "insights --format table",
            "insights --format ndjson --level ad --preset last_90d",
            "accounts list",
            "clients list --format table",
            "connect --client acme --json",
            "init --print-sql",
            "--help",
            "--version",
        ],
    )
    def test_one_sentence_and_exit_2(self, connected, command):
        done = in_bash(connected, f"M {command} > /dev/full")

        assert done.returncode == 2, done.stderr
        assert done.stderr.count("cannot be written") == 1
        assert "Traceback" not in done.stderr
        assert "nexpected" not in done.stderr
        assert "Exception ignored" not in done.stderr

    def test_a_full_stderr_changes_no_exit_code(self, connected):
        done = in_bash(connected, "M insights --client nobody 2>/dev/full")

        assert done.returncode == 4

    def test_a_file_of_that_kind(self, connected):
        done = connected.run("insights", "--output", "/dev/full")

        assert done.returncode == 2
        assert "/dev/full cannot be written" in done.stderr


class TestFolders:
    @pytest.mark.parametrize(
        ("command", "code"),
        [
            ("clients list", 0),
            ("insights", 0),
            ("accounts list", 0),
            ("insights --output x.csv", 2),
            ("insights --env-file x.env", 2),
            ("demo --no-browser", 0),
        ],
    )
    def test_a_working_folder_that_was_deleted(self, connected, command, code):
        done = in_bash(connected, f"mkdir x; cd x; rmdir ../x; M {command}")

        assert done.returncode == code, done.stderr
        assert "nexpected" not in done.stderr

    @pytest.mark.parametrize("command", ["clients list", "--help", "insights"])
    def test_no_home(self, shell, command):
        done = in_bash(shell, f"unset HOME METACONNECT_HOME; M {command}")

        assert done.returncode == (4 if command == "insights" else 0), done.stderr
        assert "nexpected" not in done.stderr

    def test_a_folder_of_somebody_else(self, connected):
        home = Path(connected.env["METACONNECT_HOME"])
        if os.getuid() == 0:  # whom no mode keeps out
            os.chown(home, 65534, 65534)
        else:
            home.chmod(0)
        done = connected.run("insights", "--format", "csv")
        home.chmod(0o700)

        assert done.returncode == 3, done.stderr
        assert str(home) in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("output", "words"),
        [
            (".", "is a folder"),
            ("no/where.csv", "no such folder"),
            ("week.xls", "Known endings: .csv, .json, .jsonl, .markdown"),
            ("week", "does not say a format"),
        ],
    )
    def test_what_cannot_be_written_is_said_before_anything_is_asked(
        self, connected, meta, output, words
    ):
        asked = len(meta.sandbox.requests)
        done = connected.run("insights", "--output", output)

        assert done.returncode == 2
        assert words in done.stderr
        assert len(meta.sandbox.requests) == asked
        assert list(connected.folder.iterdir()) == []

    @pytest.mark.parametrize(
        ("options", "form"),
        [
            (["--output", "w.csv"], "csv"),
            (["--output", "w.jsonl"], "ndjson"),
            (["--output", "w.txt", "--format", "table"], "table"),
            (["--output", "w.txt", "--json"], "json"),
        ],
    )
    def test_what_was_written_is_said(self, connected, options, form):
        done = connected.run("insights", *options)

        assert (done.returncode, done.stdout) == (0, "")
        assert f"Wrote 7 rows as {form} to {options[1]}" in done.stderr


class TestSettings:
    @pytest.mark.parametrize(
        "url",
        [
            "http://[::1]evil.com",
            "https://bü..cher.example",
            "https://" + "ü" * 70 + ".example",
            "https://xn--a.example",
        ],
    )
    @pytest.mark.parametrize("name", ["META_GRAPH_URL", "SUPABASE_URL"])
    def test_a_host_that_is_none(self, connected, name, url):
        key = {"SUPABASE_KEY": "sb_publishable_a"} if "SUPA" in name else {}
        done = connected.run("whoami" if key else "insights", **{name: url}, **key)

        assert done.returncode == 3
        assert f"{name} must be an https address" in done.stderr

    @pytest.mark.parametrize(
        ("command", "name"),
        [(["connect", "--client=a"], "META_APP_SECRET"), (["whoami"], "SUPABASE_KEY")],
    )
    def test_a_key_that_is_none(self, shell, command, name):
        env = {"SUPABASE_URL": "http://localhost:1", name: "schlüssel-0123456789"}
        done = shell.run(*command, "--store=local", **env)

        assert done.returncode == 3
        assert f"{name} has a character that no key has" in done.stderr


UNFORESEEN = """
import sys
from metaconnect.cli import main, read
from metaconnect.redact import remember_secret
async def run(*_args):
    remember_secret("a-secret-of-ours")
    raise RuntimeError("Bearer EAAabcdef123 a-secret-of-ours\\nNext:  evil")
read.run = run
sys.exit(main.run(sys.argv[1:]))
"""


@pytest.mark.parametrize("options", [[], ["--debug"], ["--json"]])
def test_an_unforeseen_error_is_masked(shell, options):
    done = subprocess.run(
        [sys.executable, "-c", UNFORESEEN, "insights", *options],
        env=shell.env,
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "unexpected error: RuntimeError" in talk(done)
    assert ("Traceback" in done.stderr) == ("--debug" in options)
    assert "EAAabc" not in done.stderr
    assert "a-secret" not in done.stderr
    if not options:
        assert "\nNext:" not in done.stderr
