"""The sync flow: windows of Insights are read, and take the place of what was kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
)
from datetime import date, datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from ..errors import MetaconnectError
from ..graph.accounts import get_ad_account
from ..graph.client import GraphClient
from ..insights.grid import day_at
from ..insights.reports import Report
from ..models import AdAccount, Row, TimeRange
from ..warehouse.base import Change, Series, Session, Target
from .clients import naming
from .insights import InsightsRequest
from .sync_plan import Plan, plan, span
from .sync_rows import Origin, parts, table_columns_of
from .threads import in_thread

T = TypeVar("T")
Read = Callable[
    [InsightsRequest], AbstractAsyncContextManager[AsyncIterator[list[Row]]]
]


class Synced(msgspec.Struct, kw_only=True):
    """
    What a sync came to for one report of a client.

    `since` and `until` are the days that were read, None where nothing was due;
    `rows` is how many they have, and `changes` what Meta restated. What was kept before
    a `problem` stays: each window is whole.
    """

    client_id: str
    ad_account_id: str | None = None
    report: str | None = None
    since: date | None = None
    until: date | None = None
    windows: int = 0
    rows: int = 0
    changes: list[Change] = msgspec.field(default_factory=list)
    problem: MetaconnectError | None = None


class Syncer(msgspec.Struct, frozen=True, kw_only=True):
    """Where rows go, and where they come from."""

    target: Target
    graph: GraphClient
    read: Read
    now: Callable[[], datetime]
    notice: Callable[[str], None]

    async def sync(self, request: InsightsRequest, report: Report) -> Synced:
        """Bring *report* of the request's ad account up to date. Nothing is raised."""
        synced = Synced(
            client_id=request.connection.client_id,
            ad_account_id=request.ad_account_id,
            report=report.name,
        )
        try:
            with naming(synced.client_id):
                await self._sync(replace(request, query=report.query), report, synced)
        except MetaconnectError as error:
            synced.problem = error
        return synced

    async def _sync(
        self, request: InsightsRequest, report: Report, synced: Synced
    ) -> None:
        account = await self._ad_account(request)
        series = Series(
            client_id=synced.client_id,
            report_id=report.id,
            account_id=account.id.removeprefix("act_"),
        )
        async with _held(self.target.session(series)) as session:
            planned = await self._plan(session, report, account)
            if days := span(planned.batches):
                synced.since, synced.until = days.since, days.until
            for batch in planned.batches:
                origin = Origin(
                    series=series,
                    report=report,
                    currency=account.currency,
                    read_at=self.now(),
                )
                await self._keep(session, request, origin, batch, synced)

    async def _plan(self, session: Session, report: Report, account: AdAccount) -> Plan:
        zone = account.timezone_name or "UTC"
        fields = table_columns_of(report)
        planned = plan(
            report,
            await in_thread(session.windows),
            fields=fields,
            timezone_name=zone,
            today=day_at(self.now(), zone),
        )
        if planned.lacking:
            first = planned.lacking[0].since
            self.notice(
                f"Report {report.name!r}: older days were read without some of its "
                f"fields. To read them again:  --since {first}"
            )
        return planned

    async def _keep(
        self,
        session: Session,
        request: InsightsRequest,
        origin: Origin,
        batch: Sequence[TimeRange],
        synced: Synced,
    ) -> None:
        """Read the windows of *batch*, and put them in the place of what was kept."""
        days = TimeRange(since=batch[0].since, until=batch[-1].until)
        async with self.read(replace(request, window=days)) as pages:
            rows = [row async for page in pages for row in page]
        for part in parts(origin, batch, rows, self.target.most_rows):
            synced.changes += await in_thread(session.replace, part)
            synced.rows += len(part.rows)
            synced.windows += len(part.windows)

    async def _ad_account(self, request: InsightsRequest) -> AdAccount:
        """Return the ad account, whose time zone says which day it is."""
        if request.timezone_name and request.currency:
            return AdAccount(
                id=request.ad_account_id,
                currency=request.currency,
                timezone_name=request.timezone_name,
            )
        token = request.connection.token
        return await get_ad_account(self.graph, token, request.ad_account_id)


@asynccontextmanager
async def _held(block: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Enter and leave *block* in a thread."""
    value = await in_thread(block.__enter__)
    try:
        yield value
    finally:
        await in_thread(block.__exit__, None, None, None)
