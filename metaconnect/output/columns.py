"""`--column`: which columns are written, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import UsageError
from ..models import Column, Row
from .base import Sink


def selected(columns: Sequence[Column], names: Iterable[str]) -> tuple[Column, ...]:
    """
    Return those of *columns* that are named, in the order of *names*.

    A name may be several, with commas between them. Raises UsageError, with the
    nearest name, where a column is not there.
    """
    there = {column.name: column for column in columns}
    wanted = [part.strip() for name in names for part in name.split(",")]
    for name in filter(None, wanted):
        if name not in there:
            raise UsageError(
                f"There is no column {name!r}.{_nearest(name, there)}",
                hint=f"The columns are: {', '.join(there)}.",
            )
    found = tuple(there[name] for name in dict.fromkeys(filter(None, wanted)))
    if not found:
        raise UsageError("--column names no column.")
    return found


class ColumnsSink:
    """Passes rows on with the keys of *columns* alone, in their order."""

    def __init__(self, sink: Sink, columns: Iterable[Column]) -> None:
        self._sink = sink
        self._names = [column.name for column in columns]

    def write(self, rows: Sequence[Row]) -> None:
        self._sink.write([{name: r.get(name) for name in self._names} for r in rows])

    def close(self) -> None:
        self._sink.close()


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""
