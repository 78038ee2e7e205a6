"""Answers that are rare at Meta, for the ad accounts that are made for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any


def _twice(_field: str, value: Any) -> Any:
    return value * 2 if isinstance(value, list) else value


def _no_value(_field: str, value: Any) -> Any:
    """Leave `value` out of the entries that have windows."""
    if not isinstance(value, list):
        return value
    return [
        {k: v for k, v in entry.items() if k != "value" or len(entry) <= 2}  # noqa: PLR2004
        for entry in value
    ]


def _strange(field: str, value: Any) -> Any:
    if field == "cpc":
        return f"{Decimal(value):.5E}"
    return "n/a" if field == "ctr" else value


QUIRKS: Mapping[str, Callable[[str, Any], Any]] = MappingProxyType(
    {"twice": _twice, "no value": _no_value, "strange": _strange}
)
