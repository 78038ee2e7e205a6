"""The lines of a table whose columns have their widths."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from .cells import Line
from .layout import GAP, TableColumn, heading_lines, text_len

_ELLIPSIS: Final = "…"
_TOTAL: Final = "total"


def labelled(lines: Sequence[str], label: str = "") -> list[str]:
    """Write "total", and of what, where the columns of labels leave room for it."""
    first, *others = lines
    room = len(first) - len(first.lstrip())
    for text in filter(None, (f"{_TOTAL} {label}".strip(), label)):
        if text_len(text) < room:
            return [text + first[text_len(text) :], *others]
    return [first, *others]


def noticed(column: TableColumn, place: int, text: str, limit: int | None) -> list[str]:
    """Return one cell with *text* beside it, or below where that is too long."""
    head = row_lines([column], place)[0]
    beside = f"{head}{GAP}{text}"
    if limit is None or text_len(beside) <= limit:
        return [beside]
    return [head, *wrapped(text, limit, GAP)]


def wrapped(text: str, limit: int | None, indent: str = "") -> list[str]:
    """Return *text* in lines that are broken between words only."""
    return wrap(
        text,
        limit or len(text) + len(indent) + 1,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def heading_row(columns: Sequence[TableColumn]) -> list[str]:
    """Return the headings, each standing on the rule below."""
    headings = [heading_lines(column) for column in columns]
    height = max(map(len, headings))
    padded = [[""] * (height - len(lines)) + lines for lines in headings]
    return [
        GAP.join(
            _padded(text, column.width, right=column.is_right)
            for text, column in zip(texts, columns, strict=True)
        )
        for texts in zip(*padded, strict=True)
    ]


def row_lines(columns: Sequence[TableColumn], place: int) -> list[str]:
    cells = [column.cells[place] for column in columns]
    return [
        GAP.join(
            _fitted(lines[number] if number < len(lines) else Line(), column.width)
            for lines, column in zip(cells, columns, strict=True)
        )
        for number in range(max(map(len, cells)))
    ]


def _fitted(line: Line, width: int) -> str:
    if not line.words:
        return _padded(line.number, width, right=True)
    room = width - (text_len(line.number) + 1 if line.number else 0)
    words = _padded(shortened(line.words, room), room, right=False)
    return f"{words} {line.number}" if line.number else words


def shortened(text: str, width: int) -> str:
    """Cut out the middle of *text*: names often differ only at their ends."""
    if text_len(text) <= width:
        return text
    tail = (width - 1) // 3
    head = width - 1 - tail
    end = _cut(text[::-1], tail)[::-1] if tail else ""
    return f"{_cut(text, head)}{_ELLIPSIS}{end}"


def _cut(text: str, width: int) -> str:
    text = text[:width]
    while text_len(text) > width:
        text = text[:-1]
    return text


def _padded(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - text_len(text))
    return gap + text if right else text + gap


def paint(text: str, style: str) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render(text.rstrip(), color_system=ColorSystem.STANDARD)
