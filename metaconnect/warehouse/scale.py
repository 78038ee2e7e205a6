"""How many decimals a column of DuckDB needs: DECIMAL(38,s) cuts what has more."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final

from ..errors import ConfigError

# Meta sends six. With twelve, two columns can be multiplied in 38 digits.
SCALE: Final = 12
DIGITS: Final = 38
_BIGINT: Final = 2**63


def scale_for(name: str, values: Iterable[object], there: int | None) -> int | None:
    """
    Return the decimals that column *name* needs for *values*, None for a BIGINT.

    Never less than it has (*there*). Raises ConfigError for a number that no column
    holds.
    """
    scale, numbers = there, [v for v in values if isinstance(v, (int, Decimal))]
    if scale is not None and _all_fit(numbers, scale):  # the usual case, and fast
        return scale
    for value in numbers:
        if scale is None and (isinstance(value, Decimal) or abs(value) >= _BIGINT):
            scale = SCALE
        if isinstance(value, Decimal) and scale is not None:
            exponent = value.as_tuple().exponent
            if isinstance(exponent, int) and -exponent > scale:
                scale = -exponent
    if scale is not None:
        _require_fit(name, numbers, scale)
    return scale


def _all_fit(numbers: Iterable[int | Decimal], scale: int) -> bool:
    context = Context(prec=DIGITS, traps=[Inexact, InvalidOperation])
    step = Decimal((0, (1,), -scale))
    try:
        for value in numbers:
            context.quantize(value, step)  # raises where a digit would go
    except (Inexact, InvalidOperation):
        return False
    return True


def _require_fit(name: str, numbers: Iterable[int | Decimal], scale: int) -> None:
    for value in numbers:
        if Decimal(value).adjusted() >= DIGITS - scale:
            raise ConfigError(
                f"{name} has a value with more digits than DuckDB keeps: {value}.",
                hint="Leave the field out, or keep Insights in PostgreSQL.",
            )
