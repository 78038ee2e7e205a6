"""
Logins that were started, and whose answer is handed over later, also by another
process.

They are in the local secret store, whichever store the connection is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from secrets import compare_digest

import msgspec

from ..errors import AuthError, NothingToResume
from ..redact import command
from .pending import utc_now
from .secrets import SecretStore

STARTED = "started "  # how the names of its secrets begin


class StartedState(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer is checked with, and the redirect URI that it was sent to."""

    state: str
    redirect_uri: str
    expires_at: datetime

    def __repr__(self) -> str:
        """Without the state."""
        return (
            f"StartedState(redirect_uri={self.redirect_uri!r}, "
            f"expires_at={self.expires_at!r})"
        )


class StartedLogins:
    """At most one for each client and *scope*; see `PendingLogins`."""

    def __init__(
        self,
        secrets: SecretStore,
        scope: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._secrets = secrets
        self._scope = scope
        self._now = now

    def keep(self, client_id: str, login: StartedState) -> None:
        """Keep the client's login, in the place of a former one."""
        text = msgspec.json.encode(login).decode()
        self._secrets.set(self._name(client_id), text)
        self._texts()

    def claim(self, client_id: str, state: str) -> StartedState:
        """
        Return the client's login if *state* is its own, and forget it.

        Raises NothingToResume where there is none, and AuthError for another
        state: the login then stays. One caller gets it, also of many at once.
        """
        name = self._name(client_id)
        text = self._texts().get(name)
        if text is None:
            raise _none(client_id)
        login = _login(text)
        known, given = login.state.encode(), state.encode("utf-8", "replace")
        if not compare_digest(known, given):
            raise _of_another(client_id)
        if not self._secrets.take(name, text):
            raise _none(client_id)
        return login

    def _name(self, client_id: str) -> str:
        return STARTED + json.dumps([self._scope, client_id])

    def _texts(self) -> dict[str, str]:
        """Return what is kept in any scope by name; delete what is too old."""
        secrets = self._secrets.get_all()
        texts = {n: text for n, text in secrets.items() if n.startswith(STARTED)}
        fresh = {n: text for n, text in texts.items() if self._is_fresh(text)}
        self._secrets.delete(*(texts.keys() - fresh.keys()))
        return fresh

    def _is_fresh(self, text: str) -> bool:
        try:
            return self._now() < _login(text).expires_at
        except (msgspec.MsgspecError, TypeError):  # TypeError: no time zone
            return False


def _login(text: str) -> StartedState:
    return msgspec.json.decode(text, type=StartedState)


def _none(client_id: str) -> NothingToResume:
    return NothingToResume(
        f"No login of client {client_id!r} waits for an answer: none was started "
        "for this store and app, it was answered already, or it is too old.",
        hint=f"Start one with:  {command('connect --start', client_id)}",
    )


def _of_another(client_id: str) -> AuthError:
    return AuthError(
        f"That address is not the answer to the login that client {client_id!r} "
        "waits for: its state belongs to another one.",
        hint="Hand over the address that the browser ended on after the last "
        f"--start. Another start:  {command('connect --start', client_id)}",
    )
