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
    rows: list[Row] = []
    by_currency: dict[str, list[Row]] = {}
    for report in reports:
        for row in label(report.request, report.rows):
            rows.append(row)
            currency = row.get(CURRENCY) or report.facts.currency or ""
            by_currency.setdefault(currency, []).append(row)
    currency = next(iter(by_currency), None) if len(by_currency) == 1 else None
    columns = labelled(merged_columns(*(report.columns for report in reports)))
    if query.order:
        rows = sorted_rows(query, rows)
    return JoinedReport(
        columns=columns,
        rows=rows[: query.limit],
        totals={name: totals(columns, part) for name, part in by_currency.items()},
        currency=currency,
        failures=tuple(each for each in found if isinstance(each, Failure)),
    )
