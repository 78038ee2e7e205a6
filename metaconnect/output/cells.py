"""The texts in a table's cells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ..constants import FieldKind
from ..redact import printable

NOTHING: Final = "–"  # noqa: RUF001 - an en dash is meant
_SHOWN_ACTIONS: Final = 3
# What ads are bought for; by size alone, views would hide the sales.
_FIRST_ACTIONS: Final = (
    "omni_purchase",
    "lead",
    "link_click",
    "landing_page_view",
)
_DECIMALS: Final = 2
_SMALL: Final = Decimal("0.1")  # below it two decimals say too little

# https://developers.facebook.com/docs/marketing-api/currencies: offset 1
_WITHOUT_DECIMALS: Final = frozenset(
    ["CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"]
)


def cell(value: object, kind: FieldKind, currency: str | None = None) -> str:
    """Return *value* as people read it; the data formats keep every digit."""
    if value is None:
        return NOTHING
    if isinstance(value, Mapping):
        return _actions(value, kind, currency)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _number(value, kind, currency)
    if isinstance(value, (list, tuple)):
        return _entries(len(value))
    return printable(str(value))


def _entries(number: int) -> str:
    if number == 1:
        return "1 entry"
    return f"{number} entries" if number else NOTHING


def _number(value: int | Decimal, kind: FieldKind, currency: str | None) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if not value.is_finite():
        return NOTHING
    whole = kind.is_money and currency in _WITHOUT_DECIMALS
    if kind in (FieldKind.COUNT, FieldKind.UNIQUE_COUNT, FieldKind.ACTIONS):
        return f"{value:,f}"
    decimals = 0 if whole else _DECIMALS
    if 0 < abs(value) < _SMALL:
        decimals += _DECIMALS
    exponent = Decimal(1).scaleb(-decimals)
    return f"{value.quantize(exponent, ROUND_HALF_UP):,f}"


def _actions(
    by_type: Mapping[str, object], kind: FieldKind, currency: str | None
) -> str:
    """Return a few, the telling ones first, one a line: never their sum."""
    numbers = [
        (action_type, value)
        for action_type, value in by_type.items()
        if isinstance(value, (int, Decimal))
    ]
    numbers.sort(key=lambda entry: (_rank(entry[0]), -entry[1]))
    lines = [
        f"{printable(action_type)} {_number(value, kind, currency)}"
        for action_type, value in numbers[:_SHOWN_ACTIONS]
    ]
    if rest := len(by_type) - len(lines):
        lines.append(f"+{rest} more")
    return "\n".join(lines) or NOTHING


def _rank(action_type: str) -> int:
    if action_type in _FIRST_ACTIONS:
        return _FIRST_ACTIONS.index(action_type)
    return len(_FIRST_ACTIONS)
