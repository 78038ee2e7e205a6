"""
The Data API of a project: requests for rows of a table.

postgrest-py is used without the rest of supabase-py, which is built on it:
importing it takes two thirds of the time (0.24 s against 0.40 s).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...errors import ErrorTemplate, StoreError
from ...models import Row
from .errors import APIProblem, JWTRejected, from_data_api
from .project import SupabaseProject, api_headers

Filters = Mapping[str, object]
PAGE = 1000  # the most rows that a hosted project gives at once
NOT_UNDERSTOOD = "Supabase's answer is not in the expected form."


class DataAPI:
    """
    Each request is made as *bearer*: an access token, or the API key itself.

    *renew* is called with an access token that was refused, and returns
    another one, which is tried once. Any number of threads may use it.
    """

    def __init__(
        self,
        project: SupabaseProject,
        bearer: Callable[[], str],
        renew: Callable[[str], str] | None = None,
        *,
        key: str | None = None,
    ) -> None:
        self.project = project
        self.bearer = bearer
        self.renew = renew
        self.key = key or project.key

    def table(
        self, name: str, overrides: Mapping[str, ErrorTemplate] | None = None
    ) -> Table:
        return Table(self, name, overrides or {})

    def query(self, table: str) -> Any:
        """Return postgrest-py's builder for requests to *table*."""
        return self._client().from_(table)

    def function(self, name: str, arguments: Row) -> Any:
        """Return postgrest-py's builder for a call of a function."""
        return self._client().rpc(name, arguments)

    def _client(self) -> Any:
        from postgrest import SyncPostgrestClient

        return SyncPostgrestClient(
            self.project.rest_url,
            headers=api_headers(self.key, self.bearer()),
            http_client=self.project.http,
            # It would retry for seven seconds and say nothing.
            retry_enabled=False,
        )

    def is_by_key(self, query: Any) -> bool:
        """Whether *query* is made by the API key alone, not by a user."""
        sent = query.request.headers.get("Authorization")
        return sent in (None, f"Bearer {self.key}")

    def renewed(self, query: Any) -> bool:
        """Give *query* a new access token in the place of a refused one."""
        if self.renew is None or self.is_by_key(query):
            return False
        headers = query.request.headers
        rejected = headers["Authorization"].removeprefix("Bearer ")
        headers.update(api_headers(self.key, self.renew(rejected)))
        return True


class Table:
    """One table; *overrides* are error templates of its own, by code."""

    def __init__(
        self, api: DataAPI, name: str, overrides: Mapping[str, ErrorTemplate]
    ) -> None:
        self._api = api
        self.name = name
        self._overrides = overrides

    def select(
        self,
        columns: Sequence[str] = ("*",),
        where: Filters | None = None,
        *,
        above: Filters | None = None,
        limit: int | None = None,
        client_id: str | None = None,
    ) -> list[Row]:
        query = _filtered(self._query().select(*columns), where or {})
        for column, value in (above or {}).items():
            query = query.gt(column, value)
        query = query if limit is None else query.limit(limit)
        return self._rows(query, client_id=client_id)

    def all(
        self,
        columns: Sequence[str],
        key: str,
        where: Filters | None = None,
        **about: str,
    ) -> list[Row]:
        """Return every row, in pages, in the order of the unique column *key*."""
        query = self._query().select(*columns, count="exact").order(key).limit(PAGE)
        answer = self._execute(_filtered(query, where or {}), **about)
        rows: list[Row] = answer.data
        while len(rows) < (answer.count or 0):
            query = self._query().select(*columns).order(key).limit(PAGE)
            page = self._rows(_filtered(query, where or {}).gt(key, rows[-1][key]))
            if not page:
                break  # rows were deleted in the meantime
            rows += page
        return rows

    def insert(self, row: Row, returning: Sequence[str], **about: str) -> list[Row]:
        return self._rows(self._query().insert(row).select(*returning), **about)

    def upsert(
        self, rows: Row | list[Row], key: str, returning: Sequence[str], **about: str
    ) -> list[Row]:
        query = self._query().upsert(rows, on_conflict=key)
        return self._rows(query.select(*returning), **about)

    def update(
        self, values: Row, where: Filters, returning: Sequence[str], **about: str
    ) -> list[Row]:
        query = _filtered(self._query().update(values), where)
        return self._rows(query.select(*returning), **about)

    def delete(
        self, where: Filters, returning: Sequence[str], **about: str
    ) -> list[Row]:
        query = _filtered(self._query().delete(), where)
        return self._rows(query.select(*returning), **about)

    def call(self, function: str, arguments: Row, **about: str) -> list[Row]:
        """Return what a function that belongs to the table answers."""
        return self._rows(self._api.function(function, arguments), **about)

    def _query(self) -> Any:
        return self._api.query(self.name)

    def _rows(self, query: Any, **about: str | None) -> list[Row]:
        rows: list[Row] = self._execute(query, **about).data
        return rows

    def _execute(self, query: Any, **about: str | None) -> Any:
        try:
            return self._send(query, **about)
        except JWTRejected:
            # Also after a signing key was rotated, or a clock has jumped.
            if not self._api.renewed(query):
                raise
        return self._send(query, **about)

    def _send(self, query: Any, **about: str | None) -> Any:
        import httpx
        from postgrest import APIError

        from .http import unreachable

        try:
            answer = query.execute()
        except httpx.HTTPError as exc:
            raise unreachable(exc) from exc
        except RecursionError:
            raise StoreError(NOT_UNDERSTOOD) from None
        except APIError as exc:
            # Not `from exc`: its text may hold the row, and so the token.
            raise from_data_api(
                APIProblem(exc.code or "", exc.message or "", exc.details or ""),
                table=self.name,
                overrides=self._overrides,
                by_key=self._api.is_by_key(query),
                **about,
            ) from None
        # postgrest-py hands on as text what it cannot read.
        if not isinstance(answer.data, list):
            raise StoreError(NOT_UNDERSTOOD)
        return answer


def _filtered(query: Any, where: Filters) -> Any:
    for column, value in where.items():
        if value is None:
            query = query.is_(column, "null")
        elif isinstance(value, list):
            query = query.in_(column, value)
        else:
            query = query.eq(column, value)
    return query
