"""Names of Meta's as people write them: lists of them, and the nearest right one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .query import Names


def split(given: Names) -> tuple[str, ...]:
    """Return each name once. An action type in it may hold spaces, no commas."""
    items = [given] if isinstance(given, str) else given
    pieces = (piece for item in items for piece in item.split(","))
    parts = ([piece.strip()] if ":" in piece else piece.split() for piece in pieces)
    return tuple(dict.fromkeys(name for names in parts for name in names if name))


def is_name(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> list[str]:
    """Return up to three of *known* that *name* may stand for, the nearest first."""
    from difflib import get_close_matches

    lower = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), lower, n=3, cutoff=cutoff)
    return [lower[each] for each in close]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean X?" to follow a sentence, or nothing."""
    close = nearest(name, known)
    return f" Did you mean {close[0]}?" if close else ""


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """
    Return the one of *known* that *name* misspells, if it does.

    Meta adds names faster than we learn them: `image_asset_v2` is more likely
    new than misspelt, and Meta's to judge.
    """
    for close in nearest(name, known, cutoff=0.8):
        if not name.startswith(f"{close}_") and not name.endswith(f"_{close}"):
            return close
    return None
