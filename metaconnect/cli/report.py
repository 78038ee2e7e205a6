"""An error as a person or a script reads it: on stderr, without a traceback."""

from __future__ import annotations

import sys

from ..errors import GraphError, MetaconnectError
from .terminal import say

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


def report(error: Exception) -> None:
    if _as_json:
        print(_json(error), file=sys.stderr, flush=True)  # noqa: T201
        return
    if not isinstance(error, MetaconnectError):
        say(f"error: unforeseen: {type(error).__name__}: {error}")
        say("Run it again with --debug, and report what it prints.")
        return
    say(f"error: {error}")
    if error.hint:
        say(error.hint)


def _json(error: Exception) -> str:
    import json

    facts: dict[str, object] = {"message": str(error)}
    facts["type"] = type(error).__name__
    facts["exit_code"] = getattr(error, "exit_code", 1)
    if hint := getattr(error, "hint", ""):
        facts["hint"] = hint
    if isinstance(error, GraphError):
        for name in ("code", "subcode", "fbtrace_id", "retry_after"):
            if (value := getattr(error, name)) is not None:
                facts[name] = value
    return json.dumps({"error": facts}, ensure_ascii=False)
