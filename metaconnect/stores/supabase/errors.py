"""
PostgREST's and PostgreSQL's error codes, in our words and with a next step.

https://docs.postgrest.org/en/stable/references/errors.html
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import (
    ClientNotFound,
    ConfigError,
    MetaconnectError,
    NotConnected,
    NotSignedIn,
    StoreError,
    TablesMissing,
)
from ...redact import clean
from .wording import Verdict


class ColumnMissing(TablesMissing):
    """A column that was named is not there."""


GRANT_SQL = "grant select, insert, update, delete on public.{table} to authenticated;"
UNIQUE_SQL = "alter table public.{table} add unique (client_id);"

_NO_TABLE = Verdict(TablesMissing, "The table {table} is not there.")
_NO_COLUMN = Verdict(ColumnMissing, "The table {table} lacks a column: {reason}")
_NO_SUCH_ID = Verdict(ClientNotFound, "There is no {about}: ids look different here.")
_ENDED = Verdict(NotSignedIn, "The Supabase session is not accepted any more.")
_BUSY = Verdict(StoreError, "The database cannot answer just now ({code}).")
_RULE = Verdict(
    ConfigError,
    "The table {table} refuses the row: {reason}",
    "That rule is the table's own: compare it with  metaconnect init --print-sql",
)

# `{about}` is the client, `{reason}` the server's own words.
VERDICTS: Mapping[str, Verdict] = {
    "21000": Verdict(StoreError, "The database refuses to write without a filter."),
    "22003": _NO_SUCH_ID,
    "22P02": _NO_SUCH_ID,
    "23502": _RULE,
    "23503": Verdict(ClientNotFound, "There is no {about}."),
    "23505": Verdict(
        ConfigError,
        "The table {table} holds such a row already: {reason}",
        "client_id must be the only unique column besides the row's own id.",
    ),
    "23514": _RULE,
    "25006": Verdict(
        StoreError,
        "The database only lets itself be read; its disk may be full.",
        "See the project's Database > Settings at https://supabase.com/dashboard",
    ),
    "42501": Verdict(
        ConfigError,
        "Signed-in users have no right to use the table {table}.",
        f"Grant it:  {GRANT_SQL}",
    ),
    "42703": _NO_COLUMN,
    "42P01": _NO_TABLE,
    "42P10": Verdict(
        TablesMissing,
        "Nothing says that {table} holds one row a client.",
        f"Add that rule:  {UNIQUE_SQL}",
    ),
    "42P17": Verdict(
        ConfigError,
        "The policies of the table {table} refer to themselves.",
        "Compare them with  metaconnect init --print-sql",
    ),
    "57014": Verdict(StoreError, "The database took too long and gave up."),
    "P0001": _RULE,
    "PGRST106": Verdict(
        ConfigError,
        "The Data API of the project does not serve the schema public.",
        "Expose it in the project's Settings > Data API.",
    ),
    "PGRST116": Verdict(NotConnected, "There is not exactly one row of {about}."),
    "PGRST204": _NO_COLUMN,
    "PGRST205": _NO_TABLE,
    "PGRST301": _ENDED,
    "PGRST302": _ENDED,
    "PGRST303": _ENDED,
}
# By the first characters: connection, resources, operator, PostgREST's own pool.
_CLASSES: Mapping[str, Verdict] = dict.fromkeys(("08", "53", "57", "PGRST00"), _BUSY)

BY_POLICY = Verdict(
    ClientNotFound, "{About} does not exist, or is not yours to change."
)
KEY_REFUSED = Verdict(
    ConfigError,
    "Supabase does not accept the service role's key.",
    "Compare SUPABASE_SERVICE_ROLE_KEY with the project's Settings > API Keys.",
)
_UNKNOWN = Verdict(StoreError, "Supabase refused the request ({code}): {reason}")


def translated(
    code: str | None,
    message: str | None,
    *,
    table: str,
    about: str = "such a client",
    overrides: Mapping[str, Verdict] | None = None,
    by_key: bool = False,
) -> MetaconnectError:
    """Return what to raise for an error of the Data API."""
    verdict = _verdict(code or "", message or "", overrides or {}, by_key=by_key)
    return verdict.filled(
        table=table,
        about=about,
        About=about[:1].upper() + about[1:],
        code=clean(code) or "no code",
        reason=clean(message).rstrip(".") + ".",
    )


def _verdict(
    code: str, message: str, overrides: Mapping[str, Verdict], *, by_key: bool
) -> Verdict:
    if by_key and code in ("PGRST301", "PGRST302", "PGRST303"):
        return KEY_REFUSED
    if not code and not message:
        return _NO_TABLE  # see http._is_theirs
    # One code for a missing grant and for a policy's refusal: only PostgreSQL's
    # words tell them apart.
    if code == "42501" and "row-level security" in message:
        return overrides.get("policy", BY_POLICY)
    if verdict := overrides.get(code) or VERDICTS.get(code):
        return verdict
    known = (v for prefix, v in _CLASSES.items() if code.startswith(prefix))
    return next(known, _UNKNOWN)
