"""
Opening the person's browser, by the rules of the standard `webbrowser`.

It runs in a process of its own: what browsers print would otherwise end up in
our output, and those that stay in the foreground would keep us waiting.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
import threading
from pathlib import PurePath

from .futures import settle_from_thread

TIMEOUT = 3.0
# Meta's login needs JavaScript, and these need the terminal.
TEXT_BROWSERS = {"w3m", "lynx", "links", "links2", "elinks", "browsh", "www-browser"}
# On stdin, so that the URL is no argument of this process.
LAUNCH = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.stdin.read()))"


async def open_browser(url: str) -> bool:
    """
    Try to open *url*, and return whether a browser took it. Never raises.

    `$BROWSER` comes first. A browser that still runs after 3 seconds has
    taken it. The URL becomes an argument of the browser's process: it must
    hold no state, so pass a LoopbackReceiver's `start_url` where there is one.
    """
    if not _has_browser():
        return False
    opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def launch() -> None:
        settle_from_thread(opened, _launch(url))

    # A daemon: some browsers end long after us.
    threading.Thread(target=launch, daemon=True, name="browser").start()
    try:
        return await asyncio.wait_for(opened, TIMEOUT)
    except TimeoutError:
        return True


def _has_browser() -> bool:
    chosen = os.environ.get("BROWSER", "")
    if chosen:
        return not all(map(_is_text_browser, chosen.split(os.pathsep)))
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    on_desktop = sys.platform in ("darwin", "win32")
    return on_desktop and "SSH_CONNECTION" not in os.environ


def _is_text_browser(command: str) -> bool:
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return not words or PurePath(words[0]).name in TEXT_BROWSERS


def _launch(url: str) -> bool:
    # Without TERM webbrowser does not fall back on text browsers.
    environment = {k: v for k, v in os.environ.items() if k != "TERM"}
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter)
            [sys.executable, "-I", "-S", "-c", LAUNCH],
            check=False,
            env=environment,
            input=url.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return done.returncode == 0
