"""An error as a person or a script reads it: on stderr, without a traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..errors import MetaconnectError
from .terminal import pasteable, say

if TYPE_CHECKING:
    from ..flows.insights_many import Failure

_as_json = False


def report_as_json(*, explicit: bool = True) -> None:
    """
    From here on an error is one JSON object: the command prints JSON.

    Where nobody asked for JSON (a pipe), a person who watches stderr still
    reads words.
    """
    global _as_json  # noqa: PLW0603  one process, one command
    _as_json = explicit or not sys.stderr.isatty()


def report_as_text() -> None:
    """Errors are words: what every command starts with."""
    global _as_json  # noqa: PLW0603
    _as_json = False


def notice(text: str) -> None:
    """Print what a person should know, in the words of others, masked."""
    from ..redact import redact

    say(redact(text))


def notice_on(client_id: str, text: str) -> None:
    """Print what a person should know about a client, who is named once."""
    whose = f"Client {client_id!r}"
    notice(text if text.startswith(whose) else f"{whose}: {text}")


def notice_failure(failure: Failure) -> None:
    """Print what went wrong with one of several clients, on one line."""
    account = f"{failure.ad_account_id}: " if failure.ad_account_id else ""
    hint = " ".join(failure.error.hint.splitlines())
    notice_on(failure.client_id, f"{account}{failure.error} {hint}")


def report(error: Exception) -> None:
    """Print *error* and its next step, with every secret masked."""
    if not isinstance(error, MetaconnectError):
        error = MetaconnectError(
            f"unexpected error: {type(error).__name__}: {error}",
            hint="Run it again with --debug, and report what it prints.",
        )
    if _as_json:
        _print_json(error)
        return
    from ..output.text import one_line
    from ..redact import redact

    say(redact(f"error: {one_line(str(error))}"))
    if error.hint:
        say(redact(error.hint))


def _print_json(error: MetaconnectError) -> None:
    import json

    from ..redact import redact

    facts = {
        name: pasteable(redact(value)) if isinstance(value, str) else value
        for name, value in error.as_dict().items()
    }
    # ASCII: whatever the encoding of stderr, and no control character as itself.
    say(json.dumps({"error": facts}))
