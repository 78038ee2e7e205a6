"""A Supabase project as a client sees it: its URL, its API key, its connections."""

from __future__ import annotations

import json
import threading
import weakref
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

from ...redact import remember_secret


@dataclass(frozen=True)
class SupabaseProject:
    """
    `url` has no closing slash; `key` is the publishable or the secret API key.

    `publishable_key` is needed beside a secret `key` only: with it the store
    tries what a stranger could read. The HTTP connections of a project are
    shared by everything that is built on it, in every thread.
    """

    url: str
    key: str = field(repr=False)
    publishable_key: str | None = field(default=None, repr=False)
    _lock: threading.Lock = field(
        default_factory=threading.Lock, init=False, repr=False, compare=False
    )
    _clients: list[Any] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    @property
    def auth_url(self) -> str:
        return f"{self.url}/auth/v1"

    @property
    def rest_url(self) -> str:
        return f"{self.url}/rest/v1"

    @property
    def http(self) -> Any:
        """The project's HTTP client. It is closed when the project is let go."""
        with self._lock:
            if not self._clients:
                from .http import open_http

                client = open_http(self.url)
                weakref.finalize(self, client.close)
                self._clients.append(client)
            return self._clients[0]


def api_headers(key: str, bearer: str | None = None) -> dict[str, str]:
    """
    Return the headers of a request of *bearer*, by default of the key itself.

    A key that is not a JWT goes as `apikey` only: as a bearer it is refused
    wherever no gateway replaces it.
    https://supabase.com/docs/guides/api/api-keys
    """
    remember_secret(bearer)
    bearer = bearer or key
    if bearer == key and not _is_jwt(key):
        return {"apikey": key}
    return {"apikey": key, "Authorization": f"Bearer {bearer}"}


def user_id_in(bearer: str) -> str | None:
    """
    Return the `sub` claim of a JWT (RFC 7519, section 4.1.2), or None.

    Nothing is verified: it is used in messages only.
    """
    try:
        payload = bearer.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])
    except (ValueError, LookupError, TypeError):
        return None


def _is_jwt(key: str) -> bool:
    return key.startswith("eyJ") and key.count(".") == 2  # noqa: PLR2004  RFC 7519
