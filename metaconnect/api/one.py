"""Insights of one client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Unpack

from ..flows.accounts import ad_account_to_read
from ..flows.clients import PickClient
from ..flows.insights import InsightsRequest, reading
from ..flows.report import InsightsReport, insights_report
from ..graph.gate import IN_FLIGHT
from ..insights.plain import Numbers, plain_rows
from ..insights.progress import ReadProgress
from ..insights.query import InsightsOptions, InsightsQuery, insights_query
from ..insights.reading import ReportRuns
from ..insights.schema import columns
from ..models import Row
from .upkeep import Upkeep

if TYPE_CHECKING:
    from ..insights.frame import Library


class OneClient(Upkeep):
    """The verbs that read Insights of one client's ad account."""

    async def insights_request(
        self,
        query: InsightsQuery,
        client_id: str | None = None,
        ad_account: str | None = None,
        *,
        pick: PickClient | None = None,
        refresh: bool = True,
    ) -> InsightsRequest:
        """
        Return the unit of work: *query*, asked of the client's ad account.

        For *refresh* see `connection_to_read`.
        """
        connection = await self.connection_to_read(
            client_id, pick=pick, refresh=refresh
        )
        wanted = await ad_account_to_read(
            ad_account, connection, graph=self.parts.graph
        )
        return InsightsRequest(connection=connection, ad_account_id=wanted, query=query)

    def reading(
        self,
        request: InsightsRequest,
        *,
        raw: bool = False,
        report_runs: ReportRuns = "auto",
        at_once: int = IN_FLIGHT,
        progress: ReadProgress | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[list[Row]]]:
        """
        Return the block in which the rows of *request* come, a page at a time:

            async with meta.reading(request) as pages:
                async for page in pages: ...

        A query that is too large for Meta is prepared as a report run, unless
        *report_runs* is "never"; with "always" any query is. Up to *at_once* requests
        are under way.
        """
        if report_runs == "always":
            self.parts.share_limits()
        return reading(
            request,
            graph=self.parts.graph,
            raw=raw,
            report_runs=report_runs,
            at_once=at_once,
            problems=lambda problem: self._notice(str(problem)),
            progress=progress,
        )

    async def report(
        self,
        request: InsightsRequest,
        *,
        for_terminal: bool = True,
        report_runs: ReportRuns = "auto",
        progress: ReadProgress | None = None,
    ) -> InsightsReport:
        """Return all rows of *request* with what a table of them needs."""
        return await insights_report(
            request,
            graph=self.parts.graph,
            now=self.parts.now(),
            for_terminal=for_terminal,
            report_runs=report_runs,
            problems=lambda problem: self._notice(str(problem)),
            progress=progress,
        )

    async def rows(
        self,
        request: InsightsRequest,
        *,
        raw: bool = False,
        report_runs: ReportRuns = "auto",
    ) -> list[Row]:
        """Return all rows of *request*."""
        async with self.reading(request, raw=raw, report_runs=report_runs) as pages:
            return [row async for page in pages for row in page]

    async def stream_insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        numbers: Numbers = "decimal",
        refresh: bool = True,
        report_runs: ReportRuns = "auto",
        **options: Unpack[InsightsOptions],
    ) -> AsyncGenerator[Row, None]:
        """Yield the rows that `insights` returns, as they come."""
        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
        async with self.reading(request, raw=raw, report_runs=report_runs) as pages:
            async for page in pages:
                for row in plain_rows(page, numbers):
                    yield row

    async def insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        numbers: Numbers = "decimal",
        refresh: bool = True,
        report_runs: ReportRuns = "auto",
        **options: Unpack[InsightsOptions],
    ) -> list[Row]:
        """
        Return the Insights rows of the client's ad account.

        *ad_account* is any that the client's token reaches, by id or name; by
        default the chosen one. The options are those of
        `metaconnect.insights.query.insights_query`; *raw* leaves the rows as Meta
        sent them, and *numbers* says what a Decimal becomes ("float", "str"). For
        *refresh* see `connection_to_read`, for *report_runs* `reading`.
        """
        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
        rows = await self.rows(request, raw=raw, report_runs=report_runs)
        return plain_rows(rows, numbers)

    async def insights_frame(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        library: Library | None = None,
        numbers: Numbers = "float",
        ad_account: str | None = None,
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> Any:
        """
        Return what `insights` returns as a DataFrame; see `insights.frame.frame`.

        *library* is "pandas" or "polars", by default the one that is installed.
        """
        from ..insights.frame import frame

        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
        rows = await self.rows(request)
        names = columns(query, currency=request.currency)
        return frame(rows, names, library=library, numbers=numbers)
