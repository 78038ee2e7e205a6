"""
Say what is wrong with a database's address, without quoting any of it.

A malformed DSN has the password anywhere: in what libpq takes for the host, in
a parameter, in every one of its messages.
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from ...errors import (
    ConfigError,
    ErrorTemplate,
    MetaconnectError,
    StoreError,
    UsageError,
)

EXAMPLE = (
    "It looks like  postgresql://postgres.REF:PASSWORD@HOST:5432/postgres?sslmode=require"
    "  (Connect > Session pooler in the project's dashboard)."
)
ENCODE = "Characters like @ : / ? # % or a space in the password must be URL-encoded."
POOLER = (
    "The direct host db.REF.supabase.co is reachable by IPv6 only: take the "
    "session pooler's DSN (Connect > Session pooler, port 5432)."
)

# No SQLSTATE comes with a connection that fails: libpq has the text alone. In order.
_CAUSES: Mapping[str, ErrorTemplate] = {
    r"password authentication failed|no password supplied|SASL": ErrorTemplate(
        ConfigError,
        "The database does not accept the password.",
        f"It is the database's own (Database > Settings), no API key. {ENCODE}",
    ),
    r"[Tt]enant or user not found": ErrorTemplate(
        ConfigError,
        "The pooler does not know the project or the user.",
        "At the pooler the user is postgres.REF, and the host has the project's "
        "region:  Connect > Session pooler.",
    ),
    r'role ".*" does not exist': ErrorTemplate(
        ConfigError,
        "The database has no such user.",
        "On Supabase it is postgres (at the pooler: postgres.REF).",
    ),
    r'database ".*" does not exist': ErrorTemplate(
        ConfigError, "The server has no such database.", "On Supabase it is postgres."
    ),
    r"no encryption|SSL off|SSL connection is required": ErrorTemplate(
        ConfigError,
        "The database accepts encrypted connections only.",
        "Add  sslmode=require  to the DSN.",
    ),
    r"does not support SSL": ErrorTemplate(
        ConfigError,
        "The database does not offer TLS, which the DSN requires.",
        "On your own machine:  sslmode=disable",
    ),
    r"certificate|SSL error": ErrorTemplate(
        ConfigError,
        "The database's certificate cannot be verified.",
        "Name the project's certificate (Database > Settings) in sslrootcert, or "
        "use  sslmode=require.",
    ),
    r"pg_hba\.conf": ErrorTemplate(
        ConfigError,
        "The database does not let this user in from here.",
        "See Database > Settings > Network Restrictions.",
    ),
    r"failed to resolve|could not translate host name|Name or service": ErrorTemplate(
        StoreError,
        "The host in the DSN cannot be found (DNS).",
        f"{POOLER}\n{ENCODE}",
    ),
    r"[Nn]etwork is unreachable|No route to host|timeout|timed out": ErrorTemplate(
        StoreError, "The database's host cannot be reached from this network.", POOLER
    ),
    r"Connection refused": ErrorTemplate(
        StoreError,
        "Nothing listens at the DSN's host and port.",
        f"Compare both with the project's. {POOLER}",
    ),
    r"invalid .* value|invalid port|connection is bad": ErrorTemplate(
        ConfigError, "The DSN holds an invalid value.", f"{EXAMPLE}\n{ENCODE}"
    ),
}
_OTHER = ErrorTemplate(
    StoreError, "The database cannot be reached with that DSN.", EXAMPLE
)


def checked(dsn: str) -> None:
    """Raise UsageError or ConfigError for a DSN that libpq cannot read."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if not dsn.strip():
        # libpq would take its defaults: some other database.
        raise UsageError("The DSN is empty.", hint=EXAMPLE)
    try:
        if "pgbouncer" in parse_qs(urlsplit(dsn).query):
            raise ConfigError(
                "pgbouncer=true is a parameter of Prisma's, not of PostgreSQL.",
                hint="Leave it out, and take the session pooler's port 5432 rather "
                "than the transaction pooler's 6543.",
            )
        conninfo_to_dict(dsn)
    except (psycopg.Error, ValueError):
        raise ConfigError(
            "The DSN cannot be read.", hint=f"{EXAMPLE}\n{ENCODE}"
        ) from None


def unreachable(text: str) -> MetaconnectError:
    """Return the error for a connection that failed; *text* is libpq's."""
    for pattern, template in _CAUSES.items():
        if re.search(pattern, text):
            return template.filled()
    return _OTHER.filled()
