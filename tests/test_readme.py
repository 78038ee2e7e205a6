"""The examples of README's chapters on Insights run, against the pretend Meta."""

import ast
import asyncio
import inspect
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from metaconnect import Metaconnect
from metaconnect.settings import NAMES
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .readme import blocks, chapter, commands, sections

READING, WAREHOUSE = "Reading Insights", "Into a warehouse"
FILE = "insights.duckdb"
# The project of Supabase is in tests/database/test_dashboard.py, Spark's data source in
# tests/test_spark.py.
SECTIONS = {
    name: text
    for title in (READING, WAREHOUSE)
    for name, text in sections(title).items()
    if commands(text) and name != "Supabase"
}
PYTHON = blocks(chapter("Use it from Python"), "python")


@pytest.fixture
def clients(connected):
    """A shell with the three clients of the README, of which acme is meant."""
    folder = Path(connected.env["METACONNECT_HOME"])
    store = LocalStore(folder, open_secret_store(folder, "file"))
    acme = store.get("acme")
    for name, account in (("globex", "7919"), ("initech", "182137")):
        account_id = f"act_{101_000_000_000_000 + int(account)}"
        store.save(replace(acme, client_id=name, ad_account_id=account_id))
    connected.env["METACONNECT_CLIENT"] = "acme"
    return connected


@pytest.mark.parametrize("name", SECTIONS)
def test_the_commands_of_a_section_run_one_after_the_other(name, clients, request):
    text = SECTIONS[name]
    for toml in blocks(text, "toml"):
        (clients.folder / "metaconnect.toml").write_text(toml)
    clients.env["METACONNECT_SYNC_TO"] = FILE
    if FILE in text and f"--to {FILE}" not in text:  # from the section before
        assert clients.run("sync", "--to", FILE).returncode == 0

    for command in commands(text):
        env = dict(command.env)
        if "METACONNECT_SYNC_TO" in env:
            env["METACONNECT_SYNC_TO"] = request.getfixturevalue("database")
        done = clients.run(*command.arguments, **env)
        assert done.returncode in command.exit_codes, f"{command}: {done.stderr}"


def test_every_command_of_the_two_chapters_is_in_a_section_that_runs():
    text = chapter(READING) + chapter(WAREHOUSE)
    written = re.findall(
        r"^(?:\S+ \S+ \S+ \S+ \S+ +cd \S+ && )?metaconnect ", text, re.MULTILINE
    )
    run = [each for section in SECTIONS.values() for each in commands(section)]
    of_supabase = commands(sections(WAREHOUSE)["Supabase"])

    assert len(of_supabase) == 1
    assert len(written) == len(run) + 1
    assert len(run) > 30


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python_runs(code, clients, monkeypatch, tmp_path):
    for name, value in clients.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    compiled = compile(code, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    names = {"Metaconnect": Metaconnect}  # imported by the first example
    if compiled.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(compiled, names))
    else:
        exec(compiled, names)


def test_a_cluster_is_given_settings_that_there_are():
    (given,) = blocks(sections(WAREHOUSE)["Spark"], "ini")
    names = [line.partition("=")[0] for line in given.splitlines()]

    assert len(names) > 3
    assert set(names) <= {name for each in NAMES.values() for name in each}
