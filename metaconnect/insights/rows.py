"""Meta's Insights rows in normal form: the query alone decides their shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from ..constants import FieldKind, Level
from ..models import Row
from .fields import ROAS, kind_of
from .query import InsightsQuery

DATES = ("date_start", "date_stop")

_CAMPAIGN = ("campaign_id", "campaign_name")
_ADSET = (*_CAMPAIGN, "adset_id", "adset_name")
_IDENTITY: Mapping[Level, tuple[str, ...]] = {
    Level.account: (),
    Level.campaign: _CAMPAIGN,
    Level.adset: _ADSET,
    Level.ad: (*_ADSET, "ad_id", "ad_name"),
}
# No metric is longer; a longer one would only cost time.
_LONGEST = 40
_NUMBER = re.compile(rf"-?[0-9]{{1,{_LONGEST}}}(\.[0-9]{{1,{_LONGEST}}})?")

Read = Callable[[Any], object]


def columns(query: InsightsQuery) -> tuple[str, ...]:
    """Return the keys of every row that answers *query*, in order."""
    return tuple(dict.fromkeys((*DATES, *_IDENTITY[query.level], *query.fields)))


def row_reader(query: InsightsQuery) -> Callable[[Mapping[str, Any]], Row]:
    """
    Return what turns Meta's rows into the columns of *query*.

    Counts are int; money and ratios Decimal with exactly the digits that Meta
    sent; action lists objects by `action_type`; what Meta left out is None
    (an action list: empty).
    """
    plan = _plan(query)

    def read_row(raw: Mapping[str, Any]) -> Row:
        return {name: read(raw.get(source)) for name, source, read in plan}

    return read_row


def _plan(query: InsightsQuery) -> tuple[tuple[str, str, Read], ...]:
    """Return for each column where its value comes from and how it is read."""
    return tuple(
        (name, "purchase_roas", _roas)
        if name == ROAS
        else (name, name, _READERS[kind_of(name)])
        for name in columns(query)
    )


def _text(value: object) -> object:
    return None if value == "" else value


def _count(value: object) -> int | Decimal | None:
    """Return a count: an int, unless Meta estimated a fraction."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value) if len(value) <= _LONGEST else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _decimal(value)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite() and -_LONGEST < number.adjusted() < _LONGEST:
            return number
    return None


def _by_action_type(number: Read, value: object) -> dict[str, object]:
    """Return an action list as an object; of two of one type the first counts."""
    try:  # as Meta sends it: this is where a large report spends its time
        entries: list[dict[str, Any]] = value  # type: ignore[assignment]
        found = {entry["action_type"]: number(entry["value"]) for entry in entries}
        if len(found) == len(entries) and isinstance(value, list):
            return found
    except (TypeError, KeyError):
        pass
    found = {}
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("action_type"), str):
            found.setdefault(entry["action_type"], number(entry.get("value")))
    return found


def _roas(value: object) -> object:
    """Return the one number to take for ROAS: omni_purchase covers the others."""
    by_type = _by_action_type(_decimal, value)
    first = next(iter(by_type.values()), None)
    return by_type.get("omni_purchase", first)


_COUNTS = partial(_by_action_type, _count)
_DECIMALS = partial(_by_action_type, _decimal)

_READERS: Mapping[FieldKind, Read] = {
    FieldKind.TEXT: _text,
    FieldKind.COUNT: _count,
    FieldKind.UNIQUE_COUNT: _count,
    FieldKind.MONEY: _decimal,
    FieldKind.COST: _decimal,
    FieldKind.RATIO: _decimal,
    FieldKind.ACTIONS: _COUNTS,
    FieldKind.UNIQUE_ACTIONS: _COUNTS,
    FieldKind.ACTION_VALUES: _DECIMALS,
    FieldKind.ACTION_COSTS: _DECIMALS,
    FieldKind.ACTION_RATIOS: _DECIMALS,
    FieldKind.OBJECTS: _text,
}
