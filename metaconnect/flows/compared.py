"""A report with the numbers of an earlier period beside its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec.structs import replace

from ..errors import UsageError
from ..graph.client import GraphClient
from ..insights.compare import compare_rows, compare_totals, compared_columns
from ..insights.dates import date_range
from ..insights.periods import Compare, compared_window
from ..insights.schema import merged_columns
from .insights import InsightsRequest, ad_account_of
from .report import InsightsReport

ReadReport = Callable[[InsightsRequest], Awaitable[InsightsReport]]


async def compared_report(
    request: InsightsRequest,
    how: Compare,
    *,
    read: ReadReport,
    graph: GraphClient,
    now: datetime,
    difference: bool = True,
) -> InsightsReport:
    """
    Return the report of *request* as *read* reads it, and what it was before.

    Of `spend` there is also `spend_previous`, `spend_change` (in percent) and, with
    *difference*, `spend_difference`. Raises UsageError where the days cannot be known.
    """
    ad_account = await ad_account_of(request, graph=graph)
    zone = ad_account.timezone_name
    days = date_range(request.dated_query, timezone_name=zone, now=now)
    if days is None:
        raise UsageError(
            f"--compare needs to know the days, and those of "
            f"{request.query.date_preset} are Meta's to choose.",
            hint="Give --since and --until.",
        )
    window = compared_window(days, how, request.query.time_increment)
    report = await read(replace(request, window=days))
    earlier = await read(replace(request, window=window))
    columns = merged_columns(report.columns, earlier.columns)
    return replace(
        report,
        columns=compared_columns(columns, difference=difference),
        rows=compare_rows(
            report.rows, earlier.rows, columns, request.query, days=days, how=how
        ),
        totals=compare_totals(columns, report.totals, earlier.totals),
    )
