"""Texts of others, made fit for each kind of output."""

from __future__ import annotations

import re
from typing import Final

from ..redact import printable

_SPACE: Final = re.compile(r"\s")
_UNSEEN: Final = re.compile(r"[^ -~]")
_JOINERS: Final = "\u200c\u200d"  # Persian spelling and composed emoji need them


def well_formed(text: str) -> str:
    """
    Return *text* with U+FFFD for each lone surrogate, which UTF-8 cannot hold.

    JSON may hold one as an escape (RFC 8259, section 8.2), and Meta cuts names
    in the middle of an emoji.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str) -> str:
    """Return *text* as one line that cannot drive a terminal."""
    if text.isprintable():
        return text
    return printable(_SPACE.sub(" ", well_formed(text)))


def escaped(text: str) -> str:
    r"""Return *text* with control characters as ``\u001b``, to be shown."""
    return _UNSEEN.sub(_escape, well_formed(text))


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable() or char in _JOINERS or char in "\u00a0\u3000":
        return char
    return f"\\u{ord(char):04x}"
