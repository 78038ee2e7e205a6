"""A pretend Supabase project, from its database to its URL."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from .auth import Auth
from .dashboards import Dashboard
from .faults import Faults
from .gateway import Gateway, Recorded
from .keys import PUBLISHABLE_KEY, SECRET_KEY, sign
from .migrations import migrate
from .postgres import Postgres
from .postgrest import postgrest
from .serve import served


@dataclass(frozen=True)
class Stack:
    """
    What a test holds of the project.

    `dsn` is the superuser's. `requests` is the log of the gateway, oldest first.
    """

    url: str
    dsn: str
    dashboard: Dashboard
    gateway: Gateway
    superuser: psycopg.Connection[Any]
    publishable_key: str = PUBLISHABLE_KEY
    secret_key: str = SECRET_KEY

    @property
    def auth(self) -> Auth:
        """Switches of the Auth server: `access_ttl`, `one_time_code`, ..."""
        return self.gateway.auth

    @property
    def faults(self) -> Faults:
        return self.gateway.faults

    @property
    def requests(self) -> list[Recorded]:
        return self.gateway.requests

    def sql(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run *query* as the superuser and return its rows, if it has any."""
        cursor = self.superuser.execute(query.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []

    def ddl(self, statement: str) -> None:
        """Change the schema as its owner, and let PostgREST know."""
        with psycopg.connect(self.dsn, user="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())
        self.gateway.rest.reload()

    def add_user(self, email: str, password: str = "pretend-password") -> str:
        """Return the new user's id."""
        return self.auth.accounts.add(email, password)

    def add_client(self, name: str, owner: str) -> str:
        """Return the id of a new client of the user *owner*, as text."""
        column = self.dashboard.owner_column
        rows = self.sql(
            f"insert into clients (name, {column}) values (%s, %s) returning id::text",
            name,
            owner,
        )
        return str(rows[0][0])

    def add_member(self, client: str, user: str, role: str = "viewer") -> None:
        insert = "insert into client_members (client_id, user_id, role)"
        self.sql(f"{insert} values (%s, %s, %s)", client, user, role)

    def add_token(self, client: str, access_token: str = "EAApretend") -> None:
        insert = "insert into meta_tokens (client_id, access_token, user_facebook_id)"
        self.sql(f"{insert} values (%s, %s, '100')", client, access_token)

    def access_token(self, user: str, *, expires_in: float = 3600) -> str:
        """A JWT of *user*, without a session; a negative lifetime: an expired one."""
        claims = {"sub": user, "aud": "authenticated", "role": "authenticated"}
        return sign(claims, expires_in=expires_in)

    def end_sessions(self, user: str) -> None:
        """From now on the refresh tokens of *user* are refused."""
        self.auth.sessions.end(user_id=user)

    def clear(self) -> None:
        """Forget all rows, sessions, faults and requests."""
        # Ten times as fast as truncate; the rest goes by cascade.
        self.sql("delete from clients")
        self.sql("delete from meta_tokens")
        self.sql("delete from meta_quotas")
        self.sql("delete from auth.users")
        self.auth.clear()
        self.gateway.clear()


@contextlib.contextmanager
def project(
    postgres: Postgres, dashboard: Dashboard, *, port: int = 0
) -> Iterator[Stack]:
    """Make a database with the dashboard's tables and ours, and serve it."""
    name = f"project_{uuid.uuid4().hex[:8]}"
    dsn = postgres.create(name)
    try:
        dashboard.create(dsn)
        migrate(dsn)
        with (
            psycopg.connect(dsn, autocommit=True) as superuser,
            postgrest(dsn) as rest,
        ):
            gateway = Gateway(Auth(superuser), rest)
            with served(gateway, port) as url:
                yield Stack(url, dsn, dashboard, gateway, superuser)
    finally:
        postgres.drop(name)
