"""The global options work wherever they stand."""

import json
import shlex
import subprocess

import pytest

from metaconnect import __version__
from metaconnect.cli.options import globals_first

from .shell import COMMAND, only_json, talk


@pytest.mark.parametrize(
    ("typed", "sorted_"),
    [
        ("insights --debug --format csv", "--debug insights --format csv"),
        ("accounts list --store local", "--store local accounts list"),
        ("--no-input connect --env-file=x", "--no-input --env-file=x connect"),
        ("connect --store", "--store connect"),
        ("exec --no-input -- tool --debug", "--no-input exec -- tool --debug"),
        ("insights --account --", "insights --account --"),
    ],
)
def test_they_are_moved_to_the_front(typed, sorted_):
    assert globals_first(typed.split()) == sorted_.split()


@pytest.mark.parametrize("front", [True, False])
def test_an_env_file_is_read_from_either_place(connected, front):
    (connected.folder / "other.env").write_text("METACONNECT_CLIENT=nobody\n")
    option = ["--env-file", "other.env"]
    command = ["insights", "--format", "json"]

    done = connected.run(*(option + command if front else command + option))
    assert done.returncode == 4
    assert "nobody" in json.loads(done.stderr)["error"]["message"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_crash(connected, closed):
    command = " ".join([*COMMAND, "insights", "--format", "csv", closed])
    done = subprocess.run(
        ["bash", "-c", command],
        env=connected.env,
        cwd=connected.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, talk(done)) == (0, "")
    assert done.stdout.startswith("date_start") == (" >&-" not in f" {closed}")


def test_an_option_that_is_not_there_is_a_usage_error(shell):
    done = shell.run("insights", "--metric", "spend")

    assert done.returncode == 2
    assert "--metric" in done.stderr


@pytest.mark.parametrize("asked", ["--json", "--format json", "--format=ndjson"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "wrong",
    [
        "--wrong",
        "extra",
        "--increment=0",
        "--level=adgroup",
        "--preset=never",
        "--since",
    ],
)
def test_a_usage_error_is_json_where_json_was_asked_for(shell, wrong, asked, first):
    options = [wrong, *asked.split()] if first else [*asked.split(), wrong]
    if wrong == "--since" and first:
        options = [*options, "--until"]  # `--since --json` is a value
    done = shell.run("insights", *options)

    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["exit_code"]) == (2, 2)
    assert error["message"]
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("nope --json", 2),
        ("whoami --json", 3),
        ("connect --json --timeout nan", 2),
        ("connect --json --timeout 0", 2),
        ("connect --json --account=a --account=b", 2),
        ("accounts list --json", 4),
        ("clients list --json --store nowhere", 3),
        ("insights --json --env-file nowhere", 2),
    ],
)
def test_every_error_is_one_json_object(shell, arguments, code):
    done = shell.run(*arguments.split())

    assert json.loads(done.stderr)["error"]["exit_code"] == code
    assert (done.returncode, done.stdout) == (code, "")


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "--debug"]])
def test_the_version(shell, arguments):
    done = shell.run(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"metaconnect {__version__}\n"


def test_h_is_help_everywhere(shell):
    for command in ([], ["connect"], ["accounts"], ["accounts", "use"], ["init"]):
        done = shell.run(*command, "-h")
        assert done.returncode == 0
        assert "Usage: metaconnect" in done.stdout


def test_no_command_at_all_is_help_and_exit_2(shell):
    done = shell.run()

    assert done.returncode == 2
    assert "Usage: metaconnect" in done.stdout + done.stderr


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_next_step_keeps_what_decides_where_it_looks(shell, options):
    """It would otherwise look into another store, or go to another host."""
    (shell.folder / "my settings.env").write_text("METACONNECT_STORE=supabase\n")
    where = ["--store", "local", "--env-file", "my settings.env"]
    done = shell.run("insights", "--client", "acme", *options, *where)

    hint = only_json(done.stderr)["error"]["hint"]
    next_ = hint.partition("with:  ")[2]
    assert shlex.split(next_) == [
        "metaconnect", "--env-file", "my settings.env", "--store", "local",
        "connect", "--client", "acme",
    ]  # fmt: skip
