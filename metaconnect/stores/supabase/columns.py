"""Find out which of the optional columns the table `meta_tokens` has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ...errors import ConfigError, TablesMissing
from ...models import Row
from .client import Table
from .errors import ColumnMissing, UniqueMissing
from .rows import COLUMNS, DATES, OPTIONAL, SYNONYMS, columns_missing

T = TypeVar("T")
Names = tuple[str, ...]


class OptionalColumns:
    """The optional columns that a request may name; found out once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._present: Names | None = None
        self._usable: Names | None = None

    def seen(self, row: Row) -> None:
        """Take from a whole *row* which columns there are."""
        self._present = tuple(name for name in OPTIONAL if name in row)

    def run(self, request: Callable[[Names], T]) -> T:
        """
        Return *request* of as many optional columns as the table takes.

        A request that the database refuses has changed nothing, so that it
        can be sent again with fewer: those that exist, then those that are
        only read, then none, where rights are missing or types differ.
        """
        if self._usable is not None:
            return request(self._usable)
        refused: ConfigError | None = None
        for names in self._candidates():
            try:
                result = request(names)
            except ConfigError as exc:
                refused = exc
                if type(exc) is TablesMissing or isinstance(exc, UniqueMissing):
                    break
            else:
                self._usable = names
                return result
        if isinstance(refused, ColumnMissing):
            raise self._lacking() from None
        raise refused or AssertionError

    def require_needed(self) -> None:
        """Raise TablesMissing unless the columns that must be there are."""
        if not self._exist(tuple(COLUMNS)):
            raise self._lacking()

    def _candidates(self) -> Iterator[Names]:
        tried = OPTIONAL if self._present is None else self._present
        yield tried
        if self._present is None:
            self._present = self._existing(OPTIONAL)
        dates = tuple(name for name in self._present if name in DATES)
        for names in (self._present, dates, ()):
            if names != tried:
                yield names
            tried = names

    def _existing(self, names: Sequence[str]) -> Names:
        if self._exist(names):
            return tuple(names)
        return tuple(name for name in names if self._exist((name,)))

    def _exist(self, names: Sequence[str]) -> bool:
        try:
            self._table.select(names, limit=0)
        except ColumnMissing:
            return False
        return True

    def _lacking(self) -> TablesMissing:
        missing = [name for name in COLUMNS if not self._exist((name,))]
        synonyms = [SYNONYMS[name] for name in missing if name in SYNONYMS]
        return columns_missing(missing, self._existing(synonyms))
