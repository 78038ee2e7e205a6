"""Chromium, and the real command that waits for what a person does in it."""

import os
import shutil
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..cli.shell import browser as writing_to
from .person import Person

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# A folder to keep the screenshots in:  SCREENSHOTS=/tmp/pages pytest tests/browser
SCREENSHOTS = os.environ.get("SCREENSHOTS")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


# Not longer than this folder: the sync API keeps a loop running in our thread.
@pytest.fixture(scope="package")
def chromium():
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright: pip install playwright"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def person(chromium):
    """Open a browser of its own: `person(color_scheme="dark")`."""
    with ExitStack() as stack:

        def come(**settings):
            context = stack.enter_context(chromium.new_context(**settings))
            return Person(context)

        yield come


@pytest.fixture
def connect(shell, tmp_path):
    """Start `metaconnect connect`: `connect("--rerequest")` is a Login."""
    with ExitStack() as stack:

        def start(*arguments):
            handed = tmp_path / f"address-{time.monotonic_ns()}"
            running = shell.start(
                "connect", "--client", "acme", "--account", "first", *arguments,
                BROWSER=writing_to(handed),
            )  # fmt: skip
            return Login(stack.enter_context(running), handed)

        yield start


class Login:
    """A `connect` that runs, and the addresses that it shows."""

    def __init__(self, running, handed):
        self._running = running
        self._handed = handed
        self.end = running.end

    @property
    def address(self):
        """The start page, as $BROWSER got it."""
        return address_in(self._handed)

    @property
    def long_address(self):
        """The consent page, as the terminal shows it."""
        return self._running.until(r"http://\S+/dialog/oauth\S+")[0]


@pytest.fixture
def keep():
    """Take a screenshot, where there is a folder for it."""

    def take(tab, name):
        if SCREENSHOTS:
            tab.screenshot(path=Path(SCREENSHOTS, f"{name}.png"))

    return take


def address_in(handed, timeout=20):
    """Wait for the file that $BROWSER writes, and return what is in it."""
    deadline = time.monotonic() + timeout
    while not handed.exists():
        assert time.monotonic() < deadline, "no browser was opened"
        time.sleep(0.02)
    return handed.read_text()
