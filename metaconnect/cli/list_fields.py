"""What can be asked of Insights, as a person or a program reads it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from ..constants import Format
from ..insights.catalogue import Entry, find_fields
from .output import opened, print_list, table_width
from .terminal import say

NAMES = ("name", "kind", "unit", "description")
_INDENT = "    "
_WIDEST = 100  # columns; longer lines of prose are hard to read


def print_fields(word: str, form: Format) -> None:
    """
    Print the names that have *word* in them or in their description.

    On a terminal a description stands below its name: beside it, both would be cut.
    """
    found = find_fields(word)
    empty = f"No name and no description has {word!r}."
    if form is not Format.table or not found:
        print_list(found, NAMES, form, empty=empty)
        return
    with opened(None) as file:
        file.writelines(
            f"{line}\n".encode() for entry in found for line in _lines(entry)
        )
    say(f"{len(found)} of {len(find_fields())}.")


def _lines(entry: Entry) -> Iterator[str]:
    unit = f", {entry['unit']}" if entry["unit"] else ""
    yield f"{entry['name']}  ({entry['kind']}{unit})"
    width = min(table_width(), _WIDEST)
    text = entry["description"]
    yield from wrap(
        text, width, initial_indent=_INDENT, subsequent_indent=_INDENT,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
