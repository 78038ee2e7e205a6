"""`metaconnect doctor`: real processes, exit codes and formats."""

import csv
import io
import json

import pytest

FIELDS = ["name", "verdict", "found", "mend", "exit_code"]


def found_by(done):
    return {finding["name"]: finding for finding in json.loads(done.stdout)}


def test_all_is_well_is_exit_0(connected):
    done = connected.run("doctor")

    assert (done.returncode, done.stderr) == (0, "")
    found = found_by(done)
    assert list(found["Meta app"]) == FIELDS
    for name in ("Meta app", "redirect URI", "secret store", "client acme"):
        assert found[name]["verdict"] == "ok", found[name]


def test_a_table_and_what_to_mend_below_it(shell):
    done = shell.run("doctor", "--format", "table", META_APP_SECRET="0" * 32)

    assert done.returncode == 3
    assert "Meta app" in done.stdout
    assert "problem: Meta app: " in done.stderr
    assert "Check META_APP_SECRET" in done.stderr
    assert "0" * 32 not in done.stdout + done.stderr


def test_on_a_narrow_terminal_the_mend_is_whole(shell):
    with shell.at_terminal(
        "doctor", META_APP_SECRET="0" * 32, COLUMNS="60"
    ) as terminal:
        assert terminal.end() == 3

    shown = terminal.shown.replace("\r\n", "\n")
    assert max(map(len, shown.partition("\n\n")[0].splitlines())) <= 60
    assert (
        "Check META_APP_SECRET: it must be the secret of the app META_APP_ID, from "
        "App settings > Basic." in " ".join(shown.split())
    )


def test_csv_and_ndjson_have_every_field(shell):
    table = list(csv.reader(io.StringIO(shell.run("doctor", "--format", "csv").stdout)))
    lines = shell.run("doctor", "--format", "ndjson").stdout.splitlines()

    assert table[0] == FIELDS
    assert [list(json.loads(line)) for line in lines] == [FIELDS] * (len(table) - 1)


def test_no_secret_in_any_format(connected, meta):
    tokens = list(meta.sandbox.tokens)
    for form in ("table", "json", "csv"):
        done = connected.run("doctor", "--format", form, "--debug")
        for secret in (meta.app_secret, *tokens):
            assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("settings", "code", "name"),
    [
        ({"META_APP_ID": ""}, 3, "Meta app"),
        ({"META_API_VERSION": "26"}, 3, "Meta"),
        ({"METACONNECT_STORE": "clouds"}, 3, "store"),
        ({"META_GRAPH_URL": "http://127.0.0.1:9"}, 7, "Meta"),
    ],
)
def test_the_exit_code_is_that_of_what_is_wrong(shell, settings, code, name):
    done = shell.run("doctor", **settings)

    assert done.returncode == code
    assert found_by(done)[name]["exit_code"] == code


def test_it_asks_nothing_about_a_project_that_nobody_allowed(shell):
    env_file = shell.folder / ".env"
    env_file.write_text(
        "SUPABASE_URL=http://127.0.0.1:9\nSUPABASE_KEY=sb_publishable_x"
    )

    with shell.at_terminal("doctor") as terminal:
        assert terminal.end() == 3

    assert "--trust-project" in terminal.shown
    assert "[y/N]" not in terminal.shown


def test_a_login_at_supabase_that_is_due_is_exit_4(shell, stack):
    project = {"SUPABASE_URL": stack.url, "SUPABASE_KEY": stack.publishable_key}

    done = shell.run("doctor", **project)

    assert done.returncode == 4
    found = found_by(done)
    assert found["Supabase project"]["verdict"] == "ok"
    assert found["Supabase session"]["mend"].endswith("metaconnect login")
