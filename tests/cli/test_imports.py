"""What a command loads: heavy libraries only where they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

# A module set to None is one that was kept from being imported.
LIST_MODULES = """
import atexit, runpy, sys
from pathlib import Path
loaded, *arguments = sys.argv[1:]
sys.argv = ["metaconnect", *arguments]
names = lambda: [name for name, module in sys.modules.items() if module]
atexit.register(lambda: Path(loaded).write_text("\\n".join(names())))
runpy.run_module("metaconnect", run_name="__main__")
"""
ALWAYS_TOO_HEAVY = {"keyring", "starlette", "supabase", "uvicorn"}
NO_NETWORK = {"cryptography", "filelock", "httpx", "msgspec", "sqlite3"}
# Not pydantic: Typer loads it for the first option that it reads.
# What httpx loads where it is there, and nothing of ours uses.
UNUSED = {"h2", "hpack", "zstandard"}
NO_TERMINAL = {"click", "cryptography", "filelock", "platformdirs", "pygments", "rich"}


@pytest.fixture
def loaded_by(shell, tmp_path):
    """Run a command and return the top-level modules that it loaded."""

    def run(*arguments):
        names = tmp_path / "modules.txt"
        command = [sys.executable, "-c", LIST_MODULES, str(names), *arguments]
        done = subprocess.run(
            command,
            cwd=shell.folder,
            env=shell.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout
        return {name.partition(".")[0] for name in names.read_text().split()}

    return run


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["connect", "-h"]])
def test_saying_what_it_is_loads_no_part_that_works(loaded_by, arguments):
    loaded = loaded_by(*arguments)

    assert "metaconnect" in loaded
    assert not loaded & (ALWAYS_TOO_HEAVY | NO_NETWORK | {"asyncio"})


def test_the_version_is_said_without_rich_and_pydantic(loaded_by):
    assert not loaded_by("--version") & {"rich", "click", "pygments", "pydantic"}


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
def test_insights_as_data_load_nothing_for_a_terminal(loaded_by, connected, form):
    loaded = loaded_by("insights", "--format", form)

    assert {"httpx", "sqlite3", "msgspec"} <= loaded
    assert not loaded & (ALWAYS_TOO_HEAVY | NO_TERMINAL | UNUSED)
    assert "zoneinfo" not in loaded


def test_importing_the_package_loads_neither_its_command_line_nor_a_network():
    code = "import sys, metaconnect; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(done.stdout.split())
    assert "metaconnect.errors" in loaded
    assert not loaded & (ALWAYS_TOO_HEAVY | NO_NETWORK | {"typer", "metaconnect.cli"})
