"""
Opens the person's browser, by the rules of the standard `webbrowser`.

It runs in a process of its own, because browsers print to stdout and some stay
in the foreground until they are closed.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
import threading
from pathlib import PurePath

from .receiver import set_result_threadsafe

TIMEOUT = 3.0
# Meta's login needs JavaScript, and these browsers need the terminal.
TEXT_BROWSERS = {"w3m", "lynx", "links", "links2", "elinks", "browsh", "www-browser"}
# The settings of metaconnect and of the dashboard, which can be secrets. By
# prefix: this part does not know their names, and more of them may be added.
PRIVATE_PREFIXES = ("META_", "METACONNECT_", "NEXT_PUBLIC_", "POSTGRES_", "SUPABASE_")
PRIVATE_NAMES = ("DATABASE_URL", "DIRECT_URL", "PGPASSWORD")
# On stdin, so that the URL is no argument of this process.
LAUNCH = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.stdin.read()))"

# Which of them that is, without opening it. A command of $BROWSER is taken on
# trust by webbrowser.
FIND = """\
import shutil, sys, webbrowser
found = webbrowser.get()
name = getattr(found, "name", "") or type(found).__name__
print(name)
sys.exit(isinstance(found, webbrowser.GenericBrowser) and not shutil.which(name))
"""


async def open_browser(url: str) -> bool:
    """
    Try to open *url*, and return whether a browser took it. Never raises.

    `$BROWSER` comes first. A browser that still runs after 3 seconds counts
    as opened. Its environment lacks our settings. The URL becomes an argument
    of the browser's process, which every user of the machine can read: it must
    hold no state, so pass a LoopbackReceiver's `start_url`.
    """
    if not _has_browser():
        return False
    opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def launch() -> None:
        set_result_threadsafe(opened, _launch(url))

    # A daemon, because some browsers run longer than we do.
    threading.Thread(target=launch, daemon=True, name="browser").start()
    try:
        return await asyncio.wait_for(opened, TIMEOUT)
    except TimeoutError:
        return True


def find_browser() -> str | None:
    """Return the name of the browser that `open_browser` would try first, if any."""
    if not _has_browser():
        return None
    done = _run(FIND, stdout=subprocess.PIPE)
    return done.stdout.decode().strip() if done and done.returncode == 0 else None


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
    done = _run(LAUNCH, url)
    return done is not None and done.returncode == 0


def _run(
    program: str, text: str = "", *, stdout: int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[bytes] | None:
    """Run *program* with *text* on its stdin; None where it cannot be started."""
    try:
        return subprocess.run(  # noqa: S603 (our own interpreter)
            # Isolated: nothing is imported from the working folder.
            [sys.executable, "-I", "-S", "-c", program],
            check=False,
            env={k: v for k, v in os.environ.items() if not _is_withheld(k)},
            input=text.encode(),
            # Not a pipe where a browser starts: it would hold it open.
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None


def _is_withheld(name: str) -> bool:
    name = name.upper()  # Windows ignores the case
    # Without TERM webbrowser does not fall back on text browsers.
    return name == "TERM" or name in PRIVATE_NAMES or name.startswith(PRIVATE_PREFIXES)
