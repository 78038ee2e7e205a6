"""Convert between `Connection` and the rows of the local database."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from ..errors import StoreError
from ..models import AccessToken, Connection
from .secrets import LOOK_AT_THE_FOLDER

TEXTS = (  # of the same name in both
    "client_id",
    "user_facebook_id",
    "user_name",
    "ad_account_id",
    "ad_account_name",
    "currency",
    "timezone_name",
    "graph_url",
    "app_id",
)
COLUMNS = (*TEXTS, "secret_name", "token_expires_at", "created_at", "updated_at")
KEPT = ("client_id", "created_at")  # when a row is replaced

# Our own words only; values are bound.
SELECT = f"select {', '.join(COLUMNS)} from meta_tokens"  # noqa: S608
UPSERT = (
    f"insert into meta_tokens ({', '.join(COLUMNS)}) "  # noqa: S608
    f"values ({', '.join(f':{column}' for column in COLUMNS)}) "
    "on conflict (client_id) do update set "
    + ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c not in KEPT)
)


def select(db: sqlite3.Connection, where: str = "", *values: str) -> list[sqlite3.Row]:
    """Return rows by client id."""
    return db.execute(f"{SELECT} {where} order by client_id", values).fetchall()


def upsert(
    db: sqlite3.Connection, new: Connection, secret_name: str, now: datetime
) -> sqlite3.Row:
    """Insert or replace the row of the client, and return it as stored."""
    expires_at = new.token.expires_at
    facts = {name: _storable(getattr(new, name)) for name in TEXTS} | {
        "client_id": new.client_id,
        "secret_name": secret_name,
        "token_expires_at": _text(expires_at) if expires_at else None,
        "created_at": _text(now),
        "updated_at": _text(now),
    }
    db.execute(UPSERT, facts)
    return select(db, "where client_id = ?", new.client_id)[0]


def connection(row: sqlite3.Row, token: str) -> Connection:
    """Return the connection of *row*, whose token is *token*."""
    expires_at = row["token_expires_at"]
    return Connection(
        **{name: row[name] for name in TEXTS},
        token=AccessToken(
            value=token, expires_at=moment(expires_at) if expires_at else None
        ),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
    )


def moment(text: str) -> datetime:
    """Return the moment that a column holds, in UTC."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise StoreError(
            f"connections.db is damaged: {text!r} is no time.", hint=LOOK_AT_THE_FOLDER
        ) from exc


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _storable(text: str | None) -> str | None:
    """Replace what SQLite refuses: a name from Meta can hold a lone surrogate."""
    return text and text.encode(errors="replace").decode()
