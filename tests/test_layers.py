"""The floors hold: nothing imports upward, and siblings are strangers."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "metaconnect"
FLOORS = [
    {"constants", "loopback", "redact", "_version", "_safe_path"},
    {"errors", "models"},
    {"private_files"},
    {"settings", "oauth", "graph", "stores", "output", "sandbox"},
    {"insights", "warehouse"},
    {"flows"},
    {"parts"},
    {"api"},
    {"blocking"},
    {"cli", "spark"},
    {"__main__", "__init__"},
]
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}
MODULES = sorted(PACKAGE.rglob("*.py"))
# The sandbox's own command, and `--version` without loading the command line.
TALKS = {"sandbox/server.py", "__main__.py"}
STREAMS = {("sys", name) for name in ("stdin", "stdout", "stderr", "exit")}
SUPABASE = {"supabase", "supabase_auth", "postgrest"}


def part_of(module):
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(module):
    """Yield every imported name, in full, also those inside functions."""
    home = ["metaconnect", *module.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = home[: len(home) - node.level + 1] if node.level else []
            base = base + (node.module.split(".") if node.module else [])
            yield from ([*base, alias.name] for alias in node.names)


def relative_path(module):
    return str(module.relative_to(PACKAGE))


@pytest.mark.parametrize("module", MODULES, ids=relative_path)
def test_imports_point_down(module):
    here = part_of(module)

    for name in imports(module):
        if name[0] != "metaconnect" or len(name) == 1:
            continue
        there = name[1]
        assert there == here or FLOOR[there] < FLOOR[here], f"{here} -> {there}"


@pytest.mark.parametrize("module", MODULES, ids=relative_path)
def test_typer_and_rich_stay_at_the_door_and_supabase_in_the_stores(module):
    libraries = {name[0] for name in imports(module)}
    part = part_of(module)

    if part != "cli":
        assert "typer" not in libraries
    if part not in ("cli", "output"):
        assert "rich" not in libraries
    if part != "stores":
        assert not libraries & SUPABASE


@pytest.mark.parametrize("module", MODULES, ids=relative_path)
def test_only_the_doors_print_or_touch_signals(module):
    if part_of(module) == "cli" or relative_path(module) in TALKS:
        return
    tree = ast.parse(module.read_text())

    assert not {name[0] for name in imports(module)} & {"signal", "getpass"}
    assert not {name[:2] for name in map(tuple, imports(module))} & STREAMS
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.Name) and node.id in ("print", "input"))
        assert not (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and (node.value.id, node.attr) in STREAMS
        )


def test_every_file_has_its_floor():
    assert {part_of(module) for module in MODULES} == set(FLOOR)


def test_every_error_is_drawn_in_the_tree():
    from metaconnect import errors

    drawn = {
        line.split()[1]: len(line) - len(line.lstrip())
        for line in errors.__doc__.splitlines()
        if line.lstrip()[:2] in ("* ", "x ", "+ ", ". ")
    }
    classes = {
        name: cls
        for name, cls in vars(errors).items()
        if isinstance(cls, type) and issubclass(cls, errors.MetaconnectError)
    }

    assert list(drawn) == list(classes)
    for name, cls in classes.items():
        depth = len([base for base in cls.__mro__ if base in classes.values()]) - 1
        assert drawn[name] == 2 * depth
