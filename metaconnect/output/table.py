"""Rows as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ..constants import FieldKind
from ..insights.totals import totals
from ..models import Column
from ..redact import printable
from .cells import NOTHING, cell

Row = Mapping[str, Any]

_BOUNDLESS: Final = 100_000  # columns: to find out how wide a table would like to be


def insights_table(
    columns: Sequence[str],
    rows: Sequence[Row],
    currency: str | None = None,
    *,
    kinds: Mapping[str, FieldKind],
) -> InsightsTable:
    """
    Return *rows* as something for Rich to print, with totals at its foot.

    *kinds* says of each column what its values are. Money is rounded to the
    decimals that are usual in *currency*, which stands in the heading.
    """
    return InsightsTable(columns, rows, currency, kinds)


class InsightsTable:
    """One table where it fits; else a second one takes the action lists."""

    def __init__(
        self,
        columns: Sequence[str],
        rows: Sequence[Row],
        currency: str | None,
        kinds: Mapping[str, FieldKind],
    ) -> None:
        self._rows = rows
        self._currency = currency
        self._kinds = {name: kinds.get(name, FieldKind.TEXT) for name in columns}
        named = [Column(name=name, kind=self._kinds[name]) for name in columns]
        self._totals = totals(named, rows) if rows else {}
        self._one_day = all(r.get("date_start") == r.get("date_stop") for r in rows)
        self._shown = [n for n in columns if not (self._one_day and n == "date_stop")]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        whole = self._table(self._shown)
        wide = options.update_width(_BOUNDLESS)
        lists = [name for name in self._shown if self._kinds[name].is_actions]
        wanted = Measurement.get(console, wide, whole).maximum
        if wanted <= options.max_width or not lists:
            yield whole
            return
        yield self._table([name for name in self._shown if name not in lists])
        yield self._table([*self._labels(), *lists], between=", ")

    def _labels(self) -> list[str]:
        """Return the columns by which a person tells the rows apart."""
        texts = [n for n in self._shown if self._kinds[n].is_text]
        return [name for name in texts if not name.endswith("_id")]

    def _table(self, names: Sequence[str], *, between: str = "\n") -> Table:
        table = Table(
            box=box.SIMPLE_HEAD,
            collapse_padding=True,
            pad_edge=False,
            show_footer=bool(self._rows),
        )
        for place, name in enumerate(names):
            first = place == 0 and name not in self._totals_shown()
            footer = Text("total") if first else self._text(self._totals, name, between)
            self._add_column(table, name, footer, left=between != "\n")
        for row in self._rows:
            table.add_row(*(self._text(row, name, between) for name in names))
        return table

    def _totals_shown(self) -> set[str]:
        return {name for name, total in self._totals.items() if total is not None}

    def _add_column(self, table: Table, name: str, footer: Text, *, left: bool) -> None:
        kind = self._kinds[name]
        heading = printable(name)
        if self._one_day and name == "date_start":
            heading = "date"
        if self._currency and kind.is_money:
            heading += f" ({printable(self._currency)})"
        table.add_column(
            Text(heading),
            footer,
            justify="left" if left or kind in _LEFT else "right",
            # A number cut short would be another number.
            overflow="fold",
            footer_style="bold",
        )

    def _text(self, row: Row, name: str, between: str) -> Text:
        """Return a cell as literal text: no markup of Rich's works in it."""
        text = cell(row.get(name), self._kinds[name], self._currency)
        text = text.replace("\n", between)
        return Text(text, style="dim" if text == NOTHING else "")


_LEFT: Final = frozenset(
    (FieldKind.TEXT, FieldKind.ID, FieldKind.DATE, FieldKind.OBJECTS)
)
