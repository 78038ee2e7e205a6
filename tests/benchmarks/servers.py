"""The servers that are measured against, each a process of its own."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@contextmanager
def sandbox() -> Iterator[str]:
    """Serve the pretend Meta, and yield its URL."""
    with _served("metaconnect", "sandbox", "--port", "0") as url:
        yield url


@contextmanager
def synthetic() -> Iterator[str]:
    """Serve as many rows as an ad account's number says, and yield the URL."""
    with _served("tests.benchmarks.synthetic") as url:
        yield url


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
def _served(*module: str) -> Iterator[str]:
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
