"""`--chart METRIC`: a number over the days, drawn in the terminal by plotext."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from math import ceil, floor, log10
from typing import Final, NamedTuple

from ..errors import UsageError
from ..models import Column, Row
from .columns import selected
from .draw import paint, shortened, wrapped
from .extras import require_extra
from .text import one_line

MOST_LINES: Final = 5
HEIGHT: Final = 16  # lines, the axis among them
_BETWEEN: Final = " · "
# Rich's names for them, and plotext's; without colour the lines have letters.
_COLORS: Final = (
    ("bright_blue", "blue+"),
    ("bright_green", "green+"),
    ("bright_red", "red+"),
    ("bright_cyan", "cyan+"),
    ("bright_magenta", "magenta+"),
)
_LETTERS: Final = "abcde"
_LABEL: Final = 12  # columns for a day below the axis
_STEPS: Final = 5  # of the axis at the left, about


class _Series(NamedTuple):
    label: str
    values: dict[date, float]


def chart_column(columns: Sequence[Column], name: str) -> Column:
    """
    Return the column that is drawn. For before anything is asked of Meta.

    Raises UsageError where there is none of that *name* or it is no number, or plotext
    is missing.
    """
    require_extra("plotext", "chart", "--chart")
    (column,) = selected(columns, [name])
    if column.kind.is_text or column.kind.is_listed:
        raise UsageError(
            f"--chart draws a number, and {name} is none.",
            hint="One type of an action list is written as actions:link_click.",
        )
    return column


def chart(
    rows: Sequence[Row],
    column: Column,
    by: Sequence[str],
    *,
    width: int,
    color: bool = False,
) -> str:
    """
    Return *column* of *rows* over `date_start`, as lines that each end.

    Each object, told apart by the keys *by*, has a line; of many, those with the
    largest numbers. A day without a row is zero where the numbers add up.
    """
    found = _series(rows, column, by)
    days = sorted({day for series in found for day in series.values})
    if len(days) <= 1:
        return "A chart needs rows of two days at least.\n"
    shown = sorted(found, key=lambda series: -sum(series.values.values()))[:MOST_LINES]
    if column.kind.adds_up:
        nothing = dict.fromkeys(days, 0.0)
        shown = [s._replace(values=nothing | s.values) for s in shown]
    unit = f" ({column.unit})" if column.unit else ""
    heading = wrapped(one_line(column.name + unit), width)
    legend = _legend(shown, len(found) - len(shown), width, color=color)
    lines = [*heading, *_drawn(shown, days, width, color=color), *legend]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _series(rows: Iterable[Row], column: Column, by: Sequence[str]) -> list[_Series]:
    found: dict[tuple[object, ...], _Series] = {}
    for row in rows:
        value = row.get(column.name)
        if not isinstance(value, (int, Decimal)):
            continue
        key = tuple(row.get(name) for name in by)
        series = found.setdefault(key, _Series(_label(row, by), {}))
        series.values[date.fromisoformat(row["date_start"])] = float(value)
    return list(found.values())


def _label(row: Row, by: Sequence[str]) -> str:
    """Return the words for a line: the name of the object itself, and the others."""
    ids = [name for name in by if name.endswith("_id") and name != "account_id"]
    last = [row.get(f"{name.removesuffix('id')}name") or row[name] for name in ids[-1:]]
    others = [row.get(name) for name in by if name not in ids]
    return one_line(_BETWEEN.join(str(part) for part in (*others, *last) if part))


def _drawn(
    shown: Sequence[_Series], days: Sequence[date], width: int, *, color: bool
) -> list[str]:
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, HEIGHT)
    figure.theme("simple" if color else "colorless")  # no background of its own
    figure.legend(False)
    for number, series in enumerate(shown):
        points = sorted(series.values.items())
        marker = "braille" if color or len(shown) == 1 else _LETTERS[number]
        if color:
            marker = plotext.marker(marker, _COLORS[number][1])
        signal = figure.signal(
            [day.toordinal() for day, _value in points],
            [value for _day, value in points],
            marker=marker,
        )
        figure.draw(signal.lines())
    ticks = _ticks(days, width)
    figure.ruler(0).ticks([day.toordinal() for day in ticks], _texts(ticks))
    heights = _heights([v for series in shown for v in series.values.values()])
    figure.ruler(1).ticks(heights, _numbers(heights)).lim(heights[0], heights[-1])
    text: str = figure.build().string()
    figure.clear()
    if not color:
        text = plotext.uncolorize(text)
    return text.splitlines()


def _heights(values: Sequence[float]) -> list[float]:
    """Return round numbers, zero among them, between which all *values* lie."""
    lowest, highest = min(0, *values), max(0, *values)
    rough = (highest - lowest) / _STEPS or 1
    unit = 10 ** floor(log10(rough))
    step = next(size * unit for size in (1, 2, 5, 10) if size * unit >= rough)
    return [
        number * step
        for number in range(floor(lowest / step), max(ceil(highest / step), 1) + 1)
    ]


def _numbers(heights: Sequence[float]) -> list[str]:
    decimals = max(-floor(log10(heights[1] - heights[0])), 0)
    return [f"{height:,.{decimals}f}" for height in heights]


def _ticks(days: Sequence[date], width: int) -> list[date]:
    """Return as many of the days as have room for their names."""
    step = -(-len(days) * _LABEL // max(width - _LABEL, 1))
    return list(days[:: max(step, 1)])


def _texts(days: Sequence[date]) -> list[str]:
    one_year = len({day.year for day in days}) == 1
    return [f"{day:%m-%d}" if one_year else day.isoformat() for day in days]


def _legend(
    shown: Sequence[_Series], left_out: int, width: int, *, color: bool
) -> list[str]:
    if len(shown) == 1 and not shown[0].label:
        return []
    lines = []
    for number, series in enumerate(shown):
        mark = "━━" if color or len(shown) == 1 else _LETTERS[number]
        line = shortened(f"{mark} {series.label}", width)
        lines.append(paint(line, _COLORS[number][0]) if color else line)
    if left_out:
        lines.append(f"and {left_out} more, with smaller numbers")
    return lines
