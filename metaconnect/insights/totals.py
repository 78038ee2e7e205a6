"""The totals of rows: sums of what adds up, and ratios made anew of sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from ..constants import FieldKind
from ..models import Column
from .picks import ROAS

Number = int | Decimal
RowLike = Mapping[str, Any]


class Ratio(NamedTuple):
    """A metric that is *factor* times one sum over another."""

    factor: int
    above: str
    below: str


# A ratio of a longer range is not the mean of its days: it is made anew.
_RATIOS: Final[Mapping[str, Ratio]] = {
    "cpc": Ratio(1, "spend", "clicks"),
    "cpm": Ratio(1000, "spend", "impressions"),
    "ctr": Ratio(100, "clicks", "impressions"),
    "cost_per_inline_link_click": Ratio(1, "spend", "inline_link_clicks"),
    "cost_per_inline_post_engagement": Ratio(1, "spend", "inline_post_engagement"),
    "inline_link_click_ctr": Ratio(100, "inline_link_clicks", "impressions"),
    "cost_per_purchase": Ratio(1, "spend", "purchases"),
    "cost_per_lead": Ratio(1, "spend", "leads"),
    # Sales can fall on days without spend (Meta reports them on their own day
    # since June 2025): a mean weighed by spend would leave them out.
    ROAS: Ratio(1, "purchase_value", "spend"),
}
_OF_A_TYPE: Final[Mapping[str, Ratio]] = {
    "cost_per_action_type": Ratio(1, "spend", "actions"),
    "cost_per_conversion": Ratio(1, "spend", "conversions"),
}
_ONLY_META_KNOWS: Final = frozenset(
    (
        FieldKind.UNIQUE_COUNT,
        FieldKind.COST,
        FieldKind.RATIO,
        FieldKind.UNIQUE_ACTIONS,
        FieldKind.ACTION_COSTS,
        FieldKind.ACTION_RATIOS,
    )
)
_DECIMALS: Final = 6  # as many as Meta sends


def total_fields(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the fields that the totals of *columns* are made of."""
    ratios = filter(None, (_ratio_of(column.name) for column in columns))
    return tuple(dict.fromkeys(part for ratio in ratios for part in ratio[1:]))


def unsummable(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the *columns* whose total Meta alone knows: reach and the like."""
    return tuple(
        column.name
        for column in columns
        if column.kind in _ONLY_META_KNOWS and _ratio_of(column.name) is None
    )


def totals(
    columns: Iterable[Column], rows: Sequence[RowLike], *, whole: RowLike | None = None
) -> dict[str, object]:
    """
    Return the total of each column, None where there is none that is true.

    Counts and money are summed, actions each type by itself; ratios are made
    of the sums of their parts (`total_fields`), which *rows* may hold beside
    the columns. People are never summed: who was reached on two days is one
    person. With a single row every total is that row's. *whole* is Meta's own
    row of the whole, for what cannot be summed (see `account_total`).
    """
    return {column.name: _total(column, rows, whole or {}) for column in columns}


def _total(column: Column, rows: Sequence[RowLike], whole: RowLike) -> object:
    name, kind = column.name, column.kind
    if kind.is_text:
        return None
    if len(rows) == 1:
        return rows[0].get(name)
    if ratio := _ratio_of(name):
        return _divided(ratio, name, rows)
    if kind.adds_up:
        return _sum(kind, [row.get(name) for row in rows])
    return whole.get(name)


def _ratio_of(name: str) -> Ratio | None:
    source, _, action_type = name.partition(":")
    if action_type and source in _OF_A_TYPE:
        factor, above, below = _OF_A_TYPE[source]
        return Ratio(factor, above, f"{below}:{action_type}")
    return _RATIOS.get(name)


def _divided(ratio: Ratio, name: str, rows: Sequence[RowLike]) -> Decimal | None:
    """Divide sums; a row that has the ratio without its parts leaves it unknown."""
    if any(_lacks_parts(ratio, name, row) for row in rows):
        return None
    above, below = (_sum_of(part, rows) for part in (ratio.above, ratio.below))
    if above is None or not below:
        return None
    return _rounded(ratio.factor * above / Decimal(below), name, rows)


def _lacks_parts(ratio: Ratio, name: str, row: RowLike) -> bool:
    parts = (row.get(ratio.above), row.get(ratio.below))
    return row.get(name) is not None and None in parts


def _sum_of(name: str, rows: Sequence[RowLike]) -> Number | None:
    numbers = _numbers(row.get(name) for row in rows)
    return sum(numbers) if numbers else None


def _sum(kind: FieldKind, values: Sequence[object]) -> object:
    if kind.is_actions:
        lists = [value for value in values if value]
        return _sum_by_key(lists) if all(isinstance(v, dict) for v in lists) else None
    numbers = _numbers(values)
    return sum(numbers) if numbers else None


def _sum_by_key(objects: Sequence[object]) -> dict[str, object]:
    """Sum objects key by key, those by window within them too; what is none, not."""
    groups: dict[str, list[object]] = {}
    for by_key in objects:
        for key, value in by_key.items() if isinstance(by_key, dict) else ():
            groups.setdefault(key, []).append(value)
    found = {key: _sum_alike(values) for key, values in groups.items()}
    return {key: total for key, total in found.items() if total is not None}


def _sum_alike(values: Sequence[object]) -> object:
    """Return the sum of numbers, or of objects; None where there are lists."""
    if any(isinstance(value, list) for value in values):
        return None
    if any(isinstance(value, dict) for value in values):
        return _sum_by_key(values)
    numbers = _numbers(values)
    return sum(numbers) if numbers else None


def _numbers(values: Iterable[object]) -> list[Number]:
    return [value for value in values if isinstance(value, (int, Decimal))]


def _rounded(number: Decimal, name: str, rows: Sequence[RowLike]) -> Decimal:
    """Round to the finest precision that *rows* have in column *name*."""
    exponents = [
        int(row[name].as_tuple().exponent)
        for row in rows
        if isinstance(row.get(name), Decimal)
    ]
    return round(number, -min(exponents) if exponents else _DECIMALS)
