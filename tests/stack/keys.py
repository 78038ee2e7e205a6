"""The keys of the pretend project; they open nothing else."""

from __future__ import annotations

import time
import uuid
from typing import Any

import jwt

JWT_SECRET = "a-pretend-jwt-secret-of-more-than-32-characters"
PUBLISHABLE_KEY = "sb_publishable_pretend_0123456789abcdef"
SECRET_KEY = "sb_secret_pretend_0123456789abcdef"
CENTURY = 100 * 365 * 86400


def sign(claims: dict[str, Any], *, expires_in: float = 3600) -> str:
    """
    Return a JWT of the project, like no other. A negative `expires_in` makes an
    expired one.
    """
    now = int(time.time())
    # Without the id two tokens of one second would be equal (RFC 7519, 4.1.7).
    times = {"iat": now, "exp": now + int(expires_in), "jti": str(uuid.uuid4())}
    return jwt.encode({**times, **claims}, JWT_SECRET, "HS256")


def role_of(key: str) -> str | None:
    """The database role that an API key stands for, or None for a wrong one."""
    return {PUBLISHABLE_KEY: "anon", SECRET_KEY: "service_role"}.get(key)


def role_token(role: str) -> str:
    """What the hosted gateway sends on in the place of an API key."""
    return sign({"iss": "supabase", "role": role}, expires_in=CENTURY)
