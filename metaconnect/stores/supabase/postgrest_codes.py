"""
What the error codes of PostgREST and PostgreSQL mean.

https://docs.postgrest.org/en/stable/references/errors.html
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import (
    ClientNotFound,
    ConfigError,
    ErrorTemplate,
    NotConnected,
    NotSignedIn,
    StoreError,
    TablesMissing,
)
from .auth_codes import NOT_ACCEPTED


class ColumnMissing(TablesMissing):
    """A column that the request named does not exist."""


class UniqueMissing(TablesMissing):
    """No unique constraint is on the columns that an upsert names."""


class TypeDiffers(TablesMissing):
    """A column has another type than the value that is written."""


class KeyRejected(ConfigError):
    """The project does not accept the API key."""


UNIQUE_SQL = "alter table public.{table} add unique (client_id);"
# Always both: a table with such a grant and without Row-Level Security is open
# to every user of the project.
GRANT_SQL = (
    "alter table public.{table} enable row level security; "
    "grant select, insert, update, delete on public.{table} to authenticated;"
)
_COMPARE = "Compare it with  metaconnect init --print-sql"

NO_TABLE = ErrorTemplate(TablesMissing, "The table {table} does not exist.")
_NO_COLUMN = ErrorTemplate(ColumnMissing, "The table {table} lacks a column: {reason}")
_BUSY = ErrorTemplate(StoreError, "The database is not available ({code}).")
_CONSTRAINT = ErrorTemplate(
    ConfigError,
    "The table {table} refuses the row: {reason}",
    f"That rule is the table's own. {_COMPARE}",
)
# A value that is not of its column's type: of the client's id, or of another one.
INVALID_ID = ErrorTemplate(ClientNotFound, "There is no {about}: invalid id format.")
_INVALID_VALUE = ErrorTemplate(
    TypeDiffers,
    "A column of the table {table} has another type than what is written: {reason}",
    _COMPARE,
)

POSTGREST_CODES: Mapping[str, ErrorTemplate] = {
    "21000": ErrorTemplate(
        StoreError, "The database refuses to write without a filter."
    ),
    "22001": _INVALID_VALUE,
    "22003": _INVALID_VALUE,
    "22007": _INVALID_VALUE,
    "22008": _INVALID_VALUE,
    "22P02": _INVALID_VALUE,
    "23502": _CONSTRAINT,
    "23503": ErrorTemplate(ClientNotFound, "There is no {about}."),
    "23505": ErrorTemplate(
        ConfigError,
        "The table {table} already holds such a row: {reason}",
        "client_id must be the only unique column besides the row's own id.",
    ),
    "23514": _CONSTRAINT,
    "25006": ErrorTemplate(
        StoreError,
        "The database is read-only; its disk may be full.",
        "See the project's Database > Settings at https://supabase.com/dashboard",
    ),
    "42501": ErrorTemplate(
        ConfigError,
        "Signed-in users have no right to use the table {table}.",
        "Use the service role (--service-role), or let each user reach their own "
        f"rows, by policies and:  {GRANT_SQL}",
    ),
    "42703": _NO_COLUMN,
    "42P01": NO_TABLE,
    "42P10": ErrorTemplate(
        UniqueMissing,
        "The table {table} has no unique constraint on client_id.",
        f"Add it:  {UNIQUE_SQL}",
    ),
    "42P17": ErrorTemplate(
        ConfigError,
        "The policies of the table {table} refer to themselves.",
        _COMPARE,
    ),
    "57014": ErrorTemplate(StoreError, "The database took too long and gave up."),
    "P0001": _CONSTRAINT,
    "PGRST106": ErrorTemplate(
        ConfigError,
        "The Data API of the project does not serve the schema public.",
        "Expose it in the project's Settings > Data API.",
    ),
    "PGRST116": ErrorTemplate(NotConnected, "There is not exactly one row of {about}."),
    "PGRST204": _NO_COLUMN,
    "PGRST205": NO_TABLE,
    "PGRST301": NOT_ACCEPTED,
    "PGRST302": NOT_ACCEPTED,
    "PGRST303": NOT_ACCEPTED,
}
# By the first characters: connection, resources, operator, PostgREST's own pool.
CODE_CLASSES: Mapping[str, ErrorTemplate] = dict.fromkeys(
    ("08", "53", "57", "PGRST00"), _BUSY
)

BY_POLICY = ErrorTemplate(
    ClientNotFound, "{About} does not exist, or is not yours to change."
)
USER_DELETED = ErrorTemplate(
    NotSignedIn, "The user of this session has been deleted from the project."
)
KEY_REFUSED = ErrorTemplate(
    KeyRejected,
    "Supabase does not accept the service role's key.",
    "Compare SUPABASE_SERVICE_ROLE_KEY with the project's Settings > API Keys.",
)
KEY_WITHOUT_GRANT = ErrorTemplate(
    ConfigError,
    "The service role has no right to use the table {table}.",
    "Grant it:  grant all on public.{table} to service_role;",
)
UNKNOWN_CODE = ErrorTemplate(
    StoreError, "Supabase refused the request ({code}): {reason}"
)
