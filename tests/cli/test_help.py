"""The help of every command, and the hints of every message."""

import ast
import re
from pathlib import Path

import pytest
import typer

from metaconnect.cli import lazy
from metaconnect.cli.main import app
from metaconnect.constants import DATE_PRESETS

PACKAGE = Path(__file__).parents[2] / "metaconnect"
GROUP = typer.main.get_command(app)
GROUP.commands.update({name: lazy.load(name) for name in lazy.COMMANDS})


def every_command(group=GROUP, path=()):
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from every_command(command, (*path, name))


@pytest.mark.parametrize(("path", "command"), list(every_command()), ids=str)
def test_every_help_fits_and_has_an_example(shell, path, command):
    done = shell.run(*path, "--help", COLUMNS="80")

    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert re.search(r"Example|Try it", done.stdout)
    text = " ".join(re.sub(r"[│\s]+", " ", done.stdout).split())
    for option in command.params:
        for name in option.opts if option.opts[0].startswith("-") else ():
            assert f" {name} " in text
        # Rich takes [words] for markup, and prints nothing.
        if option.default not in (None, False) and not callable(option.default):
            assert f"[default: {option.default}]" in text


def test_the_help_of_insights_lists_what_can_be_said(shell):
    done = shell.run("insights", "--help", COLUMNS="80")
    text = re.sub(r"[│\s]+", " ", done.stdout)

    assert all(preset in text for preset in DATE_PRESETS)
    assert "Default: last_7d" in text
    assert "account, campaign, adset, ad." in text
    assert "table, json, ndjson, csv" in text


def test_the_help_of_connect_says_that_a_new_name_makes_a_client(shell):
    text = " ".join(shell.run("connect", "--help").stdout.split())

    assert "a new --client makes a new client" in text


def strings():
    """Every text of the program, with braces for what is filled in."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path.relative_to(PACKAGE), node.value


def test_no_command_that_we_print_holds_a_placeholder():
    """`accounts use ACCOUNT` was taken for a part of a name, and switched."""
    commands = re.compile(r"metaconnect [a-z][^\n]*")
    said = [(path, c) for path, text in strings() for c in commands.findall(text)]

    assert len(said) > 30
    names = re.compile(r"(?<![\w$=.])(?!DSN\b|SQL\b)[A-Z]{2,}(?![\w=.])")
    wrong = [(path, c) for path, c in said if names.search(c.split("   ")[0])]
    assert wrong == []
