"""The Insights edge of an ad account: one page of a query at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from ..errors import InvalidRequest, ServiceUnavailable
from ..graph.client import GraphClient
from ..graph.paging import Page, page_of
from ..graph.throttle import ignore as say_nothing
from ..models import AccessToken, normal_ad_account_id
from .decode import PageDecoder
from .query import InsightsQuery
from .rows import Problems, ignore
from .schema import TIMEZONE, column_names, requested_fields, requested_windows

ROWS_A_PAGE: Final = 500


class Source:
    """
    Answers *query*, and the same for other days, from one ad account.

    Rows are in normal form, or *raw* as Meta's. *extra_fields* are asked for along
    with the query's and come last in a row. *timezone_name* is the ad account's, and
    looked up where it is needed and not given. *waiting* is told why nothing happens,
    and "" once something does.
    https://developers.facebook.com/docs/marketing-api/insights
    """

    def __init__(
        self,
        graph: GraphClient,
        token: AccessToken,
        ad_account_id: str,
        query: InsightsQuery,
        *,
        extra_fields: Iterable[str] = (),
        raw: bool = False,
        timezone_name: str | None = None,
        problems: Problems | None = None,
        waiting: Callable[[str], None] = say_nothing,
        rows_a_page: int = ROWS_A_PAGE,
    ) -> None:
        self.graph = graph.for_ad_account(ad_account_id, waiting=waiting)
        self.query = query
        self.rows_a_page = rows_a_page
        self._token = token
        self._path = account_path(ad_account_id)
        self._extra = tuple(extra_fields)
        self._raw = raw
        self._timezone_name = timezone_name
        self._problems = problems or ignore
        self._decoder: PageDecoder | None = None

    async def page(
        self, query: InsightsQuery, after: str | None = None, limit: int | None = None
    ) -> Page:
        """Return one page of *query*: without rows where nothing was delivered."""
        params = {**insights_params(query, self._extra), "after": after}
        return await self._page(f"{self._path}/insights", params, limit)

    async def report_page(
        self, run_id: str, after: str | None = None, limit: int | None = None
    ) -> Page:
        """Return one page of what a report run has found."""
        return await self._page(_run_path(run_id, "/insights"), {"after": after}, limit)

    async def start_report(self, query: InsightsQuery) -> str:
        """Start a report run that answers *query*, and return its id."""
        params = insights_params(query, self._extra)
        del params["limit"]
        body = await self.graph.request(
            "POST", f"{self._path}/insights", token=self._token, form=params
        )
        run_id = body.get("report_run_id")
        if isinstance(run_id, (str, int)) and str(run_id).isalnum():
            return str(run_id)
        raise ServiceUnavailable("Meta started a report run and did not name it.")

    async def report_status(self, run_id: str) -> Mapping[str, Any]:
        """Return what Meta says of a report run."""
        return await self.graph.get(_run_path(run_id), self._token)

    async def timezone_name(self) -> str | None:
        """Return the ad account's time zone, asked for at most once."""
        if self._timezone_name is None:
            body = await self.graph.get(self._path, self._token, fields=TIMEZONE)
            name = body.get(TIMEZONE)
            self._timezone_name = name if isinstance(name, str) else ""
        return self._timezone_name or None

    async def _page(
        self, path: str, params: dict[str, object], limit: int | None
    ) -> Page:
        params["limit"] = limit or self.rows_a_page
        try:
            if self._raw:
                return page_of(await self.graph.get(path, self._token, **params))
            if self._decoder is None:
                self._decoder = await self._page_decoder()
            return await self.graph.get_decoded(
                path, self._token, self._decoder, **params
            )
        except InvalidRequest as error:
            from .hints import hint_for

            error.hint = hint_for(str(error), self.query, error.subcode) or error.hint
            raise

    async def _page_decoder(self) -> PageDecoder:
        wants_zone = TIMEZONE in column_names(self.query)
        return PageDecoder(
            self.query,
            self._extra,
            timezone_name=await self.timezone_name() if wants_zone else None,
            problems=self._problems,
        )


def account_path(ad_account_id: str) -> str:
    """Return the path of an ad account, whatever its id may hold."""
    return f"/{quote(normal_ad_account_id(ad_account_id), safe='')}"


def _run_path(run_id: str, edge: str = "") -> str:
    return f"/{quote(run_id, safe='')}{edge}"


def insights_params(
    query: InsightsQuery, extra_fields: Iterable[str] = ()
) -> dict[str, object]:
    """Return the parameters of the request, in Meta's names."""
    extra = tuple(extra_fields)
    lists: dict[str, object] = {
        "breakdowns": query.breakdowns,
        "action_breakdowns": query.action_breakdowns,
        "action_attribution_windows": requested_windows(query, extra),
        "filtering": [condition.as_param() for condition in query.filtering],
        "sort": query.sort,
    }
    return {
        "fields": ",".join(requested_fields(query, extra)),
        "level": query.level.value,
        "time_increment": query.time_increment,
        **_dates(query),
        **{name: value for name, value in lists.items() if value},
        "limit": ROWS_A_PAGE,
    }


def _dates(query: InsightsQuery) -> dict[str, object]:
    if query.time_range is None:
        return {"date_preset": query.date_preset}
    since, until = query.time_range.since, query.time_range.until
    return {"time_range": {"since": since.isoformat(), "until": until.isoformat()}}
