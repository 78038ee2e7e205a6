"""The reports of many ad accounts as one, whose currencies are never added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ..insights.caption import CURRENCY
from ..insights.query import InsightsQuery
from ..insights.schema import merged_columns
from ..insights.sorting import sorted_rows
from ..insights.totals import totals
from ..models import Column, Row
from .insights_many import Failure, label, labelled
from .report import InsightsReport


class JoinedReport(msgspec.Struct, frozen=True, kw_only=True):
    """
    The labelled rows of many reports, in order.

    `totals` are by currency, "" where it is not known; `currency` is the one that
    all rows have, None where they have several.
    """

    columns: tuple[Column, ...]
    rows: list[Row]
    totals: Mapping[str, Row]
    currency: str | None
    failures: tuple[Failure, ...]


def joined(
    query: InsightsQuery, found: Sequence[InsightsReport | Failure]
) -> JoinedReport:
    """Return what answers *query*, of all that were asked."""
    reports = [each for each in found if isinstance(each, InsightsReport)]
    found_rows = [
        (report.facts.currency, row)
        for report in reports
        for row in label(report.request, report.rows)
    ]
    rows = [row for _, row in found_rows]
    currencies = {id(row): row.get(CURRENCY) or known for known, row in found_rows}
    if query.order:
        rows = sorted_rows(query, rows)
    rows = rows[: query.limit]
    by_currency: dict[str, list[Row]] = {}
    for row in rows:
        by_currency.setdefault(currencies[id(row)] or "", []).append(row)
    currency = next(iter(by_currency), None) if len(by_currency) == 1 else None
    columns = labelled(merged_columns(*(report.columns for report in reports)))
    return JoinedReport(
        columns=columns,
        rows=rows,
        totals={name: totals(columns, part) for name, part in by_currency.items()},
        currency=currency,
        failures=tuple(each for each in found if isinstance(each, Failure)),
    )
