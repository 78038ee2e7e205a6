"""
Try everything that saving a connection needs, without writing.

PostgreSQL refuses an upsert that holds one row twice (21000), and does so last
of all: after the grants and policies (42501), NOT NULL (23502), the unique
constraint (42P10) and the types of the columns.
https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
"""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import ClientNotFound, ConfigError, ErrorTemplate, MetaconnectError
from .client import DataAPI
from .errors import UniqueMissing
from .project import user_id_in
from .rows import sample_row

ONE_PER_ACCOUNT = (
    "The table meta_tokens holds one row for each client and ad account "
    "(unique (client_id, ad_account_id)); one row for each client is needed."
)
ANOTHER_STORE = (
    "That is how the dashboard was designed, so leave it. Keep connections on "
    "this machine instead:  METACONNECT_STORE=local"
)
# Where the policies are those of our migrations.
MEMBER_SQL = "insert into client_members (client_id, user_id, role) values"


class _Passed(MetaconnectError):
    """Nothing but the second row, or a rule about values, was refused."""


class _Hidden(MetaconnectError):
    """A policy refused the row."""


_OUTCOMES = {
    "21000": ErrorTemplate(_Passed),
    # Rules about values: the row that is saved later may meet them.
    "23514": ErrorTemplate(_Passed),
    "P0001": ErrorTemplate(_Passed),
    "policy": ErrorTemplate(_Hidden),
}


class UpsertTrial:
    """Upserts into `meta_tokens` that are never carried out."""

    def __init__(self, api: DataAPI) -> None:
        self._api = api
        self._table = api.table("meta_tokens", _OUTCOMES)

    def run(self, client_id: str, facts: Sequence[str], names: Sequence[str]) -> None:
        """Raise unless a row of the client could be saved with these columns."""
        returning = (*facts, *names)
        try:
            self._try(client_id, "client_id", returning)
        except _Hidden:
            raise self._not_editable(client_id) from None
        except UniqueMissing:
            if self._is_one_per_account(client_id, returning):
                raise ConfigError(ONE_PER_ACCOUNT, hint=ANOTHER_STORE) from None
            raise

    def _try(self, client_id: str, key: str, returning: Sequence[str]) -> None:
        row = sample_row(client_id, returning)
        try:
            self._table.upsert([row, row], key, returning, client_id=client_id)
        except _Passed:
            return
        raise ConfigError(
            "The database did not store a row in meta_tokens, and named no error.",
            hint="Look for a trigger or a rule of that table that drops rows.",
        )

    def _is_one_per_account(self, client_id: str, returning: Sequence[str]) -> bool:
        try:
            self._try(client_id, "client_id,ad_account_id", returning)
        except MetaconnectError:
            return False
        return True

    def _not_editable(self, client_id: str) -> ClientNotFound:
        user_id = user_id_in(self._api.bearer()) or "USER"
        values = f"'{_quoted(client_id)}', '{_quoted(user_id)}', 'editor'"
        return ClientNotFound(
            f"Client {client_id!r} is yours to see, not to change.",
            hint=f"Ask its owner to make you an editor:  {MEMBER_SQL} ({values});",
        )


def _quoted(text: str) -> str:
    return text.replace("'", "''")
