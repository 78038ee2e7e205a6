"""What `--to` names: a DuckDB file, a PostgreSQL database, the Supabase project."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ..errors import UsageError

SUPABASE: Final = "supabase"
_POSTGRES = re.compile(r"postgres(?:ql)?://")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:(?!\\)")
_ENDINGS: Final = (".duckdb", ".ddb", ".db")
_KNOWN: Final = (
    "It is a file like insights.duckdb, postgresql://HOST/NAME, or supabase."
)


def is_postgres(place: str) -> bool:
    return _POSTGRES.match(place) is not None


def duckdb_path(place: str) -> Path:
    """
    Return the path that *place* is. Raises UsageError where it looks like none.

    A new file needs an ending that says what it is: a word that is mistyped would else
    become one.
    """
    # Not quoted where it may hold a password.
    if _SCHEME.match(place):
        raise UsageError("Insights are not kept at such an address.", hint=_KNOWN)
    path = Path(place).expanduser()
    if path.suffix.lower() not in _ENDINGS and not path.exists():
        raise UsageError(f"{place!r} is not a place to keep Insights.", hint=_KNOWN)
    return path
