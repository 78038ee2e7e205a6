"""
Our migrations through the Supabase CLI: `db push`, `db lint`, `db advisors`.

    python -m tests.stack.lint

Exits with 1 where the CLI finds anything. It is fetched from npm when it is not in
the cache; `db lint` needs the server's plpgsql_check
(`apt-get install postgresql-15-plpgsql-check`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

import metaconnect

from . import cache
from .postgres import OWNER, Postgres, PostgresMissing, server

PACKAGE = "supabase@3.1.0"
SOURCE = Path(metaconnect.__file__).parent / "supabase"
QUIET = {"SUPABASE_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1"}
UP_TO_DATE = "Remote database is up to date"


def program() -> Path:
    found = cache.FOLDER / "npm" / "node_modules" / ".bin" / "supabase"
    return found if found.exists() else cache.npm_install(PACKAGE) / ".bin" / "supabase"


class Supabase:
    """The CLI, pointed at a database."""

    def __init__(self, url: str, workdir: Path) -> None:
        self._program, self._url, self._workdir = program(), url, workdir

    def run(self, *arguments: str) -> str:
        """Run a command, show what it says, and return that."""
        command = [str(self._program), "--workdir", str(self._workdir), *arguments]
        command.append(f"--remote={self._url}")
        print("$ supabase", *arguments, flush=True)
        done = subprocess.run(
            command,
            env={**os.environ, **QUIET},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        print(done.stdout, flush=True)
        if done.returncode:
            sys.exit(1)
        return done.stdout


def lint(postgres: Postgres, workdir: Path) -> None:
    postgres.create("lint")
    add_plpgsql_check(postgres.dsn("lint"))
    # The CLI leaves files beside the configuration: let it have a copy.
    shutil.copytree(SOURCE, workdir / "supabase")
    supabase = Supabase(f"{postgres.dsn('lint', OWNER)}?sslmode=disable", workdir)
    supabase.run("db", "push", "--yes")
    if UP_TO_DATE not in supabase.run("db", "push", "--yes"):
        sys.exit("the second push found something to do")
    schemas = ("--schema", "public,private")
    supabase.run("db", "lint", *schemas, "--level", "warning", "--fail-on", "warning")
    supabase.run("db", "advisors", "--fail-on", "warn")


def add_plpgsql_check(dsn: str) -> None:
    """The CLI would add it by itself, but here its role may not."""
    try:
        with psycopg.connect(dsn) as connection:
            connection.execute("create extension plpgsql_check with schema extensions")
    except psycopg.errors.FeatureNotSupported:
        sys.exit(
            "plpgsql_check is needed:  apt-get install postgresql-15-plpgsql-check"
        )


def main() -> None:
    try:
        with server() as postgres, tempfile.TemporaryDirectory() as workdir:
            lint(postgres, Path(workdir))
    except PostgresMissing as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
