"""The audit flow: reads the same money several ways, and says where it differs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from ..constants import Level
from ..errors import MetaconnectError
from ..graph.client import GraphClient
from ..insights.audit import (
    ATTRIBUTION,
    DAYS,
    LEVELS,
    REACH,
    Evidence,
    dated,
    findings,
    gone_of,
    lacks_objects,
)
from ..insights.dates import date_range
from ..insights.filters import Filter
from ..insights.findings import Finding, Verdict
from ..insights.gaps import COMPARED
from ..insights.progress import ReadProgress
from ..insights.query import InsightsQuery, insights_query
from ..insights.rows import Problems
from ..models import AdAccount, Row, TimeRange
from .insights import InsightsRequest, ad_account_of, reading
from .insights_many import Failure, Targets, failure_of_request
from .many import each

BREAKDOWNS: Final = ("age,gender", "country")
_WHOLE: Final = "account"
_TODAY: Final = InsightsQuery(date_preset="today")
# https://developers.facebook.com/docs/marketing-api/best-practices/manage-your-ad-object-status
_GONE: Final = Filter(
    field="ad.effective_status", operator="IN", value=("ARCHIVED", "DELETED")
)


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """
    What was found in the Insights of one ad account.

    `dates` are None where Meta alone knows them. `spend` is the account's, None where
    nothing was delivered, and `pages` is how many pages of rows were read.
    """

    request: InsightsRequest
    ad_account: AdAccount
    dates: TimeRange | None
    spend: Decimal | None
    findings: tuple[Finding, ...]
    pages: int

    @property
    def is_explained(self) -> bool:
        """Whether everything agrees, or there is a reason why not."""
        return all(each.verdict is not Verdict.UNEXPLAINED for each in self.findings)


class Audits(msgspec.Struct, frozen=True, kw_only=True):
    """The audits of many ad accounts, and what went wrong with the others."""

    audits: list[Audit]
    failures: list[Failure]


async def audit(
    request: InsightsRequest,
    breakdowns: Sequence[str] = BREAKDOWNS,
    *,
    graph: GraphClient,
    now: datetime,
    problems: Problems | None = None,
    progress: ReadProgress | None = None,
) -> Audit:
    """
    Compare the levels, the days and *breakdowns* of the dates of *request*.

    Its query counts for its dates only. It takes five requests and one for each
    breakdown, of few rows; one more where objects are missing, and one or two for
    each check that nothing explains, which name the days.
    """
    account = await ad_account_of(request, graph=graph)
    zone = account.timezone_name
    window = date_range(request.dated_query, timezone_name=zone, now=now)
    reader = _Reader(replace(request, window=window), graph, problems, progress)
    queries = _queries(request.query, breakdowns)
    evidence = await _evidence(reader, queries, breakdowns)
    found = findings(evidence)
    by_day = await _rows_by_day(reader, queries, found, evidence)
    todays = date_range(_TODAY, timezone_name=zone, now=now)
    today = todays.since if todays else None
    return Audit(
        request=request,
        ad_account=account,
        dates=window,
        spend=evidence.whole[0]["spend"] if evidence.whole else None,
        findings=tuple(
            dated(each, evidence.days, by_day[each.check], today)
            if each.verdict is Verdict.UNEXPLAINED and each.check in by_day
            else each
            for each in found
        ),
        pages=reader.pages,
    )


async def audit_each(
    targets: Targets, audit_one: Callable[[InsightsRequest], Awaitable[Audit]]
) -> Audits:
    """Return the audits of *targets*, where one failure is not all of them."""

    async def one(request: InsightsRequest) -> Audit | Failure:
        try:
            return await audit_one(request)
        except MetaconnectError as error:
            return failure_of_request(request, error)

    found = await each(targets.requests, one)
    failures = [failure for failure in found if isinstance(failure, Failure)]
    return Audits(
        audits=[audit for audit in found if isinstance(audit, Audit)],
        failures=[*targets.failures, *failures],
    )


def breakdown_sets(given: Iterable[str] | None = None) -> tuple[str, ...]:
    """
    Return the sets of breakdowns to check, each as "age,gender"; None is the default.

    Raises UsageError.
    """
    if given is None:
        return BREAKDOWNS
    sets = (insights_query(breakdowns=text).breakdowns for text in given)
    return tuple(dict.fromkeys(",".join(names) for names in sets if names))


class _Reader:
    """Reads the rows of queries, of the ad account and the days of one request."""

    def __init__(
        self,
        request: InsightsRequest,
        graph: GraphClient,
        problems: Problems | None,
        progress: ReadProgress | None,
    ) -> None:
        self._request = request
        self._read = partial(reading, graph=graph, problems=problems, progress=progress)
        self.pages = 0

    async def rows(self, query: InsightsQuery) -> list[Row]:
        found: list[Row] = []
        async with self._read(replace(self._request, query=query)) as pages:
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


def _queries(
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


async def _evidence(
    reader: _Reader, queries: Mapping[str, InsightsQuery], breakdowns: Sequence[str]
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


async def _rows_by_day(
    reader: _Reader,
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
