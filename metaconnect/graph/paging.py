"""All pages of an edge, by cursor."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from ..errors import ServiceUnavailable
from ..models import AccessToken, Row
from .client import GraphClient
from .decode import Body

MAX_PAGES: Final = 20_000  # ten million rows, at 500 a page
MAX_EMPTY_PAGES: Final = 100  # one after the other
_LONGEST_CURSOR: Final = 4096  # characters; Meta's have up to some hundred


async def pages(
    graph: GraphClient, path: str, token: AccessToken, /, **params: object
) -> AsyncGenerator[list[Row], None]:
    """
    Yield the rows of each page of *path*, the next fetched when asked for.

    Only the absence of `paging.next` ends the walk (`cursors.after` stands on
    the last page too), yet that URL is never followed: it holds the token.
    https://developers.facebook.com/docs/graph-api/results

    Raises ServiceUnavailable where the pages repeat or do not end.
    """
    seen: set[str] = set()
    after: str | None = None
    empty = 0
    while True:
        body = await graph.get(path, token, **params, after=after)
        rows = rows_of(body)
        yield rows
        after = next_cursor(body)
        if after is None:
            return
        if after in seen:
            raise ServiceUnavailable("Meta's pages repeat: the same cursor came twice.")
        seen.add(after)
        empty = 0 if rows else empty + 1
        if len(seen) >= MAX_PAGES or empty >= MAX_EMPTY_PAGES:
            raise ServiceUnavailable(f"Meta's pages do not end after {len(seen):,}.")


def rows_of(body: Body) -> list[Row]:
    """Return the rows under `data`, or raise ServiceUnavailable."""
    rows = body.get("data")
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    raise ServiceUnavailable("Meta's answer holds no list of rows.")


def next_cursor(body: Body) -> str | None:
    """Return where the next page begins, None after the last one."""
    paging = body.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if isinstance(after, str) and 0 < len(after) <= _LONGEST_CURSOR:
        return after
    # Stopping here without an error would pass for the whole.
    raise ServiceUnavailable("Meta announced another page without a usable cursor.")
