"""The value in the body of a response."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final, NoReturn, Protocol, TypeVar
from urllib.parse import parse_qsl

import msgspec

Body = dict[str, Any]
T_co = TypeVar("T_co", covariant=True)

_LONGEST_NUMBER: Final = 100  # characters
_LARGEST_EXPONENT: Final = 308  # that of a float


class Decoder(Protocol[T_co]):
    """Reads the bodies of answers that are no errors; none of them is a dict."""

    def from_bytes(self, content: bytes) -> T_co | None:
        """
        Return what *content* holds, None where the whole body must be looked at.

        It may be an error of Meta's all the same, or no JSON: that is None too.
        """

    def from_body(self, body: Body) -> T_co:
        """Return what the body holds."""


def exact_number(text: str) -> Decimal | str:
    """
    Return *text* as a number with exactly its digits.

    One of absurd size stays text: ``1e999999999`` is short to write and takes
    a gigabyte as digits.
    """
    if len(text) > _LONGEST_NUMBER:
        return text
    number = Decimal(text)
    return number if abs(number.adjusted()) <= _LARGEST_EXPONENT else text


# A float would lose digits that Meta sent.
_DECODER = msgspec.json.Decoder(float_hook=exact_number)


def decode_body(content: bytes) -> object:
    """
    Return the JSON value in *content*, or None if there is none.

    Old versions answer at the token endpoint with a form instead:
    ``access_token=…&expires=…`` comes back as a dict.
    """
    try:
        value: object = _DECODER.decode(content)
    except (ValueError, ArithmeticError, RecursionError):
        return _with_half_characters(content) or _form(content)
    return value


def _with_half_characters(content: bytes) -> object:
    """
    Return the JSON value in *content* if half of a character is in it, else None.

    A name that was cut between the two halves of an emoji ends in a lone
    ``\\ud83d``, which msgspec refuses and RFC 8259, section 8.2, allows.
    """
    if b"\\u" not in content:
        return None
    try:
        value: object = json.loads(
            content, parse_float=exact_number, parse_constant=_refuse_constant
        )
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _form(content: bytes) -> dict[str, str] | None:
    if not content.startswith(b"access_token="):
        return None
    return dict(parse_qsl(content.decode("utf-8", "replace")))
