"""
Logins that a person completed and that are not saved yet.

They wait in the local secret store, whatever store the connection is for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from ..errors import NothingToResume
from ..models import AccessToken
from ..redact import command
from .secrets import SecretStore


@dataclass(frozen=True, kw_only=True)
class PendingLogin:
    """A token, and whether it is the long-lived one already."""

    token: AccessToken
    long_lived: bool


class PendingLogins:
    """At most one a client."""

    def __init__(self, vault: SecretStore) -> None:
        self._vault = vault

    def keep(self, client_id: str, login: PendingLogin) -> None:
        expires_at = login.token.expires_at
        facts = {
            "access_token": login.token.value,
            "token_expires_at": expires_at and expires_at.isoformat(),
            "long_lived": login.long_lived,
        }
        self._vault.set(_name(client_id), json.dumps(facts))

    def get(self, client_id: str) -> PendingLogin:
        """Return the client's login, or raise NothingToResume."""
        text = self._vault.get(_name(client_id))
        if text is None:
            raise NothingToResume(
                f"No login of client {client_id!r} waits to be finished.",
                hint=f"Log in with:  {command('connect', client_id)}",
            )
        facts = json.loads(text)
        expires_at = facts["token_expires_at"]
        token = AccessToken(
            value=facts["access_token"],
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        )
        return PendingLogin(token=token, long_lived=facts["long_lived"])

    def forget(self, client_id: str) -> None:
        self._vault.delete(_name(client_id))


def _name(client_id: str) -> str:
    return f"pending {client_id}"
