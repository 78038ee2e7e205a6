"""
The subset of Supabase's Auth server (GoTrue) that supabase-py needs.

Paths, bodies and error codes follow the source of supabase/auth.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import psycopg
from starlette.responses import JSONResponse, RedirectResponse, Response

from .accounts import Accounts, described
from .call import Call
from .keys import JWT_SECRET, sign
from .sessions import AuthProblem, Flow, Sessions

API_VERSION = "2024-01-01"
PROVIDERS = ("facebook", "github", "google")
LOOPBACK = ("http://127.0.0.1", "http://[::1]")


class Auth:
    """
    Answers the calls below /auth/v1.

    `access_ttl` is the lifetime of new access tokens in seconds, `one_time_code`
    the code that every e-mail would hold, `provider_email` whom every provider
    signs in (at once, without a page of its own).
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.accounts = Accounts(connection)
        self.clear()

    def clear(self) -> None:
        self.sessions = Sessions()
        self.access_ttl = 3600
        self.one_time_code = "123456"
        self.provider_email: str | None = None
        self.site_url = "http://localhost:3000"

    def __call__(self, call: Call) -> Response:
        routes: dict[tuple[str, str], Callable[[Call], Response]] = {
            ("POST", "token"): self.token,
            ("POST", "otp"): self.send_code,
            ("POST", "verify"): self.verify_code,
            ("GET", "user"): self.user,
            ("POST", "logout"): self.logout,
            ("GET", "authorize"): self.authorize,
            ("GET", "health"): lambda _: JSONResponse({"name": "GoTrue"}),
        }
        route = routes.get((call.method, call.path), not_found)
        try:
            return route(call)
        except AuthProblem as problem:
            return report(call, problem)

    def token(self, call: Call) -> Response:
        """POST /token, by `grant_type`."""
        body = read(call)
        match call.param("grant_type"):
            case "password":
                return self.by_password(body)
            case "refresh_token":
                session_id, token = self.sessions.refresh(body.get("refresh_token", ""))
                user_id = self.sessions.users[session_id]
                return self.session(user_id, session_id, token)
            case "pkce":
                return self.by_code(body)
        raise AuthProblem(400, "invalid_credentials", "unsupported_grant_type")

    def by_password(self, body: dict[str, Any]) -> Response:
        email, password = body.get("email") or "", body.get("password") or ""
        user = self.accounts.check_password(email, password)
        if user is None:
            message = "Invalid login credentials"
            raise AuthProblem(400, "invalid_credentials", message)
        return self.new_session(str(user["id"]))

    def by_code(self, body: dict[str, Any]) -> Response:
        code, verifier = body.get("auth_code"), body.get("code_verifier")
        if not code or not verifier:
            message = "both auth code and code verifier should be non-empty"
            raise AuthProblem(400, "validation_failed", f"invalid request: {message}")
        flow = self.sessions.flows.get(code)
        if flow is None:
            message = "invalid flow state, no valid flow state found"
            raise AuthProblem(404, "flow_state_not_found", message)
        flow.check(verifier)
        del self.sessions.flows[code]
        return self.new_session(flow.user_id)

    def new_session(self, user_id: str) -> Response:
        return self.session(user_id, *self.sessions.start(user_id))

    def session(self, user_id: str, session_id: str, refresh_token: str) -> Response:
        user = self.accounts.find(user_id=user_id)
        if user is None:
            raise AuthProblem(
                403, "user_not_found", "User from sub claim does not exist"
            )
        body = {
            "access_token": self.access_token(user, session_id, self.access_ttl),
            "token_type": "bearer",
            "expires_in": self.access_ttl,
            "expires_at": int(time.time()) + self.access_ttl,
            "refresh_token": refresh_token,
            "user": described(user),
            "weak_password": None,
        }
        return JSONResponse(body)

    def access_token(self, user: dict[str, Any], session_id: str, ttl: float) -> str:
        claims = {
            "iss": "http://127.0.0.1/auth/v1",
            "sub": str(user["id"]),
            "aud": "authenticated",
            "role": "authenticated",
            "email": user["email"],
            "phone": "",
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": user["raw_user_meta_data"],
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": int(time.time())}],
            "session_id": session_id,
            "is_anonymous": user["is_anonymous"],
        }
        return sign(claims, expires_in=ttl)

    def send_code(self, call: Call) -> Response:
        """POST /otp. No e-mail is sent: the code is `one_time_code`."""
        email = read(call).get("email", "").lower()
        if self.accounts.find(email=email) is None:
            raise AuthProblem(422, "otp_disabled", "Signups not allowed for otp")
        self.sessions.codes[email] = self.one_time_code
        return JSONResponse({})

    def verify_code(self, call: Call) -> Response:
        """POST /verify."""
        body = read(call)
        email = body.get("email", "").lower()
        user = self.accounts.find(email=email)
        if user is None or self.sessions.codes.get(email) != body.get("token"):
            raise AuthProblem(403, "otp_expired", "Token has expired or is invalid")
        del self.sessions.codes[email]
        return self.new_session(str(user["id"]))

    def authorize(self, call: Call) -> Response:
        """
        GET /authorize: the provider consents at once.

        A `redirect_to` that is not allowed is no error: the code goes to the
        Site URL. An IP literal is allowed when it is a loopback address.
        """
        provider = call.param("provider")
        if provider not in PROVIDERS:
            message = f"Unsupported provider: Provider {provider} could not be found"
            raise AuthProblem(400, "validation_failed", message)
        wanted = call.param("redirect_to") or ""
        allowed = wanted.startswith((*LOOPBACK, self.site_url))
        target = wanted if allowed else self.site_url
        joint = "&" if "?" in target else "?"
        return RedirectResponse(f"{target}{joint}{self.consent(call)}", 302)

    def consent(self, call: Call) -> str:
        user = self.accounts.find(email=self.provider_email or "")
        if user is None:
            return (
                "error=access_denied&error_code=signup_disabled"
                "&error_description=Signups+not+allowed+for+this+instance"
            )
        code = str(uuid.uuid4())
        challenge = call.param("code_challenge") or ""
        method = call.param("code_challenge_method") or "plain"
        self.sessions.flows[code] = Flow(str(user["id"]), challenge, method)
        return f"code={code}"

    def user(self, call: Call) -> Response:
        """GET /user."""
        user = self.accounts.find(user_id=self.claims(call)["sub"])
        if user is None:
            raise AuthProblem(
                403, "user_not_found", "User from sub claim does not exist"
            )
        return JSONResponse(described(user))

    def logout(self, call: Call) -> Response:
        """POST /logout, by `scope`: global (the default), local or others."""
        claims = self.claims(call)
        scope, own = call.param("scope") or "global", claims["session_id"]
        for session_id, user_id in list(self.sessions.users.items()):
            if user_id != claims["sub"]:
                continue
            if scope == "global" or (scope == "local") == (session_id == own):
                self.sessions.end(session_id=session_id)
        return Response(status_code=204)

    def claims(self, call: Call) -> dict[str, Any]:
        if call.bearer is None:
            message = "This endpoint requires a valid Bearer token"
            raise AuthProblem(401, "no_authorization", message)
        invalid = "invalid JWT: unable to parse or verify signature"
        try:
            options: Any = {"verify_aud": False}
            claims: dict[str, Any] = jwt.decode(
                call.bearer, JWT_SECRET, ["HS256"], options=options
            )
        except jwt.PyJWTError:
            raise AuthProblem(403, "bad_jwt", invalid) from None
        if claims.get("session_id") not in self.sessions.users:
            message = "Session from session_id claim in JWT does not exist"
            raise AuthProblem(403, "session_not_found", message)
        return claims


def not_found(call: Call) -> Response:
    raise AuthProblem(404, "not_found", f"404 page not found: {call.path}")


def read(call: Call) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(call.body)
    except ValueError:
        message = "Could not parse request body as JSON"
        raise AuthProblem(400, "bad_json", message) from None
    return body


def report(call: Call, problem: AuthProblem) -> Response:
    """The client believes in `code` only where the version is echoed."""
    headers = {"x-sb-error-code": problem.code}
    body: dict[str, Any] = {
        "code": problem.status,
        "error_code": problem.code,
        "msg": str(problem),
    }
    if call.headers.get("x-supabase-api-version", "") >= API_VERSION:
        headers["x-supabase-api-version"] = API_VERSION
        body = {"code": problem.code, "message": str(problem)}
    return JSONResponse(body, problem.status, headers)
