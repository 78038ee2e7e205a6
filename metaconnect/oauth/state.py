"""The state of a login: what makes a response ours (RFC 6749, section 10.12)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from secrets import compare_digest, token_urlsafe
from time import monotonic

STATE_BYTES = 32


class State:
    """256 random bits, good for one response within *lifetime* seconds."""

    def __init__(self, lifetime: float) -> None:
        self.value = token_urlsafe(STATE_BYTES)
        self._dead_at = monotonic() + lifetime
        # Acquired by the first response and never released.
        self._claimed = threading.Lock()

    def claim(self, params: Mapping[str, str]) -> bool:
        """Return True once: for the first response in time that has it."""
        state = params.get("state", "").encode("utf-8", "replace")
        return (
            compare_digest(state, self.value.encode())
            and monotonic() < self._dead_at
            and self._claimed.acquire(blocking=False)
        )
