"""What somebody else's codes and words are to be called in front of a person."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import MetaconnectError


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
