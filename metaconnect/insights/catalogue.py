"""Everything that can be asked of Insights, with one line on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from ..constants import FieldKind
from .breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS
from .field_sets import SETS
from .fields import FIELDS, REMOVED, unit_of
from .picks import ATTRIBUTION_WINDOWS, PLAIN, Pick

# Descriptions after https://developers.facebook.com/docs/marketing-api/reference/ads-insights
_DESCRIPTIONS = Path(__file__).with_name("catalogue.json")
CURRENCY = "currency"

Entry = dict[str, str]


def catalogue() -> tuple[Entry, ...]:
    """
    Return a row for each name that a query may hold: name, kind, unit, description.

    Named sets come first, then the columns that are put together here, Meta's
    fields, breakdowns, action breakdowns and attribution windows. The unit is
    "currency" for money, "%" or "s"; empty for counts and texts.
    """
    texts = msgspec.json.decode(
        _DESCRIPTIONS.read_bytes(), type=dict[str, dict[str, str]]
    )
    return (
        *_sets(texts["sets"]),
        *_plain(texts["plain"]),
        *_fields(texts["fields"]),
        *_named("breakdown", BREAKDOWNS, texts["breakdowns"]),
        *_named("action breakdown", ACTION_BREAKDOWNS, texts["action_breakdowns"]),
        *_named("attribution window", ATTRIBUTION_WINDOWS, texts["windows"]),
    )


def find_fields(word: str = "") -> tuple[Entry, ...]:
    """Return the rows of `catalogue` that have every part of *word* in a value."""
    parts = word.casefold().split()
    return tuple(
        entry
        for entry in catalogue()
        if all(part in " ".join(entry.values()).casefold() for part in parts)
    )


def _sets(texts: Mapping[str, str]) -> Iterator[Entry]:
    for name, fields in SETS.items():
        text = f"{texts[name].removesuffix('.')}: {', '.join(fields)}."
        yield _entry(f"+{name}", "set", "", text)


def _plain(texts: Mapping[str, str]) -> Iterator[Entry]:
    for name, pick in PLAIN.items():
        text = f"{texts[name]} {counted_types(pick)}"
        yield _entry(name, pick.kind, _unit(pick.kind, pick.source), text)


def _fields(texts: Mapping[str, str]) -> Iterator[Entry]:
    for name, kind in FIELDS.items():
        if name not in REMOVED:
            yield _entry(name, kind, _unit(kind, name), texts[name])


def _named(
    kind: str, names: Iterable[str], texts: Mapping[str, str]
) -> Iterator[Entry]:
    return (_entry(name, kind, "", texts[name]) for name in names)


def counted_types(pick: Pick) -> str:
    """Return which action types a column looks for, in their order, as a sentence."""
    if len(pick.types) == 1:
        return f"It is {pick.types[0]} of {pick.source}."
    otherwise = ", else the first of all" if pick.or_first else ""
    return f"The first present of {pick.source}: {', '.join(pick.types)}{otherwise}."


def _unit(kind: FieldKind, source: str) -> str:
    is_cost = kind is FieldKind.OBJECTS and source.startswith("cost_per")
    return CURRENCY if kind.is_money or is_cost else unit_of(source)


def _entry(name: str, kind: str, unit: str, description: str) -> Entry:
    return {"name": name, "kind": str(kind), "unit": unit, "description": description}
