"""
The Supabase session of this machine: stored as a secret, refreshed in time.

A valid session is restored without a request and without supabase-py.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from ...errors import NotSignedIn, StoreError
from ..secrets import SecretStore
from .errors import JWTRejected, SessionEnded
from .project import SupabaseProject
from .sign_in import AuthServer, Session, User

__all__ = ["ProviderLogin", "Session", "SessionManager", "User"]

MARGIN = 60.0  # seconds of validity that a request should still have before it
LOCK_TIMEOUT = 30.0  # seconds; a refresh takes 20 at most

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ProviderLogin:
    """
    A sign-in through a browser provider (RFC 7636).

    `url` leads the browser back to the `redirect_to` with a code, which is
    accepted only together with `code_verifier`.
    """

    url: str
    code_verifier: str = field(repr=False)


class SessionManager:
    """
    The one session of *project* on this machine.

    *secret_store* returns the store to use; it is called when a session is
    read or written, so that the store may be chosen later.

    Every method that needs a session raises NotSignedIn where there is none
    or where it has ended, and StoreError where Auth cannot be reached.
    """

    def __init__(
        self,
        project: SupabaseProject,
        secret_store: Callable[[], SecretStore],
        lock_folder: Path,
    ) -> None:
        self._project = project
        self._auth = AuthServer(project)
        self._secret_store = secret_store
        self._name = f"supabase session {project.url}"
        digest = sha256(project.url.encode()).hexdigest()[:12]
        self._lock_path = lock_folder / f"session-{digest}.lock"

    def __repr__(self) -> str:
        return f"SessionManager({self._project.url!r})"

    def sign_in_with_password(self, email: str, password: str) -> Session:
        return self.keep(self._auth.by_password(email, password))

    def send_code(self, email: str) -> None:
        """E-mail a one-time code; an unknown address does not become a user."""
        self._auth.send_code(email)

    def verify_code(self, email: str, code: str) -> Session:
        """Sign in with the code that `send_code` had e-mailed."""
        return self.keep(self._auth.by_code(email, code))

    def authorization(self, provider: str, redirect_to: str) -> ProviderLogin:
        """
        Begin a sign-in through *provider* (``google``, ``github``, ...).

        *redirect_to* must be on http://127.0.0.1 or http://[::1], any port, or
        in the project's allow list: for any other address Auth raises no error
        but sends the browser to the project's Site URL.
        """
        verifier = secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest())
        query = {
            "provider": provider,
            "redirect_to": redirect_to,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "s256",
        }
        url = f"{self._project.auth_url}/authorize?{urlencode(query)}"
        return ProviderLogin(url=url, code_verifier=verifier)

    def exchange(self, code: str, code_verifier: str) -> Session:
        """Complete the sign-in that `authorization` began. Nothing is kept."""
        return self._auth.by_authorization_code(code, code_verifier)

    def keep(self, session: Session) -> Session:
        """Make *session* the one of this machine, and return it."""
        with self._locked():
            self._keep(session)
        return session

    def current(self) -> Session:
        """Return the session, refreshed if it ends within a minute."""
        session = self._stored()
        if _is_fresh(session):
            return session
        with self._locked():
            return self._refreshed()

    def bearer(self) -> str:
        """Return the access token to send with a request."""
        return self.current().access_token

    def renew(self, rejected: str) -> str:
        """Return an access token to use in the place of a *rejected* one."""
        with self._locked():
            return self._refreshed(rejected).access_token

    def user(self) -> User:
        """Ask Auth who is signed in, and whether the session is still valid."""
        token = self.current().access_token
        with self._forgetting_ended():
            return _with_token(self._auth.user, token, self.renew)

    def sign_out(self, *, everywhere: bool = False) -> None:
        """
        End the session of this machine, or every session of the user.

        Where Auth cannot be reached this raises StoreError; the session of
        this machine is forgotten all the same, but with *everywhere* it is
        kept, so that it can be tried again.
        """
        with self._locked():
            self._stored()
            try:
                self._end(everywhere=everywhere)
            except (SessionEnded, JWTRejected):
                self._forget()
                if everywhere:
                    raise  # other sessions may go on
            except StoreError as exc:
                if everywhere:
                    raise
                self._forget()
                raise StoreError(
                    f"This machine has forgotten the session. {exc}",
                    hint="Supabase could not be told. To end the session there too, "
                    "sign in once more, then:  metaconnect logout --everywhere",
                ) from exc

    def _end(self, *, everywhere: bool) -> None:
        def sign_out(token: str) -> None:
            self._auth.sign_out(token, everywhere=everywhere)

        token = self._refreshed().access_token
        _with_token(sign_out, token, lambda t: self._refreshed(t).access_token)
        self._forget()

    def _refreshed(self, rejected: str | None = None) -> Session:
        """
        Return a fresh session, whose access token is not *rejected*.

        Holding the lock, read it again first: another process may have spent
        the refresh token while this one waited.
        """
        session = self._stored()
        if _is_fresh(session) and session.access_token != rejected:
            return session
        with self._forgetting_ended():
            session = self._auth.by_refresh_token(session.refresh_token)
        self._keep(session)
        return session

    def _stored(self) -> Session:
        text = self._secret_store().get(self._name)
        if text is None:
            raise NotSignedIn("You are not signed in to Supabase.")
        try:
            return Session(**json.loads(text))
        except (ValueError, TypeError):
            raise NotSignedIn("The stored Supabase session cannot be read.") from None

    def _keep(self, session: Session) -> None:
        self._secret_store().set(self._name, json.dumps(asdict(session)))

    def _forget(self) -> None:
        self._secret_store().delete(self._name)

    @contextmanager
    def _forgetting_ended(self) -> Iterator[None]:
        try:
            yield
        except SessionEnded:
            self._forget()
            raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            self._lock_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self._lock_path, timeout=LOCK_TIMEOUT)
            lock.acquire()
        except Timeout as exc:
            raise StoreError(
                f"{self._lock_path} is locked by another process."
            ) from exc
        except OSError as exc:
            raise StoreError(
                f"{self._lock_path} cannot be written: {exc.strerror}."
            ) from exc
        try:
            yield
        finally:
            lock.release()


def _is_fresh(session: Session) -> bool:
    return session.expires_at - time.time() > MARGIN


def _with_token(call: Callable[[str], T], token: str, renew: Callable[[str], str]) -> T:
    """Call with *token*, and once more with a renewed one if Auth rejects it."""
    try:
        return call(token)
    except JWTRejected:
        # Also after a signing key was rotated, or a clock has jumped.
        return call(renew(token))
