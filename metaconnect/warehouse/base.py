"""What every target is given, and what it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Final, Protocol

import msgspec

from ..constants import Storage
from ..models import Row

TABLE: Final = "meta_insights"
CHANGES: Final = "meta_insights_changes"
WINDOWS: Final = "meta_insights_windows"


METRICS: Final = frozenset((Storage.COUNT, Storage.DECIMAL, Storage.JSON))
# Columns in the order of the tables. What tells one row from another is never null.
SERIES: Final = {
    "client_id": Storage.TEXT,
    "report_id": Storage.TEXT,
    "account_id": Storage.TEXT,
}
ROW_KEY: Final = {
    "date_start": Storage.DATE,
    "date_stop": Storage.DATE,
    "entity_id": Storage.TEXT,
    "breakdown_key": Storage.TEXT,
}
KEY: Final = {**SERIES, **ROW_KEY}
ABOUT: Final = {
    "report": Storage.TEXT,
    "level": Storage.TEXT,
    "currency": Storage.TEXT,
    "synced_at": Storage.TIME,
}
BASE: Final = {**KEY, **ABOUT}
CHANGE_COLUMNS: Final = {
    **KEY,
    "metric": Storage.TEXT,
    "old_value": Storage.TEXT,
    "new_value": Storage.TEXT,
    "changed_at": Storage.TIME,
}
WINDOW_COLUMNS: Final = {
    **SERIES,
    "date_start": Storage.DATE,
    "date_stop": Storage.DATE,
    "fields": Storage.JSON,
    "row_count": Storage.COUNT,
    "read_at": Storage.TIME,
}

Columns = Mapping[str, Storage]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Whose rows: of one client, report and ad account. `account_id` is Meta's."""

    client_id: str
    report_id: str
    account_id: str

    @property
    def values(self) -> tuple[str, str, str]:
        return self.client_id, self.report_id, self.account_id


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """
    A window as it was read last.

    It ends before its time (`date_stop`) where the days to come were not over.
    `fields` are the columns that were asked for.
    """

    date_start: date
    date_stop: date
    fields: tuple[str, ...]
    row_count: int
    read_at: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """
    What Meta restated: a `metric` of one row, None where it was not, or is no more.

    An entry of an action list is named as `actions:omni_purchase`.
    """

    client_id: str
    report_id: str
    account_id: str
    date_start: date
    date_stop: date
    entity_id: str
    breakdown_key: str
    metric: str
    old_value: str | None
    new_value: str | None
    changed_at: datetime


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """
    The whole truth of some `windows` without a gap, the days up to `until` included.

    `rows` have the keys of `columns` and of BASE.
    """

    series: Series
    report: str
    until: date
    windows: tuple[Window, ...]
    columns: Columns
    rows: Sequence[Row]
    read_at: datetime

    @property
    def since(self) -> date:
        return self.windows[0].date_start


class Session(Protocol):
    """One series, which no other sync writes meanwhile."""

    def windows(self) -> dict[date, Window]:
        """Return what was read before, by its first day."""

    def replace(self, part: Part) -> list[Change]:
        """Put *part* in the place of its days, all of it or nothing."""


class Target(Protocol):
    """
    A database with our tables. Every method blocks, and may be called from threads.

    `most_rows` is how many rows it takes at once, None for any number.
    """

    name: str
    most_rows: int | None

    def prepare(self, columns: Columns) -> None:
        """Make what is missing, and raise ConfigError where a table is not ours."""

    def session(self, series: Series) -> AbstractContextManager[Session]:
        """Return the block in which *series* is ours to write."""

    def close(self) -> None:
        """Wait for what is being written, and let go."""
