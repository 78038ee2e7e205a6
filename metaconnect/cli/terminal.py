"""The person at the terminal: what is said to them, and what is asked."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import UsageError
from ..speech import printable


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
    print(f"{question} ", end="", file=sys.stderr, flush=True)  # noqa: T201
    with interruptible():
        return sys.stdin.readline().strip()


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

    Inside asyncio.run it would only be noted until the read is over.
    """
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


def confirm(question: str) -> bool:
    return ask(f"{question} [y/N]", option="").lower() in ("y", "yes")
