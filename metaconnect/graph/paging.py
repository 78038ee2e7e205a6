"""All pages of an edge, by cursor."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ..errors import ServiceUnavailable
from ..models import AccessToken, Row
from .client import GraphClient
from .decode import Body


async def pages(
    graph: GraphClient, path: str, token: AccessToken, /, **params: object
) -> AsyncGenerator[list[Row], None]:
    """
    Yield the rows of each page of *path*, the next fetched when asked for.

    Only the absence of `paging.next` ends the walk (`cursors.after` stands on
    the last page too), yet that URL is never followed: it holds the token.
    https://developers.facebook.com/docs/graph-api/results
    """
    seen: set[str] = set()
    after: str | None = None
    while True:
        body = await graph.get(path, token, **params, after=after)
        yield rows_of(body)
        after = next_cursor(body)
        if after is None:
            return
        if after in seen:
            raise ServiceUnavailable("Meta's pages go round in a circle.")
        seen.add(after)


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
    if isinstance(after, str) and after:
        return after
    # Stopping here in silence would pass for the whole.
    raise ServiceUnavailable("Meta announced another page but not where it begins.")
