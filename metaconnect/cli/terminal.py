"""The person at the terminal: what is said to them, and what is asked."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import UsageError
from ..redact import printable


def say(text: str = "") -> None:
    """Speak on stderr; stdout is for data."""
    lines = "\n".join(map(printable, text.split("\n")))  # names come from Meta
    print(lines, file=sys.stderr, flush=True)  # noqa: T201


def is_interactive() -> bool:
    """Whether somebody can be asked: not where `CI` is set, terminal or not."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def ask(question: str, *, option: str) -> str:
    """
    Ask for a line on stderr and return it.

    Raises UsageError where nobody can be asked: it names the *option*.
    """
    if not is_interactive():
        raise UsageError(f"{question} Nobody can be asked here: say it with {option}.")
    return read_line(lambda: print(question, end=" ", file=sys.stderr)) or ""  # noqa: T201


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


def ask_unseen(question: str, *, option: str) -> str:
    """Like `ask`, for what nobody should see typed."""
    from getpass import getpass

    if not is_interactive():
        raise UsageError(f"{question} Nobody can be asked here: say it with {option}.")
    with interruptible():
        return getpass(f"{question} ", stream=sys.stderr)


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


def confirm(question: str) -> bool:
    return ask(f"{question} [y/N]", option="").lower() in ("y", "yes")
