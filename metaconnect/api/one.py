"""Insights of one client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Unpack

from ..flows.accounts import ad_account_to_read
from ..flows.clients import PickClient
from ..flows.insights import (
    InsightsReport,
    InsightsRequest,
    insights_report,
    reading,
)
from ..insights.progress import ReadProgress
from ..insights.query import InsightsOptions, InsightsQuery, insights_query
from ..models import Row
from .upkeep import Upkeep


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
        progress: ReadProgress | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[list[Row]]]:
        """
        Return the block in which the rows of *request* come, a page at a time:

            async with meta.reading(request) as pages:
                async for page in pages: ...
        """
        return reading(
            request,
            graph=self.parts.graph,
            raw=raw,
            problems=lambda problem: self._notice(str(problem)),
            progress=progress,
        )

    async def report(
        self,
        request: InsightsRequest,
        *,
        progress: ReadProgress | None = None,
    ) -> InsightsReport:
        """Return all rows of *request* with what a table of them needs."""
        return await insights_report(
            request,
            graph=self.parts.graph,
            now=self.parts.now(),
            problems=lambda problem: self._notice(str(problem)),
            progress=progress,
        )

    async def rows(self, request: InsightsRequest, *, raw: bool = False) -> list[Row]:
        """Return all rows of *request*."""
        async with self.reading(request, raw=raw) as pages:
            return [row async for page in pages for row in page]

    async def stream_insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> AsyncGenerator[Row, None]:
        """Yield the rows that `insights` returns, as they come."""
        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
        async with self.reading(request, raw=raw) as pages:
            async for page in pages:
                for row in page:
                    yield row

    async def insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> list[Row]:
        """
        Return the Insights rows of the client's ad account.

        *ad_account* is any that the client's token reaches, by id or name; by
        default the chosen one. The options are those of
        `metaconnect.insights.query.insights_query`; *raw* leaves the rows as Meta
        sent them. For *refresh* see `connection_to_read`.
        """
        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
        return await self.rows(request, raw=raw)
