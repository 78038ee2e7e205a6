"""What a row is about: the object, and the part of it that a breakdown names."""

from __future__ import annotations

from collections.abc import Iterable

from ..constants import FieldKind
from ..models import Column
from .query import InsightsQuery

_WHOSE = ("client", "account_id")  # of rows of many ad accounts


def identity(columns: Iterable[Column], query: InsightsQuery) -> tuple[str, ...]:
    """
    Return the keys by which rows of the same days are told apart.

    Ids and breakdowns, not names: those change, and two objects may share one.
    """
    return tuple(
        column.name
        for column in columns
        if column.kind is FieldKind.ID or column.name in (*query.breakdowns, *_WHOSE)
    )
