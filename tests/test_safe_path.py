"""`python -m metaconnect` runs no file of the working folder as its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIBRARIES = {"click", "dotenv", "httpx", "msgspec", "platformdirs", "rich", "typer"}
TRAP = "import os; os.write(2, b'TRAP ' + __name__.encode())\n"


def run(*arguments, cwd, path=ROOT):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    """A folder with a trap for each module that Python has not loaded by then."""
    code = "import runpy, sys; print(*sys.modules)"
    loaded = set(run("-c", code, cwd=tmp_path).stdout.split())
    folder = tmp_path / "cloned"
    folder.mkdir()
    for name in (sys.stdlib_module_names | LIBRARIES) - loaded:
        (folder / f"{name}.py").write_text(TRAP)
    return folder


@pytest.mark.parametrize("option", [["-m", "metaconnect"], ["-Bmmetaconnect"]])
def test_with_m_nothing_is_imported_from_the_working_folder(folder, option):
    done = run(*option, "accounts", "list", cwd=folder)

    assert done.returncode == 4, done.stderr  # nothing is connected
    assert "TRAP" not in done.stderr


def test_another_program_with_m_keeps_its_working_folder(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "__init__.py").write_text("import metaconnect")
    (tmp_path / "theirs" / "__main__.py").write_text("import beside")
    (tmp_path / "beside.py").write_text("print('found')")

    done = run("-m", "theirs", cwd=tmp_path)
    assert done.stdout == "found\n", done.stderr


def test_a_checkout_runs_from_its_own_folder(tmp_path):
    done = run("-m", "metaconnect", "--version", cwd=ROOT, path=tmp_path)

    assert done.stdout.startswith("metaconnect ")
