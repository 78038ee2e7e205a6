"""What somebody else's codes and words are to be called in front of a person."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import MetaconnectError

LONGEST = 300
MASK = "***"
_SECRET = re.compile(
    r"\bEAA\w{4,}"  # how Meta's access tokens begin
    r"|\beyJ[\w-]+\.[\w.-]+"  # a JWT
    r"|\bsb_secret_\w+"
    r"|(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{32,}"
)


def cleaned(text: str | None) -> str:
    """Return *text* as one printable line without what looks like a secret."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text or "").split())
    line = _SECRET.sub(MASK, line)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


class Verdict(NamedTuple):
    """
    What a code means. Words in braces are filled in; without a hint the
    error's own stands.
    """

    error: type[MetaconnectError]
    message: str
    hint: str | None = None

    def filled(self, **words: str) -> MetaconnectError:
        hint = self.hint and self.hint.format_map(words)
        return self.error(self.message.format_map(words), hint=hint)
