"""Whether a synced table still has what Meta says: what a sync would change in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol

import msgspec
from msgspec.structs import replace

from ..constants import Level
from ..errors import UsageError
from ..insights.audit_text import TABLE
from ..insights.findings import Cause, Finding
from ..insights.gaps import Gap, Number, total
from ..insights.grid import batches
from ..insights.query import InsightsQuery
from ..insights.reports import DAYS, Report, report
from ..insights.schema import column_names
from ..models import Row, TimeRange
from ..redact import command
from ..warehouse.base import Change, Columns, Series, Window
from ..warehouse.changes import changes, comparable
from ..warehouse.kept import KeptAt
from .insights import InsightsRequest
from .sync_rows import Origin, parts, table_columns_of
from .threads import in_thread

Windows = Mapping[date, Window]
Read = Callable[[InsightsQuery, TimeRange], Awaitable[list[Row]]]


class Kept(Protocol):
    """What a table holds; its methods block."""

    def windows(
        self, client_id: str, account_id: str, days: TimeRange
    ) -> Mapping[str, Windows]:
        """Return the windows within *days* of each report, by its id."""

    def rows(self, series: Series, days: TimeRange, columns: Columns) -> list[Row]:
        """Return the rows of a series: their key and *columns*."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The table that is compared, and the reports whose rows can be asked again."""

    kept: Kept
    reports: Sequence[Report]
    now: datetime
    notice: Callable[[str], None]


def table_at(
    place: str,
    reports: Sequence[Report],
    breakdowns: Sequence[str],
    *,
    now: datetime,
    notice: Callable[[str], None],
) -> Table:
    """
    Return the table at *place*: a DuckDB file, or ``postgresql://…``.

    Its *reports* are compared, and those that a sync keeps of each level without
    further options, whole and by each of *breakdowns*.
    """
    plain = [
        report(query=InsightsQuery(level=level, breakdowns=names))
        for names in ((), *(tuple(each.split(",")) for each in breakdowns))
        for level in Level
    ]
    return Table(
        kept=KeptAt(place=place), reports=[*reports, *plain], now=now, notice=notice
    )


async def audit_table(
    table: Table, request: InsightsRequest, days: TimeRange, *, read: Read
) -> list[Finding]:
    """
    Return a finding for each report that the table has of *request*'s ad account.

    Raises UsageError where it has none of *days* that can be compared.
    """
    client_id, account = request.connection.client_id, request.ad_account_id
    account_id = account.removeprefix("act_")
    there = await in_thread(table.kept.windows, client_id, account_id, days)
    found: list[Finding] = []
    by_id: dict[str, Report] = {}
    for each in table.reports:
        by_id.setdefault(each.id, each)
    if unknown := there.keys() - by_id.keys():
        table.notice(
            f"Not compared of {account}: {len(unknown)} reports of the table, whose "
            "questions are in no metaconnect.toml."
        )
    for report_id, kept_report in by_id.items():
        if windows := there.get(report_id):
            series = Series(
                client_id=client_id, report_id=report_id, account_id=account_id
            )
            found += await _of_report(table, series, kept_report, windows, read)
    if not found:
        raise UsageError(
            f"The table has no report of {account} from {days.since} to {days.until} "
            "that can be compared.",
            hint=f"Keep one:  {command('sync', client_id)}",
        )
    return found


async def _of_report(
    table: Table, series: Series, kept_report: Report, windows: Windows, read: Read
) -> list[Finding]:
    query = _query(kept_report.query, windows.values())
    asked = replace(kept_report, query=query)
    origin = Origin(series=series, report=asked, currency=None, read_at=table.now)
    found: list[Change] = []
    ranges = [
        TimeRange(since=w.date_start, until=w.date_stop) for w in windows.values()
    ]
    for batch in batches(sorted(ranges, key=lambda each: each.since)):
        days = TimeRange(since=batch[0].since, until=batch[-1].until)
        rows = await read(query, days)
        kept = await in_thread(table.kept.rows, series, days, table_columns_of(asked))
        for part in parts(origin, batch, rows, None):
            found += changes(part, kept, comparable(part, windows))
    return _findings(f"{TABLE} {asked.name}", found, windows)


def _query(query: InsightsQuery, windows: Iterable[Window]) -> InsightsQuery:
    """Return *query* with the fields that were kept, whichever a report has now."""
    unasked = set(column_names(replace(query, fields=())))
    kept = dict.fromkeys(name for window in windows for name in window.fields)
    return replace(query, fields=tuple(name for name in kept if name not in unasked))


def _findings(check: str, found: Sequence[Change], windows: Windows) -> list[Finding]:
    """Return what Meta may still have restated, and what it should not have."""
    restated = [each for each in found if _was_young(windows[each.date_start])]
    others = [each for each in found if each not in restated]
    findings = [
        Finding(
            check=check,
            gaps=_gaps(part),
            cause=cause,
            days=tuple(sorted({each.date_start for each in part})),
        )
        for part, cause in ((restated, Cause.RESTATED), (others, None))
        if part
    ]
    return findings or [Finding(check=check)]


def _was_young(window: Window) -> bool:
    """Whether Meta attributed results to *window* still after it was read."""
    return (window.read_at.date() - window.date_stop).days <= DAYS


def _gaps(found: Sequence[Change]) -> tuple[Gap, ...]:
    by_metric: dict[str, list[Change]] = {}
    for each in found:
        by_metric.setdefault(each.metric, []).append(each)
    return tuple(_gap(metric, changed) for metric, changed in by_metric.items())


def _gap(metric: str, changed: Sequence[Change]) -> Gap:
    whole = total(_number(each.new_value) for each in changed)
    rows = total(_number(each.old_value) for each in changed)
    return Gap(metric=metric, whole=whole, rows=rows, missing=whole - rows)


def _number(text: str | None) -> Number:
    """Return a number, 0 where there is none: of a text only that it changed counts."""
    try:
        number = Decimal(text or 0)
    except InvalidOperation:
        return 0
    return int(number) if number == number.to_integral_value() else number
