"""Keeping Insights in a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Unpack

from ..flows.many import each
from ..flows.threads import in_thread
from ..insights.progress import ReadProgress
from ..insights.query import InsightsOptions, InsightsQuery, insights_query
from .many import ManyClients

if TYPE_CHECKING:  # loaded by the verbs that use them
    from ..flows.insights import InsightsRequest
    from ..flows.sync import Synced, Syncer
    from ..insights.reports import Report

Told = Callable[["Synced"], None]


class Warehouse(ManyClients):
    """The verbs that keep Insights in DuckDB, PostgreSQL or the Supabase project."""

    async def sync(
        self,
        to: str,
        clients: Collection[str] | None = None,
        *,
        reports: Sequence[Report] | None = None,
        days: int = 28,
        refresh: bool = True,
        progress: ReadProgress | None = None,
        told: Told = lambda _synced: None,
        **options: Unpack[InsightsOptions],
    ) -> list[Synced]:
        """
        Bring the table at *to* up to date for *clients*, by default all.

        *to* is a DuckDB file, ``postgresql://…`` or ``supabase``. What is kept are
        *reports* (see `metaconnect.insights.reports.report`), else one report of the
        options, which are those of `insights` without its preset and `until`. A first
        sync reads from `since` on, by default the last 28 days; later ones what is new,
        and the last *days* again.

        What fails for one client is part of its result, and *told* of at once, as the
        others are. Raises UsageError, ConfigError and StoreError where the table cannot
        be used: then nothing was read.
        """
        from ..errors import UsageError
        from ..flows.sync import Synced
        from ..insights.reports import report, require_different

        if options.get("until") is not None:
            raise UsageError("A table is kept up to yesterday: leave out until.")
        since = options.pop("since", None)
        if reports is None:
            query = insights_query(**options)
            reports = [report(query=query, since=since, days=days)]
        require_different(reports)
        named = await self.insights_requests(InsightsQuery(), clients, refresh=refresh)
        done: list[Synced] = []
        if named.requests:
            read = partial(self.reading, progress=progress)
            done = await self._sync(to, named.requests, reports, read=read, told=told)
        for failure in named.failures:
            failed = Synced(client_id=failure.client_id, problem=failure.error)
            done.append(failed)
            told(failed)
        return done

    async def _sync(
        self,
        to: str,
        requests: Sequence[InsightsRequest],
        reports: Sequence[Report],
        *,
        read: Callable[..., object],
        told: Told,
    ) -> list[Synced]:
        from ..flows.sync import Syncer
        from ..flows.sync_rows import table_columns_of

        columns = [table_columns_of(report) for report in reports]
        target = await in_thread(self.parts.target, to)
        try:
            for each_of_them in columns:
                await in_thread(target.prepare, each_of_them)
            syncer = Syncer(
                target=target,
                graph=self.parts.graph,
                read=read,  # type: ignore[arg-type]
                now=self.parts.now,
                notice=self._notice,
            )
            results = await each(requests, partial(_sync_one, syncer, reports, told))
        finally:
            await in_thread(target.close)
        return [synced for done in results for synced in done]


async def _sync_one(
    syncer: Syncer, reports: Sequence[Report], told: Told, request: InsightsRequest
) -> list[Synced]:
    done = []
    for report in reports:
        done.append(await syncer.sync(request, report))
        told(done[-1])
    return done
