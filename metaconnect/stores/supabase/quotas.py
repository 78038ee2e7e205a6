"""Pauses that Meta's quotas ask for, in the project's table `meta_quotas`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from ...models import QuotaPause
from .client import DataAPI
from .project import SupabaseProject

KEY = "app_id,ad_account_id"


class SupabaseQuotas:
    """The service role's: nobody who is signed in has a right to the table."""

    def __init__(self, project: SupabaseProject, bearer: Callable[[], str]) -> None:
        self._table = DataAPI(project, bearer).table("meta_quotas")

    def lasting(self) -> list[QuotaPause]:
        now = datetime.now(UTC).isoformat()
        names = QuotaPause.__struct_fields__
        rows = self._table.select(names, above={"paused_until": now})
        return msgspec.convert(rows, list[QuotaPause])

    def keep(self, pause: QuotaPause) -> None:
        row = msgspec.structs.asdict(pause)
        row["why"] = pause.why.encode(errors="replace").decode().replace("\0", "")
        row["paused_until"] = pause.paused_until.isoformat()
        row["updated_at"] = datetime.now(UTC).isoformat()
        self._table.upsert(row, KEY, ("app_id",))
