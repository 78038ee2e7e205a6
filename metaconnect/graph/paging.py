"""All pages of an edge, by cursor."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, NamedTuple

from ..errors import ServiceUnavailable, TooMuchData
from ..models import AccessToken, Row
from .client import GraphClient
from .decode import Body

MAX_PAGES: Final = 100_000
MAX_EMPTY_PAGES: Final = 100  # one after the other
FEWEST_ROWS: Final = 25  # a page: Meta's own default
_LONGEST_CURSOR: Final = 2048  # characters; Meta's have up to some hundred


class Page(NamedTuple):
    """Rows, and the cursor of the next page; None on the last one."""

    rows: list[Row]
    after: str | None


Fetch = Callable[[str | None, int | None], Awaitable[Page]]


class Walk:
    """
    The pages that *fetch* brings, given a cursor and how many rows it may have.

    Only the absence of `paging.next` ends the walk (`cursors.after` stands on
    the last page too), yet that URL is never followed: it holds the token.
    https://developers.facebook.com/docs/graph-api/results

    Where Meta finds a page too large, `limit` is halved from there on.
    """

    def __init__(
        self, fetch: Fetch, limit: int | None, *, notice: Callable[[str], None]
    ) -> None:
        self._fetch = fetch
        self._notice = notice
        self._seen: set[str] = set()
        self._after: str | None = None
        self._empty = 0
        self.limit = limit
        self.begun = False
        self.ended = False

    def go_on_from(self, page: Page) -> None:
        """Take *page* for the one fetched last. Raises ServiceUnavailable."""
        self.begun = True
        self._after = page.after
        if page.after is None:
            self.ended = True
            return
        if page.after in self._seen:
            raise ServiceUnavailable("Meta's pages repeat: the same cursor came twice.")
        self._seen.add(page.after)
        self._empty = 0 if page.rows else self._empty + 1
        if len(self._seen) >= MAX_PAGES or self._empty >= MAX_EMPTY_PAGES:
            raise ServiceUnavailable(
                f"Meta's pages do not end after {len(self._seen):,}."
            )

    async def next_rows(
        self, *, fewest: int = FEWEST_ROWS, again: int = 0
    ) -> list[Row]:
        """
        Return the rows of the next page, asked for with no fewer than *fewest*.

        So few are asked for *again* where Meta refuses them: it says so of small
        requests too, now and then. Raises TooMuchData after that, and
        ServiceUnavailable where the pages repeat or do not end: before their rows
        are returned.
        """
        while True:
            try:
                page = await self._fetch(self._after, self.limit)
            except TooMuchData:
                if self.limit is None or self.limit // 2 < fewest:
                    if again <= 0:
                        raise
                    again -= 1
                    continue
                self._notice(
                    f"{self.limit} rows a page are too many for Meta: asking for fewer."
                )
                self.limit //= 2
            else:
                self.go_on_from(page)
                return page.rows


async def pages(
    graph: GraphClient,
    path: str,
    token: AccessToken,
    /,
    **params: object,
) -> AsyncGenerator[list[Row], None]:
    """
    Yield the rows of each page of *path*, the next fetched when asked for.

    Raises ServiceUnavailable where the pages repeat or do not end.
    """

    async def fetch(after: str | None, limit: int | None) -> Page:
        body = await graph.get(path, token, **params, limit=limit, after=after)
        return page_of(body)

    limit = params.pop("limit", None)
    walk = Walk(fetch, limit if isinstance(limit, int) else None, notice=graph.notice)
    while not walk.ended:
        yield await walk.next_rows()


def page_of(body: Body) -> Page:
    """Return the page in an answer, or raise ServiceUnavailable."""
    return Page(rows_of(body), next_cursor(body))


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
