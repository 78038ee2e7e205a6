"""Insights in the Supabase project: through its Data API, under Row-Level Security."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import msgspec

from ..constants import Storage
from ..errors import ConfigError, ErrorTemplate, TablesMissing
from ..models import Row
from ..output.json import json_text
from ..stores.supabase.client import DataAPI
from ..stores.supabase.project import SupabaseProject
from .base import (
    BASE,
    METRICS,
    TABLE,
    WINDOWS,
    Change,
    Columns,
    Part,
    Series,
    Window,
)
from .values import text_column

_REPLACE: Final = "meta_insights_replace"
# A hosted project ends a statement of a user after eight seconds.
_MOST_ROWS: Final = 5000
_CREATE: Final = "Create it:  metaconnect init --print-sql"
_OVERRIDES: Final[Mapping[str, ErrorTemplate]] = {
    "PGRST202": ErrorTemplate(
        TablesMissing, f"The project has no table {TABLE} of metaconnect's.", _CREATE
    ),
    "policy": ErrorTemplate(
        ConfigError,
        "Only an owner of {about}, or the service role, keeps its Insights in the "
        "project.",
        "Sign in as the owner:  metaconnect login\n"
        "Or, where nobody signs in:  METACONNECT_SERVICE_ROLE=1",
    ),
}


class ProjectTarget:
    """The tables of the migration `meta_insights`, which has no other columns made."""

    def __init__(
        self,
        project: SupabaseProject,
        bearer: Callable[[], str],
        renew: Callable[[str], str] | None = None,
    ) -> None:
        self.name = project.url
        self.most_rows: int | None = _MOST_ROWS
        self._table = DataAPI(project, bearer, renew).table(WINDOWS, _OVERRIDES)

    def prepare(self, columns: Columns) -> None:
        """Raise TablesMissing before anything is read; *columns* fit in any case."""
        del columns
        self._table.select(("read_at",), limit=1)

    @contextmanager
    def session(self, series: Series) -> Iterator[ProjectSession]:
        # The function locks the series while it replaces a part: HTTP has no longer
        # transaction.
        yield ProjectSession(self._table, series)

    def close(self) -> None:
        """Do nothing: the HTTP connections are the project's."""


class ProjectSession:
    """One series of the project's table."""

    def __init__(self, table: Any, series: Series) -> None:
        self._table = table
        self._series = series

    def windows(self) -> dict[date, Window]:
        columns = ("date_start", "date_stop", "fields", "row_count", "read_at")
        where = msgspec.to_builtins(self._series)
        found = self._table.all(
            columns, "date_start", where, client_id=self._series.client_id
        )
        windows = msgspec.convert(found, list[Window])
        return {window.date_start: window for window in windows}

    def replace(self, part: Part) -> list[Change]:
        # As one text: a client that reads its numbers would round them.
        batch = json_text(_batch(part)).decode()
        found = self._table.call(
            _REPLACE, {"batch": batch}, client_id=part.series.client_id
        )
        return [
            msgspec.convert({**change, "client_id": str(change["client_id"])}, Change)
            for change in found
        ]


def _batch(part: Part) -> Row:
    """Return what `meta_insights_replace` takes."""
    return {
        "series": msgspec.to_builtins(part.series),
        "report": part.report,
        "since": part.since.isoformat(),
        "until": part.until.isoformat(),
        "read_at": part.read_at.isoformat(),
        "metrics": [name for name, kind in part.columns.items() if kind in METRICS],
        "windows": [msgspec.to_builtins(window) for window in part.windows],
        "rows": [_row(row, part.columns) for row in part.rows],
    }


def _row(row: Row, columns: Columns) -> Row:
    """Return a row whose lists are JSON's own, not JSON in a text."""
    kinds = {**BASE, **columns}
    return {
        name: text_column(row[name]) if kind is Storage.TEXT else row[name]
        for name, kind in kinds.items()
    }
