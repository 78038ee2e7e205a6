"""A Supabase project as a client sees it: its URL, an API key, and who asks."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SupabaseProject:
    """
    `url` has no closing slash; `key` is the publishable or the secret API key.
    """

    url: str
    key: str = field(repr=False)

    @property
    def auth_url(self) -> str:
        return f"{self.url}/auth/v1"

    @property
    def rest_url(self) -> str:
        return f"{self.url}/rest/v1"

    def headers(self, bearer: str | None = None) -> dict[str, str]:
        """Return the headers of a request of *bearer*, by default of the key."""
        return {"apikey": self.key, "Authorization": f"Bearer {bearer or self.key}"}


def user_id_in(bearer: str) -> str | None:
    """
    Return the `sub` claim of a JWT (RFC 7519, section 4.1.2), or None.

    Nothing is verified: it says whom to ask about, and the server decides.
    """
    try:
        payload = bearer.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])
    except (ValueError, LookupError, TypeError):
        return None
