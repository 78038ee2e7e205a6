"""Meta's numbers, which it sends as text: int and Decimal with the same digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

# No metric is longer; a longer one would only cost time and memory.
_LONGEST: Final = 40
_LONGEST_TEXT: Final = 60  # with sign, point, decimals and exponent
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?").fullmatch
_NUMBERS = re.compile(r"(?:-?[0-9]++(?:\.[0-9]++)?+,)++").fullmatch
_TEXT_OR_NOTHING: Final = {str, type(None)}
_WITH_EXPONENT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}").fullmatch
# Ids are longer, and dates and codes such as "007" are not numbers.
_LIKE_A_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?").fullmatch


class NotReadable(ValueError):
    """A value is not what its field promises; `value` is Meta's."""

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


def count(value: object) -> int | Decimal | None:
    """Return a count: an int, unless Meta estimated a fraction. Raises NotReadable."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        if len(value) <= _LONGEST:
            return int(value)
        raise NotReadable(value)
    number = decimal(value)
    if number is None or number != number.to_integral_value():
        return number
    return int(number)


def decimal(value: object) -> Decimal | None:
    """Return a number with Meta's digits, None for nothing. Raises NotReadable."""
    if isinstance(value, str):
        if len(value) <= _LONGEST_TEXT:
            if _NUMBER(value):
                return Decimal(value)
            if _WITH_EXPONENT(value):
                return _bounded(Decimal(value))
        if value == "":
            return None
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        exact = str(value) if isinstance(value, float) else value
        return _bounded(Decimal(exact))
    elif value is None:
        return None
    raise NotReadable(value)


def decimals(values: Sequence[object]) -> Iterable[Decimal | None]:
    """Return what `decimal` returns for each: sooner, looking at all at once."""
    if set(map(type, values)) <= _TEXT_OR_NOTHING:
        texts: list[Any] = list(filter(None, values))
        joined = ",".join([*texts, ""])
        if (
            _NUMBERS(joined)
            and joined.count(",") == len(texts)
            and max(map(len, texts)) <= _LONGEST_TEXT
        ):
            return [Decimal(text) if text else None for text in values]  # type: ignore[arg-type]
    return map(decimal, values)


def guess(value: object) -> object:
    """Return a number where *value* looks like one, else *value*; "" is nothing."""
    if isinstance(value, str):
        if _LIKE_A_NUMBER(value) and len(value) <= _LONGEST_TEXT:
            return Decimal(value) if "." in value else int(value)
        return value or None
    return value


# In action lists the same small numbers come again and again. Typed: 1 == True.
cached_count = lru_cache(maxsize=8192, typed=True)(count)


def integral(value: object) -> object:
    """Return what *value* is where it need not be a number: as sent, if it is none."""
    return _or_as_sent(count, value)


def exact(value: object) -> object:
    """Return as `integral` does, but keep the digits of a whole number: 12.00."""
    return _or_as_sent(decimal, value)


def _or_as_sent(read: Callable[[object], object], value: object) -> object:
    if isinstance(value, list):
        return [_or_as_sent(read, item) for item in value]
    try:
        return read(value)
    except NotReadable:
        return value


def _bounded(number: Decimal) -> Decimal:
    if number.is_finite() and -_LONGEST < number.adjusted() < _LONGEST:
        return number
    raise NotReadable(number)
