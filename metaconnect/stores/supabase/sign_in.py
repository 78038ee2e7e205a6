"""
The Auth server of a project: credentials in, a session out.

Sessions are stored by `session.SessionManager`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ...errors import StoreError
from ...redact import remember_secret
from .errors import from_auth
from .project import SupabaseProject, api_headers

NOT_UNDERSTOOD = "Supabase Auth's answer is not in the expected form."


@dataclass(frozen=True, kw_only=True)
class Session:
    """A sign-in. `expires_at` is a Unix time by this machine's clock."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    user_id: str
    email: str

    def __post_init__(self) -> None:
        remember_secret(self.access_token)
        remember_secret(self.refresh_token)


@dataclass(frozen=True, kw_only=True)
class User:
    """The signed-in user, as Auth describes them."""

    id: str
    email: str


class AuthServer:
    """Each method is one request, and raises our own errors only."""

    def __init__(self, project: SupabaseProject) -> None:
        self._project = project

    def by_password(self, email: str, password: str) -> Session:
        remember_secret(password)
        with self._client() as client:
            credentials = {"email": email, "password": password}
            return _session(client.sign_in_with_password(credentials))

    def send_code(self, email: str) -> None:
        """E-mail a one-time code to *email*, if a user has that address."""
        with self._client() as client:
            options = {"should_create_user": False}
            client.sign_in_with_otp({"email": email, "options": options})

    def by_code(self, email: str, code: str) -> Session:
        """Sign in with the code that was e-mailed."""
        remember_secret(code)
        with self._client() as client:
            answer = client.verify_otp({"email": email, "token": code, "type": "email"})
            return _session(answer)

    def by_authorization_code(self, code: str, code_verifier: str) -> Session:
        """RFC 7636, section 4.5."""
        remember_secret(code)
        remember_secret(code_verifier)
        with self._client() as client:
            proof = {"auth_code": code, "code_verifier": code_verifier}
            return _session(client.exchange_code_for_session(proof))

    def by_refresh_token(self, refresh_token: str) -> Session:
        """RFC 6749, section 6. The refresh token is spent by it."""
        with self._client() as client:
            return _session(client.refresh_session(refresh_token))

    def user(self, access_token: str) -> User:
        with self._client() as client:
            user = client.get_user(access_token).user
            return User(id=user.id, email=user.email or "")

    def sign_out(self, access_token: str, *, everywhere: bool) -> None:
        with self._client() as client:
            scope = "global" if everywhere else "local"
            client.admin.sign_out(access_token, scope)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """A client that stores no session and refreshes none by itself."""
        import pydantic
        from supabase_auth import SyncGoTrueClient
        from supabase_auth.errors import AuthError, AuthRetryableError

        from .http import unreachable

        client = SyncGoTrueClient(
            url=self._project.auth_url,
            headers=api_headers(self._project.key),
            http_client=self._project.http,
            flow_type="pkce",
            auto_refresh_token=False,
            persist_session=False,
        )
        # `from None`: the text of these may quote a credential.
        try:
            yield client
        except AuthRetryableError as exc:
            raise unreachable(exc.__cause__) from None
        except AuthError as exc:
            raise from_auth(exc.code, exc.message) from None
        except (pydantic.ValidationError, RecursionError):
            raise StoreError(NOT_UNDERSTOOD) from None


def _session(answer: Any) -> Session:
    session = answer.session
    if session is None:
        raise StoreError(NOT_UNDERSTOOD)
    return Session(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        # By our own clock: Auth's may be minutes ahead of it.
        expires_at=time.time() + session.expires_in,
        user_id=session.user.id,
        email=session.user.email or "",
    )
