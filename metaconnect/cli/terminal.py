"""The person's terminal: what is said on stderr, and a line that is typed."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# Those that use the settings of the run.
_COMMAND = re.compile(
    r"\bmetaconnect (?=(?:connect|insights|status|refresh|disconnect|token|exec"
    r"|accounts|clients|login|logout|whoami|doctor)\b)"
)
# What is to be pasted stands behind two spaces, or at an indent.
_TO_PASTE = re.compile(r"^ |\S  \S")
_options = ""


def keep_options(options: str) -> None:
    """Put the global *options*, quoted, into each command that is said from now on."""
    global _options  # noqa: PLW0603  one process, one command
    _options = f"{options} " if options else ""


def pasteable(text: str) -> str:
    """Return *text* with the options of this run in the commands that it names."""
    return _COMMAND.sub(lambda match: match[0] + _options, text)


def say(text: str = "") -> None:
    """Print on stderr; stdout is for data."""
    from ..redact import printable  # --help goes without

    lines = map(printable, pasteable(text).split("\n"))  # names come from Meta
    if sys.stderr.isatty():
        lines = map(_wrapped, lines)
    said = encodable("\n".join(lines), sys.stderr.encoding)
    with suppress(BrokenPipeError, OSError):  # nobody listens any more
        # One write: what another process prints never comes in between.
        sys.stderr.write(f"{said}\n")
        sys.stderr.flush()


def _wrapped(line: str) -> str:
    """Return *line* broken between words, where a terminal would break one."""
    from textwrap import fill

    width = shutil.get_terminal_size().columns
    if len(line) <= width or _TO_PASTE.search(line):
        return line
    return fill(line, width, break_long_words=False, break_on_hyphens=False)


def encodable(text: str, encoding: str | None) -> str:
    """Return *text* with what *encoding* lacks as an escape."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def is_interactive() -> bool:
    """Whether somebody can be asked: not where `CI` is set, terminal or not."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def read_line(prompt: Callable[[], None]) -> str | None:
    """Return the line that is typed after *prompt*, or None at the input's end."""
    with interruptible():
        prompt()
        sys.stderr.flush()
        # A read can miss the Ctrl-C that comes just before it, and then block.
        while os.name == "posix" and not select.select([sys.stdin], [], [], 0.2)[0]:
            pass
        line = sys.stdin.readline()
    return line.strip() if line else None


@contextmanager
def interruptible() -> Iterator[None]:
    """
    Let Ctrl-C end a blocking read at once.

    Inside asyncio.run it would only be noted until the read is over; one that
    was noted already counts.
    """
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if _is_interrupted():
            raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, former)


def _is_interrupted() -> bool:
    import asyncio

    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs here
        return False
    return task is not None and task.cancelling() > 0
