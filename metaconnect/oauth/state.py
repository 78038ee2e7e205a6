"""The state of an authorization request (RFC 6749, section 10.12)."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import compare_digest, token_urlsafe
from time import monotonic

STATE_BYTES = 32


class State:
    """256 random bits, valid for *lifetime* seconds or until revoked."""

    def __init__(self, lifetime: float) -> None:
        self.value = token_urlsafe(STATE_BYTES)
        self._expires_at = monotonic() + lifetime
        self._revoked = False

    @property
    def is_revoked(self) -> bool:
        return self._revoked

    def revoke(self) -> None:
        self._revoked = True

    def matches(self, params: Mapping[str, str]) -> bool:
        """Whether a response carries this state, valid or not."""
        state = params.get("state", "").encode("utf-8", "replace")
        return compare_digest(state, self.value.encode())

    def accepts(self, params: Mapping[str, str]) -> bool:
        """Whether a response carries this state while it is valid."""
        matches = self.matches(params)
        return matches and not self._revoked and monotonic() < self._expires_at
