"""What a person has been told today, and need not read at every command."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

from ..errors import ConfigError
from ..private_files import private_folder, write_private


def told_today(folder: Path, key: str, today: date) -> bool:
    """
    Return whether this was called with *key* before, *today*, and note that it was.

    What cannot be noted is told again: it never stops a command.
    """
    path = folder / "told.json"
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        told = {}
    day = today.isoformat()
    told = {k: d for k, d in told.items() if d == day} if isinstance(told, dict) else {}
    if key in told:
        return True
    with suppress(OSError, ConfigError):
        private_folder(folder)
        write_private(path, json.dumps({**told, key: day}).encode())
    return False
