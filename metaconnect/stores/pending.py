"""
Logins that are completed but not saved yet, for at most a day.

They are in the local secret store, whichever store the connection is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from ..errors import NothingToResume
from ..models import AccessToken
from ..redact import command
from .secrets import SecretStore

PENDING = "pending "  # how the names of its secrets begin
MAX_AGE = timedelta(days=1)


class PendingLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A token, whether it is the long-lived one already, and when it was issued."""

    token: AccessToken
    long_lived: bool
    created_at: datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


class PendingLogins:
    """
    At most one for each client and *scope*.

    The scope is a text made of everything that a login must not be carried
    across: the name of the store, Meta's Graph host and the app.
    """

    def __init__(
        self,
        secrets: SecretStore,
        scope: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._secrets = secrets
        self._scope = scope
        self._now = now

    def keep(self, client_id: str, login: PendingLogin, *others: str) -> None:
        """
        Keep the client's login, in the place of a former one.

        It is also that of the *others*: all have it from the same moment on.
        """
        text = _text(login)
        names = map(self._name, (client_id, *others))
        self._secrets.set_all(dict.fromkeys(names, text))
        self._fresh()

    def find(self, client_id: str) -> PendingLogin | None:
        """Return the client's login, or None."""
        return self._fresh().get(self._name(client_id))

    def get(self, client_id: str) -> PendingLogin:
        """Return the client's login, or raise NothingToResume."""
        login = self.find(client_id)
        if login is None:
            raise NothingToResume(
                f"No login of client {client_id!r} is kept (one is kept for a day, "
                "for the same store and app).",
                hint=f"Log in with:  {command('connect', client_id)}",
            )
        return login

    def clients(self) -> list[str]:
        """Return the ids of the clients with a login here, the latest first."""
        fresh = self._fresh()
        latest = sorted(fresh, key=lambda name: fresh[name].created_at, reverse=True)
        keys = [json.loads(name.removeprefix(PENDING)) for name in latest]
        return [client_id for scope, client_id in keys if scope == self._scope]

    def forget(self, client_id: str) -> None:
        """Delete the client's login. Not an error if there is none."""
        self._secrets.delete(self._name(client_id))

    def _name(self, client_id: str) -> str:
        return PENDING + json.dumps([self._scope, client_id])

    def _fresh(self) -> dict[str, PendingLogin]:
        """Return the logins of any scope by name; delete what is too old."""
        secrets = self._secrets.get_all()
        logins = {n: _login(t) for n, t in secrets.items() if n.startswith(PENDING)}
        oldest = self._now() - MAX_AGE
        fresh = {n: at for n, at in logins.items() if at and at.created_at >= oldest}
        self._secrets.delete(*(logins.keys() - fresh.keys()))
        return fresh


def _text(login: PendingLogin) -> str:
    expires_at = login.token.expires_at
    facts = {
        "access_token": login.token.value,
        "token_expires_at": expires_at and expires_at.isoformat(),
        "long_lived": login.long_lived,
        "created_at": login.created_at.isoformat(),
    }
    return json.dumps(facts)


def _login(text: str) -> PendingLogin | None:
    """Return what `_text` was made of, or None."""
    try:
        facts = json.loads(text)
        expires_at = facts["token_expires_at"]
        return PendingLogin(
            token=AccessToken(
                value=facts["access_token"],
                expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
            ),
            long_lived=facts["long_lived"],
            created_at=datetime.fromisoformat(facts["created_at"]),
        )
    except (ValueError, TypeError, LookupError):
        return None
