"""The SQL types that hold the values of a column exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from ..constants import FieldKind, Storage

TEXT: Final = "VARCHAR"
_DIGITS: Final = 38  # of the widest DECIMAL
_DECIMALS: Final = 6  # as many as Meta sends; so that most files have one type
_BIGINT_DIGITS: Final = 18


class Shape:
    """What the values of a column have been so far."""

    def __init__(self) -> None:
        self.sorts: set[str] = set()
        self.decimals = 0
        self.digits = 0  # before the point
        self.values: Shape | None = None  # of the maps

    @property
    def is_text(self) -> bool:
        return self.sorts <= {"text", "date"}

    def see(self, value: object) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            self.sorts.add("bool")
        elif isinstance(value, (int, Decimal)):
            self._see_number(value)
        elif isinstance(value, str):
            self.sorts.add("date" if _is_date(value) else "text")
        elif isinstance(value, Mapping):
            self.sorts.add("map")
            self.values = self.values or Shape()
            for item in value.values():
                self.values.see(item)
        else:
            self.sorts.add("list")

    def _see_number(self, value: int | Decimal) -> None:
        if isinstance(value, int):
            self.sorts.add("int")
            self.digits = max(self.digits, len(str(abs(value))))
            return
        self.sorts.add("decimal")
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)  # noqa: S101  finite
        self.decimals = max(self.decimals, -exponent)
        self.digits = max(self.digits, value.adjusted() + 1)


def sql_type(kind: FieldKind, shape: Shape) -> str:
    """
    Return the type of a column of *kind* whose values have this *shape*.

    The kind decides it, so that two files of one query have the same types, except
    where values would not fit: then it is wider, or TEXT.
    """
    storage = kind.of_one.storage
    if storage is Storage.DATE:
        return "DATE" if shape.sorts <= {"date"} else TEXT
    if kind.is_actions:
        return _map_type(shape, counts=storage is Storage.COUNT)
    if storage in (Storage.TEXT, Storage.JSON) and not shape.sorts:
        return TEXT
    return _scalar_type(shape, counts=storage is not Storage.DECIMAL)


def _map_type(shape: Shape, *, counts: bool) -> str:
    if shape.sorts - {"map"}:
        return TEXT
    values = shape.values or Shape()
    is_nested = values.sorts == {"map"}
    inner = (_map_type if is_nested else _scalar_type)(values, counts=counts)
    return TEXT if inner == TEXT else f"MAP(VARCHAR, {inner})"


def _scalar_type(shape: Shape, *, counts: bool) -> str:
    if shape.sorts == {"bool"}:
        return "BOOLEAN"
    if shape.sorts - {"int", "decimal"}:
        return TEXT
    if counts and "decimal" not in shape.sorts and shape.digits <= _BIGINT_DIGITS:
        return "BIGINT"
    decimals = max(shape.decimals, _DECIMALS)
    if shape.digits + decimals > _DIGITS:
        decimals = shape.decimals
    fits = shape.digits + decimals <= _DIGITS
    return f"DECIMAL({_DIGITS}, {decimals})" if fits else TEXT


def _is_date(text: str) -> bool:
    if len(text) != len("2026-11-16") or text[4:5] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
