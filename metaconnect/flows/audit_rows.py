"""What an audit reads: the same days, several ways."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from ..constants import Level
from ..graph.client import GraphClient
from ..insights.audit import (
    ATTRIBUTION,
    DAYS,
    LEVELS,
    REACH,
    Evidence,
    gone_of,
    lacks_objects,
)
from ..insights.filters import Filter
from ..insights.findings import Finding, Verdict
from ..insights.gaps import COMPARED
from ..insights.progress import ReadProgress
from ..insights.query import InsightsQuery
from ..insights.rows import Problems
from ..models import Row, TimeRange
from .insights import InsightsRequest, reading

_WHOLE: Final = "account"
# https://developers.facebook.com/docs/marketing-api/best-practices/manage-your-ad-object-status
_GONE: Final = Filter(
    field="ad.effective_status", operator="IN", value=("ARCHIVED", "DELETED")
)


class Reader:
    """Reads the rows of queries, of the ad account and the days of one request."""

    def __init__(
        self,
        request: InsightsRequest,
        graph: GraphClient,
        problems: Problems | None,
        progress: ReadProgress | None,
    ) -> None:
        self.request = request
        self._read = partial(reading, graph=graph, problems=problems, progress=progress)
        self.pages = 0

    async def rows(
        self, query: InsightsQuery, window: TimeRange | None = None
    ) -> list[Row]:
        """Return all rows of *query*, of *window* where it is not that of all."""
        window = window or self.request.window
        request = replace(self.request, query=query, window=window)
        found: list[Row] = []
        async with self._read(request) as pages:
            async for page in pages:
                self.pages += 1
                found += page
        return found

    async def all(self, queries: Mapping[str, InsightsQuery]) -> dict[str, list[Row]]:
        """Return the rows of several queries, asked at once; a failure stops all."""
        tasks = [asyncio.create_task(self.rows(query)) for query in queries.values()]
        try:
            return dict(zip(queries, await asyncio.gather(*tasks), strict=True))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def queries_of(
    query: InsightsQuery, breakdowns: Sequence[str]
) -> dict[str, InsightsQuery]:
    """Return what is asked, by the names of the checks."""
    whole = InsightsQuery(
        fields=(*COMPARED, REACH),
        date_preset=query.date_preset,
        time_range=query.time_range,
        time_increment="all_days",
    )
    ads = (*whole.fields, ATTRIBUTION)
    return {
        _WHOLE: whole,
        DAYS: replace(whole, time_increment="1"),
        **{level: replace(whole, level=level, fields=ads) for level in LEVELS},
        **{
            names: replace(whole, breakdowns=tuple(names.split(",")), fields=COMPARED)
            for names in breakdowns
        },
    }


async def evidence_of(
    reader: Reader, queries: Mapping[str, InsightsQuery], breakdowns: Sequence[str]
) -> Evidence:
    rows = await reader.all(queries)
    evidence = Evidence(
        whole=rows[_WHOLE],
        days=rows[DAYS],
        levels={level: rows[level] for level in LEVELS},
        breakdowns={names: rows[names] for names in breakdowns},
    )
    if not lacks_objects(evidence):
        return evidence
    return replace(evidence, gone=await reader.rows(_gone(queries)))


def _gone(queries: Mapping[str, InsightsQuery]) -> InsightsQuery:
    """Return the query for archived and deleted ads, also those of such campaigns."""
    return replace(queries[Level.ad], filtering=(_GONE,))


async def rows_by_day(
    reader: Reader,
    queries: Mapping[str, InsightsQuery],
    found: Sequence[Finding],
    evidence: Evidence,
) -> dict[str, list[Row]]:
    """Return the rows of the checks that nothing explains, day by day."""
    unexplained = {f.check for f in found if f.verdict is Verdict.UNEXPLAINED} - {DAYS}
    asked = {check: queries[check] for check in queries if check in unexplained}
    if evidence.gone and not unexplained.isdisjoint(LEVELS):
        asked[_GONE.field] = _gone(queries)
    rows = await reader.all(
        {n: replace(q, time_increment="1") for n, q in asked.items()}
    )
    gone = rows.pop(_GONE.field, [])
    for level in LEVELS:
        if level in rows:
            rows[level] += gone_of(level, evidence.levels[level], gone)
    return rows
