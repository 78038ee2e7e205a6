"""What Supabase's Auth server remembers: sessions, refresh tokens, one-time codes."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import uuid
from dataclasses import dataclass, field

REUSE_INTERVAL = 10
FLOW_LIFETIME = 300


class AuthProblem(Exception):
    """An answer that is an error; `str()` is its message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class RefreshToken:
    session_id: str
    parent: str | None
    spent_at: float | None = None


@dataclass
class Flow:
    """A PKCE flow (RFC 7636) that waits for its code to be exchanged."""

    user_id: str
    challenge: str
    method: str
    started_at: float = field(default_factory=time.time)

    def check(self, verifier: str) -> None:
        if time.time() - self.started_at > FLOW_LIFETIME:
            message = "invalid flow state, flow state has expired"
            raise AuthProblem(422, "flow_state_expired", message)
        digest = hashlib.sha256(verifier.encode()).digest()
        hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if self.challenge != (hashed if self.method == "s256" else verifier):
            message = "code challenge does not match previously saved code verifier"
            raise AuthProblem(400, "bad_code_verifier", message)


class Sessions:
    """
    Sessions and their refresh tokens, each good for one use.

    As in supabase/auth (internal/tokens/service.go), a spent token still works for
    ten seconds, or while its child is the active one; else its session ends.
    """

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.flows: dict[str, Flow] = {}
        self.codes: dict[str, str] = {}
        self._tokens: dict[str, RefreshToken] = {}

    def start(self, user_id: str) -> tuple[str, str]:
        """Return a new session's id and its first refresh token."""
        session_id = str(uuid.uuid4())
        self.users[session_id] = user_id
        return session_id, self._next(session_id, None)

    def refresh(self, value: str) -> tuple[str, str]:
        """Return the session's id and the refresh token to use from now on."""
        token = self._tokens.get(value)
        if token is None:
            message = "Invalid Refresh Token: Refresh Token Not Found"
            raise AuthProblem(400, "refresh_token_not_found", message)
        if token.session_id not in self.users:
            message = "Invalid Refresh Token: No Valid Session Found"
            raise AuthProblem(400, "session_not_found", message)
        if token.spent_at is None:
            token.spent_at = time.time()
            return token.session_id, self._next(token.session_id, value)
        return token.session_id, self._reuse(value, token)

    def _reuse(self, value: str, token: RefreshToken) -> str:
        active = next(
            key
            for key, other in self._tokens.items()
            if other.session_id == token.session_id and other.spent_at is None
        )
        is_parent = self._tokens[active].parent == value
        if not is_parent and time.time() - (token.spent_at or 0) > REUSE_INTERVAL:
            self.end(session_id=token.session_id)
            message = "Invalid Refresh Token: Already Used"
            raise AuthProblem(400, "refresh_token_already_used", message)
        return active

    def end(self, *, session_id: str | None = None, user_id: str | None = None) -> None:
        """End one session, or every session of a user."""
        for key, owner in list(self.users.items()):
            if key == session_id or owner == user_id:
                del self.users[key]

    def _next(self, session_id: str, parent: str | None) -> str:
        value = secrets.token_urlsafe(9)
        self._tokens[value] = RefreshToken(session_id, parent)
        return value
