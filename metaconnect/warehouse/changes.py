"""What Meta restated: the rows that were kept against those that came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ..models import Row
from .base import METRICS, ROW_KEY, Change, Part, Window
from .values import change_text, flat, from_json, json_column

RowKey = tuple[object, ...]


def comparable(part: Part, before: Mapping[date, Window]) -> dict[date, Window]:
    """
    Return the windows of *part* that were read before, for the same days.

    A window that has grown since is no restatement.
    """
    return {
        window.date_start: before[window.date_start]
        for window in part.windows
        if window.date_start in before
        and before[window.date_start].date_stop == window.date_stop
    }


def changes(
    part: Part, old_rows: Iterable[Row], before: Mapping[date, Window]
) -> list[Change]:
    """
    Return each metric that differs; *before* are the `comparable` windows.

    Lists in *old_rows* are JSON text, as databases give them.
    """
    old = {_key(row): row for row in old_rows if row["date_start"] in before}
    new = {_key(row): row for row in part.rows if row["date_start"] in before}
    found = []
    for key in dict.fromkeys((*old, *new)):
        fields = before[_day(key)].fields
        names = [n for n in fields if part.columns.get(n) in METRICS]
        differences = _differences(names, old.get(key, {}), new.get(key, {}))
        found += [_change(part, key, difference) for difference in differences]
    return found


Difference = tuple[str, object, object]


def _differences(names: Sequence[str], old: Row, new: Row) -> Iterator[Difference]:
    for name in names:
        was, now = old.get(name), new.get(name)
        if isinstance(was, str):  # JSON, which was not parsed
            if was == json_column(now):
                continue
            was = from_json(was)
        if was == now:
            continue
        parts = dict(flat(name, was)), dict(flat(name, now))
        for metric in dict.fromkeys((*parts[0], *parts[1])):
            pair = parts[0].get(metric), parts[1].get(metric)
            if pair[0] != pair[1]:
                yield metric, *pair


def _key(row: Row) -> RowKey:
    return tuple(row[name] for name in ROW_KEY)


def _day(key: RowKey) -> date:
    day = key[0]
    assert isinstance(day, date)  # noqa: S101  the first of ROW_KEY
    return day


def _change(part: Part, key: RowKey, difference: Difference) -> Change:
    metric, old, new = difference
    return Change(
        client_id=part.series.client_id,
        report_id=part.series.report_id,
        account_id=part.series.account_id,
        **dict(zip(ROW_KEY, key, strict=True)),  # type: ignore[arg-type]
        metric=metric,
        old_value=change_text(old),
        new_value=change_text(new),
        changed_at=part.read_at,
    )
