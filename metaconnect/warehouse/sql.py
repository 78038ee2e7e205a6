"""What DuckDB and PostgreSQL are told in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from ..constants import Storage
from ..errors import ConfigError
from ..models import Row
from .base import (
    BASE,
    CHANGE_COLUMNS,
    CHANGES,
    METRICS,
    ROW_KEY,
    SERIES,
    TABLE,
    WINDOW_COLUMNS,
    WINDOWS,
    Change,
    Columns,
    Part,
    Window,
)
from .values import json_column

# The three tables, the columns that each has at least, and those that may be null.
TABLES: Mapping[str, Columns] = {
    TABLE: BASE,
    CHANGES: CHANGE_COLUMNS,
    WINDOWS: WINDOW_COLUMNS,
}
NULLABLE = frozenset(("report", "currency", "old_value", "new_value"))
_WHOSE = " and ".join(f"{name} = {{}}" for name in SERIES)


def quoted(name: str) -> str:
    """Return *name* as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def create_table(table: str, types: Mapping[Storage, str], *, last: str = "") -> str:
    """Return the statement that makes *table*, with *last* as its last line."""
    lines = [
        f"{quoted(name)} {types[kind]}" + ("" if name in NULLABLE else " not null")
        for name, kind in TABLES[table].items()
    ]
    return f"create table {table} ({', '.join([*lines, *filter(None, [last])])})"


def of_series(placeholder: str) -> str:
    """Return the condition for the rows of one series."""
    return _WHOSE.replace("{}", placeholder)


def select_windows(placeholder: str) -> str:
    columns = [c for c in WINDOW_COLUMNS if c not in SERIES]
    # Of DuckDB a time as text, too: older ones want pytz for it.
    as_text = {"fields", "read_at"} if placeholder == "?" else {"fields"}
    texts = [f"{c}::text" if c in as_text else c for c in columns]
    return f"select {', '.join(texts)} from {WINDOWS} where {of_series(placeholder)}"


def select_rows(columns: Iterable[str], json: Iterable[str], placeholder: str) -> str:
    """Return what reads the rows of a series between two days; JSON as text."""
    as_text = frozenset(json)
    names = [quoted(c) + ("::text" if c in as_text else "") for c in columns]
    if placeholder == "%s":  # a name may hold a per cent sign, too
        names = [name.replace("%", "%%") for name in names]
    return (
        f"select {', '.join(names)} from {TABLE} where {of_series(placeholder)} "
        f"and date_start between {placeholder} and {placeholder}"
    )


def delete_days(table: str, placeholder: str) -> str:
    return (
        f"delete from {table} where {of_series(placeholder)} "
        f"and date_start between {placeholder} and {placeholder}"
    )


def rename_report(placeholder: str) -> str:
    return (
        f"update {TABLE} set report = {placeholder} where {of_series(placeholder)} "
        f"and report <> {placeholder}"
    )


def days_of(part: Part) -> tuple[object, ...]:
    """Return the parameters of `select_rows` and `delete_days`."""
    return (*part.series.values, part.since, part.until)


def compared_columns(part: Part) -> Columns:
    """Return what is read of the old rows: their key, and what may be restated."""
    return {**ROW_KEY, **{n: k for n, k in part.columns.items() if k in METRICS}}


def window_of(values: Iterable[object]) -> Window:
    start, stop, fields, count, read_at = values
    return Window(
        date_start=start,  # type: ignore[arg-type]
        date_stop=stop,  # type: ignore[arg-type]
        fields=tuple(json.loads(str(fields))),
        row_count=count,  # type: ignore[arg-type]
        read_at=datetime.fromisoformat(str(read_at)),
    )


def by_day(windows: Iterable[Window]) -> dict[date, Window]:
    return {window.date_start: window for window in windows}


def window_rows(part: Part) -> list[Row]:
    """Return the rows of WINDOWS that *part* leaves behind."""
    series = dict(zip(SERIES, part.series.values, strict=True))
    return [
        {
            **series,
            "date_start": window.date_start,
            "date_stop": window.date_stop,
            "fields": json_column(list(window.fields)),
            "row_count": window.row_count,
            "read_at": window.read_at,
        }
        for window in part.windows
    ]


def change_rows(changes: Iterable[Change]) -> list[Row]:
    """Return the rows of CHANGES."""
    return [{name: getattr(each, name) for name in CHANGE_COLUMNS} for each in changes]


def fetched(columns: Iterable[str], found: Iterable[tuple[object, ...]]) -> list[Row]:
    """Return rows that a database gave."""
    names = tuple(columns)
    return [dict(zip(names, values, strict=True)) for values in found]


def missing(
    columns: Columns,
    there: Mapping[str, Mapping[str, object]],
    types: Mapping[Storage, str],
    *,
    key: str = "",
) -> Iterator[str]:
    """Yield the statements that make what is not *there*; *key* is the rows' own."""
    for table in TABLES:
        if table not in there:
            yield create_table(table, types, last=key if table == TABLE else "")
    for name, kind in columns.items():
        if name not in there.get(TABLE, {}):
            yield f"alter table {TABLE} add column {quoted(name)} {types[kind]}"


def require_ours(
    where: str,
    columns: Columns,
    there: Mapping[str, Mapping[str, Storage | None]],
) -> None:
    """
    Raise ConfigError where a table cannot be what we made.

    *there* are its columns; None is a type that we never give.
    """
    for table, base in TABLES.items():
        if table not in there:
            continue
        found = there[table]
        for name in base:
            if name not in found:
                raise _not_ours(where, table, f"it lacks the column {name}")
        for name, kind in {**base, **(columns if table == TABLE else {})}.items():
            if name in found and not _fits(found[name], kind):
                raise _not_ours(
                    where, table, f"its column {name} does not hold a {kind}"
                )


def _fits(there: Storage | None, kind: Storage) -> bool:
    # Where Meta estimated a fraction, a count has become a decimal.
    return there is kind or (kind is Storage.COUNT and there is Storage.DECIMAL)


def _not_ours(where: str, table: str, why: str) -> ConfigError:
    return ConfigError(
        f"The table {table} in {where} is not as metaconnect makes it: {why}. "
        "Nothing was written.",
        hint="Keep Insights in another database, or rename that table.",
    )
