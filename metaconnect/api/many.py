"""Insights of many clients and ad accounts at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Unpack

import msgspec

from ..errors import MetaconnectError
from ..flows.accounts import (
    ad_account_to_read,
    reached_ad_accounts,
    with_ad_account,
)
from ..flows.clients import require_same_issuer
from ..flows.insights import InsightsRequest
from ..flows.insights_many import (
    Failed,
    Failure,
    Part,
    Targets,
    failure_of_request,
    reading_many,
    targets_of,
)
from ..flows.many import each
from ..flows.report import InsightsReport
from ..insights.plain import Numbers, plain_rows
from ..insights.progress import ReadProgress
from ..insights.query import InsightsOptions, InsightsQuery, insights_query
from ..insights.reading import ReportRuns
from ..models import Connection, Row
from .one import OneClient

if TYPE_CHECKING:  # loaded by the verb that uses it
    from ..flows.audit import Audits
    from ..insights.reports import Report


class ManyInsights(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of many clients, and what went wrong with the others."""

    rows: list[Row]
    failures: list[Failure]


class ManyClients(OneClient):
    """The same query for many clients: a few at a time, over one pool."""

    async def insights_requests(
        self,
        query: InsightsQuery,
        clients: Collection[str] | None = None,
        ad_accounts: Sequence[str] = (),
        *,
        all_accounts: bool = False,
        refresh: bool = True,
    ) -> Targets:
        """
        Return the units of work: *query*, asked of each client's ad account.

        *clients* are by default all. *ad_accounts* are asked in the place of the
        chosen ones, by id or name; with *all_accounts* every one that the tokens
        reach. Who cannot be asked is among the failures.
        """
        self.parts.share_limits()
        graph = self.parts.graph

        async def requests_of(
            client_id: str, stored: Connection | None
        ) -> list[InsightsRequest]:
            connection = await self._ready(client_id, stored, refresh=refresh)
            if all_accounts:
                found = await reached_ad_accounts(connection, graph=graph)
                return [
                    InsightsRequest(
                        connection=with_ad_account(connection, account),
                        ad_account_id=account.id,
                        query=query,
                    )
                    for account in found
                ]
            wanted = ad_accounts or (None,)
            ids = [
                await ad_account_to_read(name, connection, graph=graph)
                for name in wanted
            ]
            return [
                InsightsRequest(connection=connection, ad_account_id=i, query=query)
                for i in dict.fromkeys(ids)
            ]

        targets = await targets_of(clients, self.parts.store, requests_of)
        if not targets.requests and not targets.failures:
            await self._found(None, None)  # raises: nothing is connected
        return targets

    def reading_many(
        self,
        requests: Sequence[InsightsRequest],
        *,
        failed: Failed,
        raw: bool = False,
        report_runs: ReportRuns = "auto",
        progress: ReadProgress | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[Part]]:
        """
        Return the block in which the rows of *requests* come, in their order.

        *failed* is told at once of a request that fails; the others go on.
        """
        read = partial(
            self.reading, raw=raw, report_runs=report_runs, progress=progress
        )
        return reading_many(requests, read=read, failed=failed)

    async def reports(
        self,
        requests: Sequence[InsightsRequest],
        *,
        failed: Failed,
        report_runs: ReportRuns = "auto",
        progress: ReadProgress | None = None,
    ) -> list[InsightsReport | Failure]:
        """Return what `report` returns for each request, or what went wrong."""

        async def one(request: InsightsRequest) -> InsightsReport | Failure:
            try:
                return await self.report(
                    request, report_runs=report_runs, progress=progress
                )
            except MetaconnectError as error:
                failure = failure_of_request(request, error)
                failed(failure)
                return failure

        return await each(requests, one)

    async def insights_many(
        self,
        clients: Collection[str] | None = None,
        date_preset: str | None = None,
        *,
        ad_accounts: Sequence[str] = (),
        all_accounts: bool = False,
        raw: bool = False,
        numbers: Numbers = "decimal",
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> ManyInsights:
        """
        Return the Insights rows of *clients*, by default of all.

        Each row says whose it is: `client`, and Meta's `account_id`. What fails for
        one is among the `failures`, and leaves the others as they are. The options
        are those of `insights` and `insights_requests`.
        """
        targets = await self.insights_requests(
            insights_query(date_preset, **options),
            clients,
            ad_accounts,
            all_accounts=all_accounts,
            refresh=refresh,
        )
        failures = list(targets.failures)
        read = self.reading_many(targets.requests, raw=raw, failed=failures.append)
        async with read as parts:
            rows = [row async for part in parts for row in part.rows]
        return ManyInsights(rows=plain_rows(rows, numbers), failures=failures)

    async def audit(
        self,
        clients: Collection[str] | None = None,
        date_preset: str | None = None,
        *,
        ad_accounts: Sequence[str] = (),
        all_accounts: bool = False,
        breakdowns: Iterable[str] | None = None,
        against: str | None = None,
        reports: Sequence[Report] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        refresh: bool = True,
        progress: ReadProgress | None = None,
    ) -> Audits:
        """
        Compare the account, its days, its levels and *breakdowns* of a period.

        *clients* are by default all. Each of *breakdowns* is one set of rows, as
        "age,gender"; without them it is that and "country". What does not agree is a
        finding of the client's audit; what fails for one is among the `failures`.
        *against* is the place of a synced table (see `sync`), whose rows are compared
        with what Meta says now: of *reports*, and of those that need no name.
        """
        from ..flows.audit import audit, audit_each, breakdown_sets
        from ..flows.audit_table import table_at

        targets = await self.insights_requests(
            insights_query(date_preset, since=since, until=until),
            clients,
            ad_accounts,
            all_accounts=all_accounts,
            refresh=refresh,
        )
        sets, now = breakdown_sets(breakdowns), self.parts.now()
        table = None
        if against:
            table = table_at(against, reports, sets, now=now, notice=self._notice)
        audit_one = partial(
            audit,
            breakdowns=sets,
            table=table,
            graph=self.parts.graph,
            now=now,
            problems=lambda problem: self._notice(str(problem)),
            progress=progress,
        )
        return await audit_each(targets, audit_one)

    async def _ready(
        self, client_id: str, stored: Connection | None, *, refresh: bool
    ) -> Connection:
        if stored is None:  # for the error that says what to type
            stored = await self._found(client_id, None)
        host = self.settings.meta_host
        require_same_issuer(stored, host, self.settings.meta_app_id)
        return await self._to_read(stored, refresh=refresh)
