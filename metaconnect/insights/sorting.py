"""The order of rows: what Meta sorts by, and what is sorted here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from ..constants import FieldKind, Storage
from ..errors import UsageError
from ..models import Order, Row
from .fields import FIELDS, REMOVED
from .names import is_name
from .picks import pick_of
from .query import InsightsQuery, Names
from .schema import column_names

_META_SORTS: Final = (Storage.COUNT, Storage.DECIMAL)
_DIRECTION = re.compile(r"(.+?)(?:\s+|_)(asc|desc|ascending|descending)", re.IGNORECASE)


def orders_in(given: Names | None) -> tuple[Order, ...]:
    """
    Return what *given* says to sort by, the first key first. Raises UsageError.

    A key is `spend` (ascending, as at Meta), `-spend`, `spend desc`, or Meta's
    `spend_descending`.
    """
    items = [given] if isinstance(given, str) else given or ()
    keys = (key.strip() for item in items for key in item.split(","))
    found = {order.column: order for order in map(_order, filter(None, keys))}
    return tuple(found.values())


def _order(key: str) -> Order:
    name, descending = key.removeprefix("-"), key.startswith("-")
    if match := _DIRECTION.fullmatch(name):
        if descending:
            raise UsageError(f"{key!r} says twice in which direction to sort.")
        name, descending = match[1], match[2].lower().startswith("desc")
    if not is_name(name) and pick_of(name) is None:
        raise UsageError(
            f"Rows cannot be sorted by {key!r}.",
            hint="Sort by a column: -spend, 'spend desc', -purchases, "
            "-actions:omni_purchase",
        )
    kind = FIELDS.get(name)
    if kind and (kind.is_actions or kind is FieldKind.OBJECTS):
        raise UsageError(
            f"Rows cannot be sorted by {name}: it holds several numbers.",
            hint=f"Sort by one of them, as: {name}:omni_purchase"
            if kind.is_actions
            else None,
        )
    return Order(column=name, descending=descending)


def meta_sort(orders: Sequence[Order]) -> tuple[str, ...]:
    """Return *orders* as Meta's `sort`; empty where Meta cannot sort by them."""
    if len(orders) != 1:  # Meta takes one key
        return ()
    name = orders[0].column
    pick, kind = pick_of(name), FIELDS.get(name)
    if pick and (":" not in name or pick.window != "value"):
        return ()
    if name in REMOVED or not (pick or (kind and kind.storage in _META_SORTS)):
        return ()
    return (f"{name}_{'de' if orders[0].descending else 'a'}scending",)


def order_fields(query: InsightsQuery) -> tuple[str, ...]:
    """Return what to ask for beside the columns, so that rows can be sorted here."""
    present = column_names(query)
    names = (order.column for order in query.order)
    return tuple(name for name in names if name not in present)


def sorted_rows(query: InsightsQuery, rows: Sequence[Row]) -> list[Row]:
    """
    Return *rows* in the order that *query* wants and Meta cannot give.

    Rows without a value come last, and rows that are alike keep their order.
    *rows* hold `order_fields`.
    """
    found = list(rows)
    for order in reversed(query.order):
        filled = [row for row in found if row.get(order.column) is not None]
        empty = [row for row in found if row.get(order.column) is None]
        filled.sort(key=lambda row: _rank(row[order.column]), reverse=order.descending)
        found = filled + empty
    return found


def _rank(value: object) -> tuple[int, Decimal, str]:
    """Return the sort key of a value; numbers come before texts."""
    if isinstance(value, (int, Decimal)):
        return 0, Decimal(value), ""
    return 1, Decimal(0), str(value).casefold()
