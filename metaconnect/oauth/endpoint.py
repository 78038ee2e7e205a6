"""
The redirection endpoint (RFC 6749, section 3.1.2): what to answer to a request.

The checks come in this order: path, Host, state, then error, then code. So
nobody who does not know the state can end a login, not even with a denial.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from secrets import compare_digest

from . import pages
from .authorization import is_denial, response_params
from .receiver import PendingAuthorization

# A browser can be quicker than the program that opened it.
TIMEOUT = 5.0
HOSTS = ("localhost", "127.0.0.1", "[::1]")
HTTP_PORT = 80

Deliver = Callable[[dict[str, str]], None]


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Answer:
    """A page, and what to do once it is written or the browser went away."""

    page: pages.Page
    headers: tuple[tuple[str, str], ...] = ()
    written: Callable[[], None] = _nothing


@dataclass(frozen=True)
class _Waiting:
    expected: PendingAuthorization
    deliver: Deliver


class RedirectionEndpoint:
    """Answers in many threads at once; the first response claimed is the one."""

    def __init__(self, path: str, port: int) -> None:
        self._path = path
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        if port == HTTP_PORT:
            self._hosts.update(HOSTS)
        self._changed = threading.Condition()
        self._waiting: _Waiting | None = None
        self._received: Mapping[str, str] | None = None
        self._closed = False

    @property
    def start_path(self) -> str:
        """The short way to the authorization URL."""
        return "/" if self._path != "/" else "/start"

    def expect(self, expected: PendingAuthorization, deliver: Deliver) -> None:
        """Wait for *expected*; *deliver* its response from another thread."""
        with self._changed:
            self._waiting = _Waiting(expected, deliver)
            self._changed.notify_all()

    def forget(self) -> None:
        with self._changed:
            self._waiting = None

    def close(self) -> None:
        """Let go the requests that wait for us."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def answer(self, target: str, hosts: Sequence[str]) -> Answer:
        """Return the answer to a GET of *target* with these Host headers."""
        path, _, query = target.partition("?")
        if path not in (self._path, self.start_path):
            return Answer(pages.NOT_FOUND)
        if len(hosts) != 1:
            return Answer(pages.BAD_REQUEST)
        # A foreign name that resolves to us is DNS rebinding.
        if hosts[0].strip().lower() not in self._hosts:
            return Answer(pages.WRONG_HOST)
        return self._redirection(query) if path == self._path else self._start()

    def _start(self) -> Answer:
        with self._changed:
            waiting = self._patiently()
        if waiting is None:
            return Answer(pages.NOT_READY)
        return Answer(pages.STARTING, headers=(("Location", waiting.expected.url),))

    def _redirection(self, query: str) -> Answer:
        try:
            params = response_params(query)
        except ValueError:
            return Answer(pages.NOT_OURS)
        with self._changed:
            if self._is_received(params):
                return Answer(pages.ALREADY_RECEIVED)
            waiting = self._patiently()
            if waiting is None:
                return Answer(pages.NOT_READY)
            if not waiting.expected.claim(params):
                # The same response may have come while we were patient.
                again = self._is_received(params)
                return Answer(pages.ALREADY_RECEIVED if again else pages.NOT_OURS)
            self._received = params
        return Answer(_page_for(params), written=partial(waiting.deliver, params))

    def _patiently(self) -> _Waiting | None:
        self._changed.wait_for(lambda: self._waiting or self._closed, TIMEOUT)
        return self._waiting

    def _is_received(self, params: Mapping[str, str]) -> bool:
        if self._received is None:
            return False
        first, second = (
            p.get("state", "").encode("utf-8", "replace")
            for p in (self._received, params)
        )
        return compare_digest(first, second)


def _page_for(params: Mapping[str, str]) -> pages.Page:
    if is_denial(params):
        return pages.DENIED
    return pages.RECEIVED if params.get("code") else pages.NO_CODE
