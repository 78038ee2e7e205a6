"""
The redirection endpoint (RFC 6749, section 3.1.2) and the start page.

The checks of a redirection come in this order: path, Host, state, then error,
then code. So nobody who does not know a state can end a login, not even with
an error response.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import partial

from . import pages
from .authorization import is_denial, response_params
from .navigation import is_navigation
from .pending import PendingAuthorization

# A browser can be quicker than the program that opened it.
READY_TIMEOUT = 5.0
HOSTS = ("localhost", "127.0.0.1", "[::1]")
HTTP_PORT = 80

# The response's parameters, or None where no response can come any more.
Deliver = Callable[[dict[str, str] | None], None]


def _do_nothing() -> None:
    pass


@dataclass(frozen=True)
class Request:
    """A GET, as far as the endpoint looks at it."""

    target: str
    headers: Message
    is_other_user: Callable[[], bool]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Reply:
    """A page, and what to do once it is written or the browser is gone."""

    page: pages.Page
    headers: tuple[tuple[str, str], ...] = ()
    after: Callable[[], None] = _do_nothing


@dataclass(frozen=True)
class _Waiting:
    pending: PendingAuthorization
    deliver: Deliver


class RedirectionEndpoint:
    """Replies to requests of many threads; the first response claimed counts."""

    def __init__(self, path: str, port: int, default_port: int = HTTP_PORT) -> None:
        self._path = path
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        if port == default_port:
            self._hosts.update(HOSTS)
        self._changed = threading.Condition()
        self._waiting: _Waiting | None = None
        self._received: PendingAuthorization | None = None
        self._closed = False

    @property
    def start_path(self) -> str:
        """The path of the page that leads to the authorization URL."""
        return "/" if self._path != "/" else "/start"

    def wait_for(self, pending: PendingAuthorization, deliver: Deliver) -> None:
        """Have the response to *pending* delivered, from another thread."""
        with self._changed:
            self._waiting = _Waiting(pending, deliver)
            self._changed.notify_all()

    def stop_waiting(self) -> None:
        with self._changed:
            self._waiting = None

    def close(self) -> None:
        """Release the requests that wait until something is expected."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def reply_to(self, request: Request) -> Reply:
        if request.path not in (self._path, self.start_path):
            return Reply(pages.NOT_FOUND)
        hosts = request.headers.get_all("Host", [])
        if len(hosts) != 1:
            return Reply(pages.BAD_REQUEST)
        # A foreign name that resolves to us is DNS rebinding.
        if hosts[0].strip().lower() not in self._hosts:
            return Reply(pages.WRONG_HOST)
        if request.path == self._path:
            return self._redirection(request.query)
        return self._start(request)

    def _start(self, request: Request) -> Reply:
        if not is_navigation(request.headers):
            return Reply(pages.NOT_NAVIGATED)
        if request.is_other_user():
            return Reply(pages.OTHER_USER)
        with self._changed:
            waiting = self._wait_until_ready()
            if waiting is None:
                return Reply(pages.NOT_READY)
            url = waiting.pending.start()
        if url:
            return Reply(pages.STARTING, headers=(("Location", url),))
        if waiting.pending.is_revoked:
            return Reply(pages.STOPPED, after=partial(waiting.deliver, None))
        return Reply(pages.STARTED_BEFORE)

    def _redirection(self, query: str) -> Reply:
        try:
            params = response_params(query)
        except ValueError:
            return Reply(pages.NOT_OURS)
        with self._changed:
            if self._is_received(params):
                return Reply(pages.ALREADY_RECEIVED)
            waiting = self._wait_until_ready()
            if waiting is None:
                return Reply(pages.NOT_READY)
            if not waiting.pending.claim(params):
                # The same response may have arrived during the wait.
                again = self._is_received(params)
                return Reply(pages.ALREADY_RECEIVED if again else pages.NOT_OURS)
            self._received = waiting.pending
        return Reply(_page_for(params), after=partial(waiting.deliver, params))

    def _wait_until_ready(self) -> _Waiting | None:
        self._changed.wait_for(lambda: self._waiting or self._closed, READY_TIMEOUT)
        return self._waiting

    def _is_received(self, params: Mapping[str, str]) -> bool:
        return self._received is not None and self._received.owns(params)


def _page_for(params: Mapping[str, str]) -> pages.Page:
    if is_denial(params):
        return pages.DENIED
    return pages.RECEIVED if params.get("code") else pages.NO_CODE
