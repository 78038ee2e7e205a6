"""
Conditions as a person writes them: ``spend > 500``, ``campaign.name CONTAIN sale``.

Operators are Meta's words or the symbols for them. What follows may stand in
quotes; operators that take several values have commas between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from ..errors import UsageError
from .filters import OPERATORS, TAKES_SEVERAL

SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ">=": "GREATER_THAN_OR_EQUAL",
        "<=": "LESS_THAN_OR_EQUAL",
        "!=": "NOT_EQUAL",
        "==": "EQUAL",
        "=": "EQUAL",
        ">": "GREATER_THAN",
        "<": "LESS_THAN",
    }
)
_BY_SYMBOL = re.compile(r"\s*([^<>=!]+?)\s*(>=|<=|!=|==|=|>|<)\s*(.*\S)\s*", re.DOTALL)
_SYMBOL = re.compile(r"[<>=]")
_ITEM = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([^,]*))\s*(?:,|$)")
_BRACKETS = ("[]", "()")


class Expression(NamedTuple):
    """One condition: the operator is one of Meta's, or what was written for it."""

    field: str
    operator: str
    value: str | list[str]


def expression(text: str) -> Expression:
    """Return the parts of *text*. Raises UsageError."""
    parts = _by_word(text) or _by_symbol(text) or _in_three(text)
    if parts is None:
        raise UsageError(
            f"{text!r} is not a condition.",
            hint="A condition is FIELD OPERATOR VALUE, as: campaign.name CONTAIN sale",
        )
    field, operator, value = parts
    if operator in TAKES_SEVERAL:
        return Expression(field, operator, _items(value))
    return Expression(field, operator, _unquoted(value))


def _by_word(text: str) -> tuple[str, str, str] | None:
    """Split at the first operator in capitals, unless a symbol comes before it."""
    words = text.split()
    for index, word in enumerate(words[1:-1], 1):
        if word in OPERATORS:
            field = " ".join(words[:index])
            value = text.split(maxsplit=index + 1)[-1].strip()
            return None if _SYMBOL.search(field) else (field, word, value)
    return None


def _by_symbol(text: str) -> tuple[str, str, str] | None:
    """Split at the first symbol; only an action type may hold spaces."""
    match = _BY_SYMBOL.fullmatch(text)
    if match and (":" in match[1] or len(match[1].split()) == 1):
        return match[1], SYMBOLS[match[2]], match[3]
    return None


def _in_three(text: str) -> tuple[str, str, str] | None:
    """Return three words; the second is an operator in small letters, or none."""
    words = text.split(maxsplit=2)
    return (words[0], words[1].upper(), words[2].strip()) if len(words) > 2 else None  # noqa: PLR2004


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _items(text: str) -> list[str]:
    """Return values between commas, with or without brackets around all of them."""
    if text[:1] + text[-1:] in _BRACKETS:
        text = text[1:-1]
    return [item for item in map(_one, _ITEM.finditer(text)) if item]


def _one(match: re.Match[str]) -> str:
    return next((part for part in match.groups() if part is not None), "").strip()
