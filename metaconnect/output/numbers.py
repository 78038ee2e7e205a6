"""Numbers as people read them; the data formats keep every digit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from ..constants import FieldKind, Storage

NOTHING: Final = "–"  # noqa: RUF001 - an en dash is meant

# https://developers.facebook.com/docs/marketing-api/currencies: offset 1
_WITHOUT_DECIMALS: Final = frozenset(
    ["CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"]
)
# ISO 4217: three decimals, though Meta's own offset for them is 100.
_THREE_DECIMALS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_DECIMALS: Final = 2
_LONGEST: Final = 40  # digits before or after the point
_ROUNDING: Final = Context(prec=3 * _LONGEST, rounding=ROUND_HALF_UP)


def number_text(value: int | Decimal, kind: FieldKind, unit: str = "") -> str:
    """
    Return *value* rounded for its *kind*; *unit* is the currency of money.

    Counts stay as they are, money has the decimals of its currency, costs and
    ratios at least two significant digits.
    """
    number = Decimal(value)
    if not number.is_finite():
        return NOTHING
    if abs(number.adjusted()) > _LONGEST:
        return f"{number:.1E}"
    if kind.is_text:
        return f"{number:f}"
    counts = kind.of_one.storage is Storage.COUNT
    if counts or (kind is FieldKind.OBJECTS and isinstance(value, int)):
        return f"{number:,f}"
    exponent = Decimal(1).scaleb(-_decimals(number, kind, unit))
    return f"{number.quantize(exponent, context=_ROUNDING):,f}"


def _decimals(number: Decimal, kind: FieldKind, unit: str) -> int:
    usual = minor_digits(unit)
    if kind.of_one is FieldKind.MONEY or not number:
        return usual
    return max(usual, 1 - number.adjusted())


def minor_digits(unit: str) -> int:
    """Return how many decimals amounts of the currency *unit* have."""
    if unit in _WITHOUT_DECIMALS:
        return 0
    return 3 if unit in _THREE_DECIMALS else _DECIMALS
