"""What a synced table holds of an ad account, read and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from ..models import Row, TimeRange
from .base import ROW_KEY, TABLE, WINDOWS, Columns, Series, Window
from .reading import answer
from .sql import listed

Windows = dict[date, Window]


class KeptAt(msgspec.Struct, frozen=True, kw_only=True):
    """The tables at *place*: a DuckDB file, or ``postgresql://…``. Methods block."""

    place: str

    def windows(
        self, client_id: str, account_id: str, days: TimeRange
    ) -> dict[str, Windows]:
        """Return the windows within *days* of each report, by its id."""
        found: dict[str, Windows] = {}
        for row in self._rows(
            f"select * from {WINDOWS} where client_id = {_text(client_id)} "
            f"and account_id = {_text(account_id)} and {_within(days)}"
        ):
            window = _window(row)
            found.setdefault(row["report_id"], {})[window.date_start] = window
        return found

    def rows(self, series: Series, days: TimeRange, columns: Columns) -> list[Row]:
        """Return the rows of a series, as they were kept: their key and *columns*."""
        whose = " and ".join(
            f"{name} = {_text(value)}"
            for name, value in zip(series.__struct_fields__, series.values, strict=True)
        )
        names = listed(dict.fromkeys((*ROW_KEY, *columns)))
        rows = self._rows(
            f"select {names} from {TABLE} where {whose} and {_within(days)}"
        )
        return [row | {name: _day(row[name]) for name in _DATES} for row in rows]

    def _rows(self, statement: str) -> Iterable[Row]:
        return answer(self.place, statement).rows


_DATES = ("date_start", "date_stop")


def _within(days: TimeRange) -> str:
    since, until = days.since.isoformat(), days.until.isoformat()
    return f"date_start >= date '{since}' and date_stop <= date '{until}'"


def _text(value: str) -> str:
    """Return *value* as a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _window(row: Row) -> Window:
    return Window(
        date_start=_day(row["date_start"]),
        date_stop=_day(row["date_stop"]),
        fields=tuple(row["fields"]),
        row_count=row["row_count"],
        read_at=datetime.fromisoformat(row["read_at"]),
    )
