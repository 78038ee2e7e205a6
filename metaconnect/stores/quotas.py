"""Pauses that Meta's quotas ask for, kept for every process that uses one store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ..models import QuotaPause
from . import local_rows
from .database import Database

# Beside the schema's versions: an older metaconnect goes on without it.
_TABLE = """
create table if not exists meta_quotas (
  app_id        text not null,
  ad_account_id text not null,
  paused_until  text not null,
  why           text not null,
  code          integer,
  updated_at    text not null,
  primary key (app_id, ad_account_id)
) strict
"""
_UPSERT = """
insert into meta_quotas values (?, ?, ?, ?, ?, ?)
on conflict do update set paused_until = excluded.paused_until, why = excluded.why,
  code = excluded.code, updated_at = excluded.updated_at
where excluded.paused_until > paused_until
"""
_LASTING = """
select app_id, ad_account_id, paused_until, why, code from meta_quotas
where paused_until > ?
"""


class QuotaStore(Protocol):
    """Blocks, in any thread. Raises StoreError or ConfigError where it cannot work."""

    def lasting(self) -> list[QuotaPause]:
        """Return the pauses that are not over."""

    def keep(self, pause: QuotaPause) -> None:
        """Keep *pause* in the place of the former one of the same quota."""


class LocalQuotas:
    """On this machine: a table in the database of the data folder."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "connections.db")

    def lasting(self) -> list[QuotaPause]:
        if not self._database.exists():
            return []
        with self._database.opened() as db:
            if not db.execute("pragma table_info(meta_quotas)").fetchall():
                return []
            return [
                QuotaPause(
                    app_id=row["app_id"],
                    ad_account_id=row["ad_account_id"],
                    paused_until=local_rows.moment(row["paused_until"]),
                    why=row["why"],
                    code=row["code"],
                )
                for row in db.execute(_LASTING, (datetime.now(UTC).isoformat(),))
            ]

    def keep(self, pause: QuotaPause) -> None:
        now = datetime.now(UTC).isoformat()
        why = pause.why.encode(errors="replace").decode()  # SQLite wants UTF-8
        values = (pause.app_id, pause.ad_account_id, pause.paused_until.isoformat())
        with self._database.transaction() as db:
            db.execute(_TABLE)
            db.execute(_UPSERT, (*values, why, pause.code, now))
