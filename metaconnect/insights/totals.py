"""The totals of Insights rows: sums only what adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from ..constants import FieldKind

Row = Mapping[str, Any]
Number = int | Decimal

# A ratio of a longer range is not the mean of its days: it is made anew.
_RATIOS: Final[Mapping[str, tuple[int, str, str]]] = {
    "cpc": (1, "spend", "clicks"),
    "cpm": (1000, "spend", "impressions"),
    "ctr": (100, "clicks", "impressions"),
    "cost_per_inline_link_click": (1, "spend", "inline_link_clicks"),
    "cost_per_inline_post_engagement": (1, "spend", "inline_post_engagement"),
    "inline_link_click_ctr": (100, "inline_link_clicks", "impressions"),
}
_DECIMALS: Final = 6  # as many as Meta sends


def totals(
    columns: Sequence[str], rows: Sequence[Row], kinds: Mapping[str, FieldKind]
) -> dict[str, object]:
    """
    Return the total of each column, None where there is no honest one.

    Counts and money are summed, actions each type by itself; ratios are
    recomputed from the sums of their parts where the columns have these.
    People are never summed: who was reached on two days is one person.
    """
    found = {name: _sum(name, rows, kinds) for name in columns}
    for name in columns:
        if name in _RATIOS:
            found[name] = _ratio(name, found, rows)
    if {"roas", "spend"} <= found.keys():
        found["roas"] = _roas(rows)
    return found


def _sum(name: str, rows: Sequence[Row], kinds: Mapping[str, FieldKind]) -> object:
    kind = kinds.get(name, FieldKind.TEXT)
    values = [row[name] for row in rows if row.get(name) is not None]
    if not kind.adds_up:
        return None
    if kind.is_actions:
        return _sum_by_type(values)
    numbers = [value for value in values if isinstance(value, (int, Decimal))]
    return sum(numbers) if numbers else None


def _sum_by_type(lists: Sequence[object]) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for by_type in lists:
        for action_type, value in by_type.items() if isinstance(by_type, dict) else ():
            if isinstance(value, (int, Decimal)):
                found[action_type] = found.get(action_type, 0) + value
    return found


def _ratio(
    name: str, sums: Mapping[str, object], rows: Sequence[Row]
) -> Decimal | None:
    factor, above, below = _RATIOS[name]
    part, whole = sums.get(above), sums.get(below)
    if not isinstance(part, (int, Decimal)) or not isinstance(whole, (int, Decimal)):
        return None
    return _rounded(factor * part / Decimal(whole), name, rows) if whole else None


def _roas(rows: Sequence[Row]) -> Decimal | None:
    """Weigh by spend: a row without ROAS spent, and earned nothing."""
    if all(row.get("roas") is None for row in rows):
        return None
    spent = sum((_spend(row) for row in rows), Decimal(0))
    earned = sum(((row.get("roas") or 0) * _spend(row) for row in rows), Decimal(0))
    return _rounded(earned / spent, "roas", rows) if spent else None


def _spend(row: Row) -> Decimal:
    return Decimal(row.get("spend") or 0)


def _rounded(number: Decimal, name: str, rows: Sequence[Row]) -> Decimal:
    """Round to the finest precision that *rows* have in column *name*."""
    exponents = [
        int(row[name].as_tuple().exponent)
        for row in rows
        if isinstance(row.get(name), Decimal)
    ]
    return round(number, -min(exponents) if exponents else _DECIMALS)
