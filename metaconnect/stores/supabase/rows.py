"""Convert between `Connection` and rows of `meta_tokens`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from ...errors import StoreError, TablesMissing
from ...models import AccessToken, Connection, Row, normal_ad_account_id
from ..base import not_connected

# The columns that must be there, and the type to add them with.
COLUMNS: Mapping[str, str] = {
    "client_id": "uuid unique references public.clients (id) on delete cascade",
    "access_token": "text",
    "user_facebook_id": "text",
    "ad_account_id": "text",
    "token_expires_at": "timestamptz",
}
# Written and read where the table has them: each is a field of `Connection`.
DETAILS = (
    "user_name",
    "ad_account_name",
    "currency",
    "timezone_name",
    "graph_url",
    "app_id",
)
# Read where the table has them; the database itself writes them.
DATES = ("created_at", "updated_at")
OPTIONAL = (*DETAILS, *DATES)
# What dashboards call a column of ours.
SYNONYMS: Mapping[str, str] = {"token_expires_at": "expires_at"}


def row_of(connection: Connection, optional: Collection[str] = ()) -> Row:
    """Return what to write to a table that has the *optional* columns."""
    return {
        "client_id": connection.client_id,
        "access_token": connection.token.value,
        "user_facebook_id": connection.user_facebook_id,
        "ad_account_id": connection.ad_account_id
        and normal_ad_account_id(connection.ad_account_id),
        "token_expires_at": text_of(connection.token.expires_at),
        **{n: getattr(connection, n) for n in DETAILS if n in optional},
    }


def sample_row(client_id: str, optional: Collection[str] = ()) -> Row:
    """Return a row like those that a save writes, to be tried and not stored."""
    return {
        "client_id": client_id,
        "access_token": "EAA" + "x" * 197,
        "user_facebook_id": "1" * 17,
        "ad_account_id": "act_" + "1" * 16,
        "token_expires_at": "2030-01-01T00:00:00+00:00",
        **dict.fromkeys((n for n in DETAILS if n in optional), "x"),
    }


def versions_of(connection: Connection) -> list[Row]:
    """
    Return the filters that tell this version of the row from another; where
    there are several, one after the other is to be tried.

    The token is not among them: filters stand in the URL. A dashboard may
    have written the ad account without its ``act_``, and PostgreSQL's
    ``infinity`` for an expiry that never comes.
    """
    account = connection.ad_account_id
    facts: Row = {
        "client_id": connection.client_id,
        "ad_account_id": account and [account, account.removeprefix("act_")],
    }
    if connection.user_facebook_id:
        facts["user_facebook_id"] = connection.user_facebook_id
    if connection.updated_at:
        facts["updated_at"] = text_of(connection.updated_at)
    expires_at = text_of(connection.token.expires_at)
    expiries = [expires_at] if expires_at else [None, "infinity"]
    return [{**facts, "token_expires_at": expiry} for expiry in expiries]


def connection_of(row: Row) -> Connection:
    """
    Return the connection in *row*; also of a row as another program wrote it.

    Raises NotConnected where it holds no token, TablesMissing where it lacks
    a column.
    """
    if missing := [name for name in COLUMNS if name not in row]:
        raise columns_missing(missing, row)
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
        **{n: str(row[n]) for n in DETAILS if row.get(n) is not None},
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
        raise StoreError("The table meta_tokens holds an invalid date.") from exc
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def columns_missing(names: Sequence[str], present: Collection[str]) -> TablesMissing:
    """Return the error for required columns that a table lacks."""
    changes = ", ".join(f"add column {n} {COLUMNS[n]}" for n in names)
    hint = f"Add what is missing:  alter table public.meta_tokens {changes};"
    for name in names:
        if (synonym := SYNONYMS.get(name)) in present:
            hint += (
                f"\nOr rename {synonym}, here and in the dashboard:  alter table "
                f"public.meta_tokens rename column {synonym} to {name};"
            )
    return TablesMissing(f"The table meta_tokens lacks {', '.join(names)}.", hint=hint)
