"""A row of `meta_tokens` and a connection are one thing in two notations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ...errors import StoreError, TablesMissing
from ...models import AccessToken, Connection, normal_ad_account_id
from ..base import not_connected
from .client import Row

# The columns that must be there, and what they would be made as.
COLUMNS: Mapping[str, str] = {
    "client_id": "uuid unique references public.clients (id) on delete cascade",
    "access_token": "text",
    "user_facebook_id": "text",
    "ad_account_id": "text",
    "token_expires_at": "timestamptz",
}


def row_of(connection: Connection) -> dict[str, str | None]:
    """Return what to write: the five columns that every dashboard has."""
    return {
        "client_id": connection.client_id,
        "access_token": connection.token.value,
        "user_facebook_id": connection.user_facebook_id,
        "ad_account_id": connection.ad_account_id
        and normal_ad_account_id(connection.ad_account_id),
        "token_expires_at": text_of(connection.token.expires_at),
    }


def facts_of(connection: Connection) -> dict[str, str | list[str] | None]:
    """
    Return the filters that tell this version of the row from another.

    The token is not among them: filters stand in the URL. A dashboard may
    have written the ad account without its ``act_``.
    """
    account = connection.ad_account_id
    facts: dict[str, str | list[str] | None] = {
        "client_id": connection.client_id,
        "token_expires_at": text_of(connection.token.expires_at),
        "ad_account_id": account and [account, account.removeprefix("act_")],
    }
    if connection.user_facebook_id:
        facts["user_facebook_id"] = connection.user_facebook_id
    if connection.updated_at:
        facts["updated_at"] = text_of(connection.updated_at)
    return facts


def connection_of(row: Row) -> Connection:
    """
    Return the connection in *row*; also of a row as another program wrote it.

    Raises NotConnected where it holds no token, TablesMissing where it lacks
    a column.
    """
    if missing := [name for name in COLUMNS if name not in row]:
        raise columns_missing(missing)
    client_id = str(row["client_id"])
    if not row["access_token"]:
        raise not_connected(client_id, "has no token in its row")
    account = row["ad_account_id"]
    return Connection(
        client_id=client_id,
        token=AccessToken(
            value=str(row["access_token"]),
            expires_at=moment_of(row["token_expires_at"]),
        ),
        user_facebook_id=str(row["user_facebook_id"] or ""),
        ad_account_id=normal_ad_account_id(str(account)) if account else None,
        created_at=moment_of(row.get("created_at")),
        updated_at=moment_of(row.get("updated_at")),
    )


def text_of(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def moment_of(value: object) -> datetime | None:
    """
    Read a date as PostgreSQL writes it in JSON.

    A column without a time zone holds UTC. PostgreSQL's ``infinity`` is never.
    """
    if value is None or value == "infinity":
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as exc:
        raise StoreError("The table meta_tokens holds a date that is none.") from exc
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def columns_missing(names: list[str]) -> TablesMissing:
    added = ", ".join(f"add column {name} {COLUMNS[name]}" for name in names)
    return TablesMissing(
        f"The table meta_tokens lacks {', '.join(names)}.",
        hint=f"Add what is missing:  alter table public.meta_tokens {added};",
    )
