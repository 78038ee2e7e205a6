"""Rows of Insights as rows of a table: their key, and the window of each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from ..constants import Storage
from ..errors import ServiceUnavailable, UsageError
from ..insights.grid import window_end
from ..insights.reports import Report, breakdown_key, entity_id
from ..insights.schema import columns
from ..models import Row, TimeRange
from ..warehouse.base import BASE, ROW_KEY, Columns, Part, Series, Window

# In the key already, under the same names.
_IN_KEY = frozenset(("date_start", "date_stop", "account_id"))
_LONGEST_NAME = 63  # bytes, in PostgreSQL


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for all rows of one series, and when they are read."""

    series: Series
    report: Report
    currency: str | None
    read_at: datetime


def table_columns_of(report: Report) -> Columns:
    """Return the columns that *report* adds to those of every row."""
    found: dict[str, Storage] = {}
    for column in columns(report.query):
        if column.name not in _IN_KEY:
            _require_column(column.name, found)
            found[column.name] = column.kind.storage
    return found


def parts(
    origin: Origin,
    batch: Sequence[TimeRange],
    rows: Sequence[Row],
    most_rows: int | None,
) -> Iterator[Part]:
    """
    Yield what takes the place of the windows of *batch*: whole windows, and of
    *most_rows* where one window has no more.
    """
    by_window: dict[date, list[Row]] = {window.since: [] for window in batch}
    for row in _table_rows(origin, rows):
        by_window[_window_of(row["date_start"], batch)].append(row)
    group: list[TimeRange] = []
    count = 0
    for window in batch:
        more = len(by_window[window.since])
        if group and most_rows is not None and count + more > most_rows:
            yield _part(origin, group, by_window)
            group, count = [], 0
        group.append(window)
        count += more
    yield _part(origin, group, by_window)


def _part(
    origin: Origin, group: Sequence[TimeRange], by_window: dict[date, list[Row]]
) -> Part:
    found = table_columns_of(origin.report)
    increment = origin.report.query.time_increment
    return Part(
        series=origin.series,
        report=origin.report.name,
        until=window_end(increment, group[-1].since),
        windows=tuple(
            Window(
                date_start=window.since,
                date_stop=window.until,
                fields=tuple(found),
                row_count=len(by_window[window.since]),
                read_at=origin.read_at,
            )
            for window in group
        ),
        columns=found,
        rows=[row for window in group for row in by_window[window.since]],
        read_at=origin.read_at,
    )


def _table_rows(origin: Origin, rows: Sequence[Row]) -> list[Row]:
    """Return *rows* with their keys. Raises ServiceUnavailable where two have one."""
    query, series = origin.report.query, origin.series
    base = {
        "client_id": series.client_id,
        "report_id": series.report_id,
        "report": origin.report.name,
        "level": query.level.value,
        "currency": origin.currency,
        "synced_at": origin.read_at,
    }
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        kept = {
            **row,
            **base,
            "account_id": series.account_id,
            "date_start": date.fromisoformat(row["date_start"]),
            "date_stop": date.fromisoformat(row["date_stop"]),
            "entity_id": entity_id(query, row, series.account_id),
            "breakdown_key": breakdown_key(query, row),
        }
        key = tuple(kept[name] for name in ROW_KEY)
        # Paging may send one row twice; two that differ would be a guess.
        if found.setdefault(key, kept) != kept:
            raise ServiceUnavailable(
                f"Meta sent two different rows of {' '.join(map(str, key))}."
            )
    return list(found.values())


def _window_of(day: date, batch: Sequence[TimeRange]) -> date:
    place = bisect_right([window.since for window in batch], day)
    if not place or day > batch[place - 1].until:
        raise ServiceUnavailable(f"Meta sent a row of {day}, which was not asked for.")
    return batch[place - 1].since


def _require_column(name: str, others: Columns) -> None:
    """Raise UsageError for a name that no table can have beside the others."""
    if len(name.encode()) > _LONGEST_NAME:
        raise UsageError(
            f"{name} is too long for the name of a column.",
            hint="Ask for the whole list instead, such as actions.",
        )
    if name.lower() in {other.lower() for other in (*BASE, *others)}:
        raise UsageError(f"{name} is the name of another column of the table.")
