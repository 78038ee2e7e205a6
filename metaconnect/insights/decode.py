"""What turns the answers to one query into pages of rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..graph.decode import Body
from ..graph.paging import Page, page_of
from .query import InsightsQuery
from .rows import Problems, ignore, row_reader

if TYPE_CHECKING:  # a small answer goes without
    from .typed import TypedRows

# Below this, structs take longer to define than dictionaries to fill.
_SMALL: Final = 32 * 1024  # bytes


class PageDecoder:
    """
    Reads the pages that answer *query*, for `GraphClient.get_decoded`.

    The arguments are those of `row_reader`, and so are the rows.
    """

    def __init__(
        self,
        query: InsightsQuery,
        extra_fields: Iterable[str] = (),
        *,
        timezone_name: str | None = None,
        problems: Problems = ignore,
    ) -> None:
        self._query = query
        self._extra_fields = tuple(extra_fields)
        self._timezone_name = timezone_name
        self._read_row = row_reader(
            query, self._extra_fields, timezone_name=timezone_name, problems=problems
        )

    def from_bytes(self, content: bytes) -> Page | None:
        """Return the page in *content*, None where it takes `from_body` to read it."""
        return None if len(content) < _SMALL else self._typed.read(content)

    def from_body(self, body: Body) -> Page:
        """Return the page in *body*. Raises ServiceUnavailable where it is none."""
        rows, after = page_of(body)
        return Page([self._read_row(row) for row in rows], after)

    @cached_property
    def _typed(self) -> TypedRows:
        from .typed import TypedRows

        return TypedRows(
            self._query, self._extra_fields, timezone_name=self._timezone_name
        )
