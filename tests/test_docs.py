"""README, SECURITY.md, .env.example, the help and the code say the same."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from metaconnect import errors
from metaconnect.cli import lazy
from metaconnect.cli.main import app
from metaconnect.flows.handover import KINDS, SETS
from metaconnect.insights.picks import PLAIN
from metaconnect.settings import NAMES

from .test_layers import FLOORS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SECURITY = (ROOT / "SECURITY.md").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
VARIABLES = {name for names in NAMES.values() for name in names}
# Of other programs, or of the shell.
FOREIGN = {"BROWSER", "NO_COLOR", "DATABASE_URL", "ON_ERROR_STOP", "MY_TOKEN"}
FOREIGN |= {name for names in SETS.values() for name in names}
FOREIGN_OPTIONS = {"--dist", "--now", "--user"}


def commands(group, path=("metaconnect",)):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


ROOT_COMMAND = get_command(app)
ROOT_COMMAND.commands.update({name: lazy.load(name) for name in lazy.COMMANDS})
COMMANDS = dict(commands(ROOT_COMMAND))


def long_options(command):
    return {
        option
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }


def row_of(command):
    (row,) = re.findall(rf"^\| `{command}` \|.*$", README, re.MULTILINE)
    return row


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_with_just_its_options(command):
    documented = set(re.findall(r"`(--[\w-]+)`", row_of(command)))

    assert documented == long_options(COMMANDS[command])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(command):
    assert COMMANDS[command].help
    for parameter in COMMANDS[command].params:
        assert parameter.help, parameter.name


@pytest.mark.parametrize("name", lazy.COMMANDS)
def test_a_command_is_summed_up_as_it_says_itself(name):
    own = ROOT_COMMAND.commands[name].get_short_help_str(200)

    assert lazy.COMMANDS[name].summary == own


def test_the_readme_names_no_command_that_is_not_there():
    named = re.findall(r"^\| `(metaconnect [^`]+)` \|", README, re.MULTILINE)

    assert sorted(named) == sorted(COMMANDS)


def test_every_hint_names_a_command_that_is_there():
    sources = "".join(p.read_text() for p in ROOT.glob("metaconnect/**/*.py"))
    sources += README
    named = set(re.findall(r'(?:  |(?<!b)"|`)metaconnect ([a-z]+)\b', sources))

    assert len(named) > 5
    assert named <= {name.split()[1] for name in COMMANDS}


def test_the_global_options_are_in_the_readme():
    for option in long_options(ROOT_COMMAND):
        assert f"`{option}" in README, option


@pytest.mark.parametrize("text", [README, SECURITY], ids=["README", "SECURITY"])
def test_every_option_that_is_named_is_one(text):
    ours = long_options(ROOT_COMMAND) | {"--help"}
    ours |= {o for command in COMMANDS.values() for o in long_options(command)}
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text))

    assert named <= ours | FOREIGN_OPTIONS


def test_every_variable_in_security_is_one():
    named = set(re.findall(r"\b(?:META|METACONNECT|SUPABASE)_[A-Z_]+\b", SECURITY))

    assert named
    assert named <= VARIABLES


def test_the_plain_columns_are_in_the_readme_with_their_action_types():
    rows = re.findall(r"^\| (`[^|]+`) \| (`[^|]+`) \|$", README, re.MULTILINE)
    documented = {
        column: tuple(re.findall(r"`([\w.]+)`", types))
        for columns, types in rows
        for column in re.findall(r"`(\w+)`", columns)
    }

    assert {n: documented.get(n) for n in PLAIN} == {
        n: p.types for n, p in PLAIN.items()
    }


def test_the_variables_for_other_programs_are_in_the_readme():
    rows = re.findall(r"^\| `([\w-]+)` \| (`[^|]+`) \| (.+) \|$", README, re.MULTILINE)
    documented = {
        name: (re.findall(r"`(\w+)`", variables), number == "the number")
        for name, variables, number in rows
    }

    assert documented == {
        name: (list(variables), "account_number" in variables.values())
        for name, variables in SETS.items()
    }
    (listed,) = re.findall(r"The kinds are (.*?)\.", README)
    assert tuple(re.findall(r"`(\w+)`", listed)) == KINDS


def test_the_floors_in_the_readme_are_those_that_are_tested():
    (drawn,) = re.findall(r"```text\n(__main__.*?)```", README, re.DOTALL)
    # Beside the names, after a wider gap, is what they are.
    lines = [re.split(r" {3,}", line)[0] for line in drawn.splitlines()]
    named = " ".join(lines).split()
    floors = [floor for floor in reversed(FLOORS) for _ in floor]

    for name, floor in zip(named, floors, strict=True):
        assert name in floor


@pytest.mark.parametrize("text", [README, ENV_EXAMPLE], ids=["README", ".env.example"])
def test_every_variable_is_documented_and_no_other(text):
    named = set(re.findall(r"\b[A-Z][A-Z]+(?:_[A-Z]+)+\b|\bBROWSER\b", text))

    assert named - FOREIGN == VARIABLES


def test_every_exit_code_is_in_the_readme_and_no_other():
    documented = set(map(int, re.findall(r"^\| (\d+) \|", README, re.MULTILINE)))
    used = {
        cls.exit_code
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.MetaconnectError)
    }

    assert documented == used | {0, 130}


def test_the_readme_installs_extras_that_are_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"(?:metaconnect|'\.)\[([\w,]+)\]", README)
    extras = {extra for names in named for extra in names.split(",")}

    assert len(extras) > 5
    assert extras <= set(project["optional-dependencies"])


@pytest.mark.parametrize("text", [README, SECURITY], ids=["README", "SECURITY"])
def test_every_file_that_is_named_is_there(text):
    named = re.findall(r"`((?:tests|metaconnect|\.ci)/[\w./]+)`", text)

    assert named
    for name in named:
        assert (ROOT / name).exists(), name


def test_the_changelog_has_a_section_for_what_is_not_released():
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


def texts(value):
    """Yield every text in *value*, which was JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def said_by_the_program():
    """Return every literal of the code, and what the pretend Meta says."""
    for module in ROOT.glob("metaconnect/**/*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    yield from texts(json.loads((ROOT / "metaconnect/sandbox/faults.json").read_text()))


def symptoms():
    """Return the first column of the troubleshooting table."""
    table = README.partition("| you see | why | what to do |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    return [quoted for cell in cells for quoted in re.findall(r"`([^`]+)`", cell)]


def test_what_the_troubleshooting_table_quotes_is_what_the_program_says():
    said = list(said_by_the_program())

    assert len(symptoms()) > 25
    for symptom in symptoms():
        for piece in filter(None, map(str.strip, symptom.split("…"))):
            assert any(piece in text for text in said), piece
