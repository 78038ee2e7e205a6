"""
A login that waits for its authorization response.

Any user of the machine can connect to a loopback port, and somebody who holds
a valid state can answer with a code of their own: the person is then logged in
as somebody else (login CSRF, RFC 6749, section 10.12). So the start page has a
state of its own and gives it once. A second request for it revokes that state:
one of the two was not the person's browser.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from .state import State


class PendingAuthorization:
    """
    What a receiver waits for: the first response with a valid state.

    *start_url* is where the start page leads, and *start_state* the state in
    it. *other_states* are those that the person was given in another way. All
    methods may be called from any thread.
    """

    def __init__(
        self, start_url: str, start_state: State, *other_states: State
    ) -> None:
        self._start_url = start_url
        self._start_state = start_state
        self._states = (start_state, *other_states)
        # Acquired once and never released.
        self._started = threading.Lock()
        self._claimed = threading.Lock()

    def start(self) -> str | None:
        """Return the start page's URL once; then revoke its state."""
        if self._started.acquire(blocking=False):
            return self._start_url
        self._start_state.revoke()
        return None

    @property
    def is_revoked(self) -> bool:
        """Whether no response can be claimed any more."""
        return all(state.is_revoked for state in self._states)

    def owns(self, params: Mapping[str, str]) -> bool:
        """Whether a response is one to this login, valid or not."""
        return any(state.matches(params) for state in self._states)

    def claim(self, params: Mapping[str, str]) -> bool:
        """Return True once: for the first response with a valid state."""
        accepted = any(state.accepts(params) for state in self._states)
        return accepted and self._claimed.acquire(blocking=False)
