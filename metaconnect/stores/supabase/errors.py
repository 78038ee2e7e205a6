"""Turn error codes of the Data API and of Auth into our own errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import ErrorTemplate, MetaconnectError
from ...redact import clean
from .auth_codes import AUTH_CODES, UNKNOWN_AUTH_CODE, JWTRejected, SessionEnded
from .postgrest_codes import (
    BY_POLICY,
    CODE_CLASSES,
    INVALID_ID,
    KEY_REFUSED,
    KEY_WITHOUT_GRANT,
    NO_TABLE,
    POSTGREST_CODES,
    UNIQUE_SQL,
    UNKNOWN_CODE,
    USER_DELETED,
    ColumnMissing,
    KeyRejected,
    TypeDiffers,
    UniqueMissing,
)

__all__ = [
    "AUTH_CODES",
    "POSTGREST_CODES",
    "UNIQUE_SQL",
    "APIProblem",
    "ColumnMissing",
    "JWTRejected",
    "KeyRejected",
    "SessionEnded",
    "TypeDiffers",
    "UniqueMissing",
    "from_auth",
    "from_data_api",
]


@dataclass(frozen=True)
class APIProblem:
    """An error of the Data API, as PostgREST words it."""

    code: str
    message: str = ""
    details: str = ""


def from_auth(code: str | None, message: str | None) -> MetaconnectError:
    """Return what to raise for an error of Auth."""
    template = AUTH_CODES.get(code or "", UNKNOWN_AUTH_CODE)
    reason = clean(message).rstrip(".")
    return template.filled(code=clean(code) or "no code", reason=reason)


def from_data_api(
    problem: APIProblem,
    *,
    table: str,
    client_id: str | None = None,
    about: str | None = None,
    overrides: Mapping[str, ErrorTemplate] | None = None,
    by_key: bool = False,
) -> MetaconnectError:
    """
    Return what to raise for an error of the Data API.

    *about* is what the request is about, by default the client *client_id*;
    *overrides* are templates of the table's own; *by_key* says that no user
    but the key itself asked.
    """
    template = _template(problem, client_id, overrides or {}, by_key=by_key)
    about = about or (f"client {client_id!r}" if client_id else "such client")
    return template.filled(
        table=table,
        about=about,
        About=about[:1].upper() + about[1:],
        code=clean(problem.code) or "no code",
        reason=clean(problem.message).rstrip(".") + ".",
    )


def _template(
    problem: APIProblem,
    client_id: str | None,
    overrides: Mapping[str, ErrorTemplate],
    *,
    by_key: bool,
) -> ErrorTemplate:
    code = problem.code
    if not code and not problem.message:
        return NO_TABLE  # see http._is_theirs
    if by_key and code in ("PGRST301", "PGRST302", "PGRST303"):
        return KEY_REFUSED
    # One code for a missing grant and for a policy's refusal: only PostgreSQL's
    # words tell them apart.
    if code == "42501" and "row-level security" in problem.message:
        return overrides.get("policy", BY_POLICY)
    # created_by and the like: auth.uid() of a session that outlived its user.
    if code == "23503" and 'table "users"' in problem.details:
        return USER_DELETED
    # PostgreSQL quotes the value, and no column's name.
    if code in ("22P02", "22003") and client_id and f'"{client_id}"' in problem.message:
        return INVALID_ID
    if by_key and code == "42501":
        return KEY_WITHOUT_GRANT
    if template := overrides.get(code) or POSTGREST_CODES.get(code):
        return template
    known = (t for prefix, t in CODE_CLASSES.items() if code.startswith(prefix))
    return next(known, UNKNOWN_CODE)
