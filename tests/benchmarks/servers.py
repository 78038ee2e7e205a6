"""The servers that are measured against, each a process of its own."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from metaconnect.constants import DEFAULT_VERSION, Level
from metaconnect.insights.fetch import insights_params
from metaconnect.insights.query import InsightsQuery

LARGE = "act_101000000047514"  # the sandbox's
ROOT = Path(__file__).parents[2]


@contextmanager
def sandbox() -> Iterator[str]:
    """Serve the pretend Meta, and yield its URL."""
    with served("metaconnect", "sandbox", "--port", "0") as url:
        yield url


@contextmanager
def synthetic(*, latency: int = 0) -> Iterator[str]:
    """
    Serve the sandbox's rows, precomputed, and yield the URL.

    An ad account has as many as its number says; *latency* is in milliseconds.
    """
    with TemporaryDirectory(prefix="metaconnect-rows-") as folder:
        path = Path(folder, "rows.ndjson")
        path.write_bytes(_recorded())
        with served("tests.benchmarks.synthetic", str(path), str(latency)) as url:
            yield url


def requests_since(url: str) -> int:
    """Return how many requests the synthetic server had since this was asked."""
    with urllib.request.urlopen(f"{url}/_requests") as answer:
        return int(answer.read())


@cache
def _recorded() -> bytes:
    """Return what the sandbox's large ad account has for 90 days, a row a line."""
    query = InsightsQuery(level=Level.ad, date_preset="last_90d")
    lines: list[bytes] = []
    with sandbox() as url:
        token = control(url, "tokens")["access_token"]
        params = {**_texts(insights_params(query)), "access_token": token}
        edge = f"{url}/{DEFAULT_VERSION}/{LARGE}/insights"
        while True:
            with urllib.request.urlopen(f"{edge}?{urlencode(params)}") as answer:
                page = json.load(answer)
            lines += [
                json.dumps(r, separators=(",", ":")).encode() for r in page["data"]
            ]
            if "next" not in page["paging"]:
                break
            params["after"] = page["paging"]["cursors"]["after"]
    return b"\n".join(sorted(lines, key=lambda line: json.loads(line)["date_start"]))


def _texts(params: dict[str, object]) -> dict[str, str]:
    return {n: v if isinstance(v, str) else json.dumps(v) for n, v in params.items()}


def control(url: str, name: str, **what: object) -> dict[str, Any]:
    """POST to the sandbox's side door."""
    request = urllib.request.Request(
        f"{url}/_sandbox/{name}",
        data=json.dumps(what).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def served(*module: str) -> Iterator[str]:
    """Run a module that prints its URL, and yield that."""
    with subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stderr or ():
        if found := re.search(r"http://localhost:\d+", line):
            return found[0]
    raise RuntimeError("the server did not start")
