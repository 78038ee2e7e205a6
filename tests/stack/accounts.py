"""The people in `auth.users`, and what the Auth server tells about them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row


def hashed(password: str, salt: str | None = None) -> str:
    """Scrypt, made cheap: the wheel's PostgreSQL has no pgcrypto."""
    salt = salt or secrets.token_hex(8)
    key = hashlib.scrypt(password.encode(), salt=salt.encode(), n=256, r=8, p=1)
    return f"{salt}${key.hex()}"


class Accounts:
    """Reads and writes `auth.users` over the superuser's connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def add(self, email: str, password: str) -> str:
        statement = (
            "insert into auth.users (email, encrypted_password)"
            " values (%s, %s) returning id::text as id"
        )
        user = self._one(statement, email.lower(), hashed(password))
        return str(user["id"]) if user else ""

    def find(
        self, *, email: str = "", user_id: str | None = None
    ) -> dict[str, Any] | None:
        statement = "select * from auth.users where email = %s or id = %s"
        return self._one(statement, email.lower(), user_id)

    def check_password(self, email: str, password: str) -> dict[str, Any] | None:
        user = self.find(email=email)
        if user is None or not user["encrypted_password"]:
            return None
        known = user["encrypted_password"]
        same = secrets.compare_digest(known, hashed(password, known.split("$")[0]))
        return user if same else None

    def _one(self, statement: str, *parameters: object) -> dict[str, Any] | None:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.encode(), parameters).fetchone()


def described(user: dict[str, Any]) -> dict[str, Any]:
    """The user object of the Auth API."""

    def written(moment: datetime | None) -> str | None:
        return (
            moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
            if moment
            else None
        )

    return {
        "id": str(user["id"]),
        "aud": user["aud"],
        "role": user["role"],
        "email": user["email"] or "",
        "email_confirmed_at": written(user["email_confirmed_at"]),
        "phone": "",
        "confirmed_at": written(user["email_confirmed_at"]),
        "last_sign_in_at": written(user["last_sign_in_at"]),
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": user["raw_user_meta_data"],
        "identities": [],
        "created_at": written(user["created_at"]),
        "updated_at": written(user["updated_at"]),
        "is_anonymous": user["is_anonymous"],
    }
