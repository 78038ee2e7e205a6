"""
Find out whether strangers could read or write tokens.

The publishable key is public: it stands in every page of a dashboard. What it
alone reaches, without a session, anybody reaches.
https://supabase.com/docs/guides/database/postgres/row-level-security
"""

from __future__ import annotations

from typing import NamedTuple

from ...errors import (
    ConfigError,
    ErrorTemplate,
    MetaconnectError,
    StoreError,
    TokensExposed,
)
from ...models import Row
from .client import DataAPI
from .errors import KeyRejected
from .project import SupabaseProject
from .rows import sample_row

SQL = (
    "alter table public.{table} enable row level security; "
    "revoke all on public.{table} from anon;"
)
_NOBODY = "00000000-0000-4000-8000-000000000000"


class _Reached(MetaconnectError):
    """The row passed Row-Level Security; what refused it comes after that."""


# In the order of PostgreSQL: policies, NOT NULL, CHECK, and last of all the
# row that is there twice.
_PAST_POLICIES = dict.fromkeys(("23502", "23514", "21000"), ErrorTemplate(_Reached))


class Trial(NamedTuple):
    """How to try a write: the unique columns, and a row."""

    key: str
    row: Row


class ExposureProbe:
    """Asks the Data API with the publishable key of *anyone*."""

    def __init__(self, anyone: DataAPI) -> None:
        self._anyone = anyone
        # Strangers may ask for rows and got none. Whether policies hide them
        # or the table is empty, only a row can tell.
        self.undecided = False

    def check(self, client_id: str | None) -> None:
        """
        Raise TokensExposed where a stranger reaches the tokens, or the tables
        that decide who may. *client_id* is an id that exists; without one only
        reading is tried.
        """
        self._check("clients", "id", None)
        if client_id is None:
            self._check("client_members", "client_id", None)
            self.undecided = self._check("meta_tokens", "client_id", None)
            return
        member = {"client_id": client_id, "user_id": _NOBODY, "role": "owner"}
        self._check("client_members", "client_id", Trial("client_id,user_id", member))
        trial = Trial("client_id", sample_row(client_id))
        self.undecided = self._check("meta_tokens", "client_id", trial)

    def sees(self, client_id: str) -> bool:
        """Whether a stranger reads the token of the client."""
        return bool(self._visible("meta_tokens", {"client_id": client_id}))

    def _check(self, table: str, column: str, trial: Trial | None) -> bool:
        rows = self._visible(table, {}, column)
        if rows or (rows == [] and trial and self._writable(table, trial)):
            raise exposed(table)
        return rows is not None

    def _visible(
        self, table: str, where: Row, column: str = "client_id"
    ) -> list[Row] | None:
        """Return what is shown, at most one row; None where asking is refused."""
        try:
            return self._anyone.table(table).select((column,), where, limit=1)
        except (StoreError, KeyRejected):
            raise
        except MetaconnectError:
            return None

    def _writable(self, table: str, trial: Trial) -> bool:
        tried = self._anyone.table(table, _PAST_POLICIES)
        try:
            # One row twice in one statement is never written.
            tried.upsert([trial.row, trial.row], trial.key, (trial.key.split(",")[0],))
        except _Reached:
            return True
        except (StoreError, KeyRejected):
            raise
        except MetaconnectError:
            return False
        return False


def as_stranger(project: SupabaseProject, *, is_service_role: bool) -> DataAPI:
    """
    Return the Data API as a stranger has it, who knows the publishable key.

    Raises ConfigError where the secret key is the only one that is known.
    """
    key = project.publishable_key or project.key
    if is_service_role and key == project.key:
        raise ConfigError(
            "The publishable key is missing: it is needed to make sure that "
            "nobody else can read the tokens.",
            hint="Set SUPABASE_KEY too; it is in the project's Settings > API Keys.",
        )
    return DataAPI(project, lambda: key, key=key)


def exposed(table: str) -> TokensExposed:
    return TokensExposed(
        f"Anybody can use the table {table}: the publishable key alone reaches "
        "its rows, and with it the tokens.",
        hint=f"Close it:  {SQL.format(table=table)}\nSigned-in users then need "
        "policies; ours are in:  metaconnect init --print-sql",
    )
