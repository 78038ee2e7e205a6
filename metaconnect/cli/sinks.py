"""The sink that the options of `metaconnect insights` ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

from ..constants import Format

if TYPE_CHECKING:
    from ..flows.insights_many import Failure
    from ..models import Column, Row
    from ..output.base import Sink, TableOptions
    from .read import Reading, ReadOptions


NOTICE: Final = " notice"  # of a row without numbers; no column has such a name


class RowsOut:
    """Where rows go: those that an alert is about, or all, in the chosen columns."""

    def __init__(self, sink: Sink, reading: Reading) -> None:
        self._sink = sink
        self._options = reading.options
        self._reading = reading
        self._written = 0
        self._counted: dict[str, dict[str, int]] = {}

    def write(self, rows: Sequence[Row]) -> int:
        """Write *rows*, and return how many there were to write."""
        found: Sequence[Row] = rows
        if alerts := self._options.alerts:
            found = [r for r in rows if any(alert.matches(r) for alert in alerts)]
        if self._options.explain and not self._options.raw:
            self._count(rows)
        if found:
            self._sink.write(found)
        self._written += len(found)
        return len(found)

    def say_failed(self, failures: Sequence[Failure]) -> None:
        """Give each of *failures* a row of a table that says what to type."""
        if self._options.form is Format.table and not self._options.alerts:
            self._sink.write([_failed_row(failure) for failure in failures])
            self._written += len(failures)

    def close(self) -> None:
        if self._written or not self._options.quiet:
            self._sink.close()

    def explanation(self) -> list[str]:
        """Return what the numbers are, where that was asked for."""
        if not self._options.explain:
            return []
        from .explanation import explanation

        return explanation(self._reading, self._counted)

    def _count(self, rows: Sequence[Row]) -> None:
        from ..insights.explain import counted_as

        for name, types in counted_as(self._reading.query, rows).items():
            known = self._counted.setdefault(name, {})
            for action_type, count in types.items():
                known[action_type] = known.get(action_type, 0) + count


def _failed_row(failure: Failure) -> Row:
    first, *_ = failure.error.hint.splitlines() or [""]
    return {"client": failure.client_id, NOTICE: f"{failure.error} {first}".rstrip()}


def open_rows(
    file: BinaryIO,
    reading: Reading,
    columns: Sequence[Column],
    *,
    table: TableOptions | None = None,
    continued: bool = False,
) -> RowsOut:
    """Return where the rows of *columns* go."""
    from ..output.base import open_sink
    from .terminal import say

    options = reading.options
    chosen = columns
    if options.columns:
        from ..output.columns import selected

        chosen = selected(columns, options.columns)
    if options.jq:
        from ..output.jq import JqSink

        sink: Sink = JqSink(file, options.jq)
    else:
        sink = open_sink(
            options.form,
            file,
            chosen,
            table=table,
            raw=options.raw,
            continued=continued,
            notice=say,
        )
    whole_rows = options.jq or options.form in (Format.json, Format.ndjson)
    if whole_rows and (options.columns or reading.hidden):
        from ..output.columns import ColumnsSink

        sink = ColumnsSink(sink, chosen)
    return RowsOut(sink, reading)


def say_written(options: ReadOptions, count: int) -> None:
    """Say what was written to a file."""
    from .caption import written
    from .terminal import say

    if options.output:
        say(written(options.output, count, options.form))
