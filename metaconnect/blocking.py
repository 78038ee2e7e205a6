"""
The same without `await`.

    with Metaconnect() as meta:
        rows = meta.insights("acme", "last_7d", level="campaign")
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import AbstractContextManager
from datetime import date, timedelta
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, Unpack

from anyio.from_thread import BlockingPortal, start_blocking_portal

from .api import AsyncMetaconnect
from .graph.waits import MAX_WAIT
from .insights.plain import Numbers, plain_rows
from .insights.query import InsightsOptions, InsightsQuery, insights_query
from .models import AdAccount, Client, Connection, Row
from .parts import Notice, log_notice
from .settings import Settings

if TYPE_CHECKING:  # most programs go without them
    from .api.many import ManyInsights
    from .flows.audit import Audits
    from .flows.disconnect import Disconnection
    from .flows.doctor import Finding
    from .flows.insights import InsightsRequest
    from .flows.insights_many import Targets
    from .flows.refresh import Refreshed
    from .flows.status import ConnectionStatus
    from .flows.sync import Synced
    from .flows.two_steps import StartedLogin
    from .insights.frame import Library
    from .insights.reports import Report

TIMEOUT = 10.0  # seconds that a cancelled call may take to clean up

P = ParamSpec("P")
T = TypeVar("T")


class Metaconnect:
    """
    The synchronous face of `AsyncMetaconnect`, for a `with` block.

    Its event loop runs in a thread of its own, so that it also works where one runs
    already: in a notebook, in a web handler.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        notice: Notice = log_notice,
        max_wait: float = MAX_WAIT,
    ) -> None:
        self._meta = AsyncMetaconnect(settings, notice=notice, max_wait=max_wait)
        self._running: AbstractContextManager[BlockingPortal] | None = None

    def __enter__(self) -> Self:
        if self._running is not None:
            raise RuntimeError("This Metaconnect is in use: make another.")
        self._running = start_blocking_portal()
        self._portal = self._running.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        running, self._running = self._running, None
        try:
            self._portal.call(self._meta.aclose)
        finally:
            if running is not None:
                running.__exit__(kind, error, traceback)

    @property
    def settings(self) -> Settings:
        return self._meta.settings

    def doctor(self) -> list[Finding]:
        """Try every prerequisite; return what was found, and how to mend it."""
        return self._call(self._meta.doctor)

    def connections(self) -> list[Connection]:
        """Return every connection of the store, by client."""
        return self._call(self._meta.connections)

    def connection(self, client_id: str | None = None) -> Connection:
        """Return the client's connection; without a name the only one."""
        return self._call(self._meta.connection, client_id)

    def status(
        self,
        clients: Collection[str] | None = None,
        *,
        check: bool = False,
        within: timedelta | None = None,
    ) -> list[ConnectionStatus]:
        """Return how connections are; see `AsyncMetaconnect.status`."""
        return self._call(self._meta.status, clients, check=check, within=within)

    def refresh(
        self,
        clients: Collection[str] | None = None,
        *,
        within: timedelta | None = None,
    ) -> list[Refreshed]:
        """Extend tokens; see `AsyncMetaconnect.refresh`."""
        return self._call(self._meta.refresh, clients, within=within)

    def clients(self) -> list[Client]:
        """Return whom a connection may belong to, by name."""
        return self._call(self._meta.clients)

    def ad_accounts(
        self, client_id: str | None = None, *, businesses: bool = False
    ) -> tuple[AdAccount, ...]:
        """
        Return every ad account that the client's token reaches; with *businesses*
        those that the person's businesses own or were given.
        """
        return self._call(self._meta.ad_accounts, client_id, businesses=businesses)

    def use_ad_account(self, client_id: str, ad_account: str) -> Connection:
        """Choose the ad account that the client's Insights are read from."""
        return self._call(self._meta.use_ad_account, client_id, ad_account)[0]

    def connect(
        self,
        client_id: str,
        *,
        account: str | None = None,
        force: bool = False,
        rerequest: bool = False,
        timeout: float = 300,
    ) -> Connection:
        """Log in to Meta in the browser; see `AsyncMetaconnect.connect`."""
        result = self._call(
            self._meta.connect,
            client_id,
            account=account,
            force=force,
            rerequest=rerequest,
            timeout=timeout,
        )
        return result.connection

    def start_connect(
        self,
        client_id: str,
        *,
        redirect_uri: str | None = None,
        rerequest: bool = False,
        timeout: float = 3600,
    ) -> StartedLogin:
        """Return where somebody logs in; see `AsyncMetaconnect.start_connect`."""
        return self._call(
            self._meta.start_connect,
            client_id,
            redirect_uri=redirect_uri,
            rerequest=rerequest,
            timeout=timeout,
        )

    def complete_connect(
        self, client_id: str, address: str, *, account: str | None = None
    ) -> Connection:
        """Take the address on which the browser ended after `start_connect`."""
        return self._call(
            self._meta.complete_connect, client_id, address, account=account
        ).connection

    def connect_with_token(
        self, client_id: str, token: str, *, account: str | None = None
    ) -> Connection:
        """Save a token that was issued elsewhere; see `AsyncMetaconnect`."""
        return self._call(
            self._meta.connect_with_token, client_id, token, account=account
        ).connection

    def resume(self, client_id: str, *, account: str | None = None) -> Connection:
        """Finish a login that was kept because it could not be saved."""
        return self._call(self._meta.resume, client_id, account=account).connection

    def disconnect(
        self,
        client_id: str,
        *,
        local_only: bool = False,
        may_cut_off: bool = False,
    ) -> Disconnection:
        """Revoke the login and delete it; see `AsyncMetaconnect.disconnect`."""
        return self._call(
            self._meta.disconnect,
            client_id,
            local_only=local_only,
            may_cut_off=may_cut_off,
        )

    def sync(
        self,
        to: str,
        clients: Collection[str] | None = None,
        *,
        reports: Sequence[Report] | None = None,
        days: int = 28,
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> list[Synced]:
        """Keep Insights in a table; see `AsyncMetaconnect.sync`."""
        return self._call(
            self._meta.sync,
            to,
            clients,
            reports=reports,
            days=days,
            refresh=refresh,
            **options,
        )

    def insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        numbers: Numbers = "decimal",
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> list[Row]:
        """Return Insights rows; see `AsyncMetaconnect.insights`."""
        return self._call(
            self._meta.insights,
            client_id,
            date_preset,
            ad_account=ad_account,
            raw=raw,
            numbers=numbers,
            refresh=refresh,
            **options,
        )

    def insights_many(
        self,
        clients: Collection[str] | None = None,
        date_preset: str | None = None,
        *,
        ad_accounts: Sequence[str] = (),
        all_accounts: bool = False,
        raw: bool = False,
        numbers: Numbers = "decimal",
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> ManyInsights:
        """Return the rows of many clients; see `AsyncMetaconnect.insights_many`."""
        return self._call(
            self._meta.insights_many,
            clients,
            date_preset,
            ad_accounts=ad_accounts,
            all_accounts=all_accounts,
            raw=raw,
            numbers=numbers,
            refresh=refresh,
            **options,
        )

    def insights_frame(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        library: Library | None = None,
        numbers: Numbers = "float",
        ad_account: str | None = None,
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> Any:
        """Return Insights as a DataFrame; see `AsyncMetaconnect.insights_frame`."""
        return self._call(
            self._meta.insights_frame,
            client_id,
            date_preset,
            library=library,
            numbers=numbers,
            ad_account=ad_account,
            refresh=refresh,
            **options,
        )

    def audit(
        self,
        clients: Collection[str] | None = None,
        date_preset: str | None = None,
        *,
        ad_accounts: Sequence[str] = (),
        all_accounts: bool = False,
        breakdowns: Iterable[str] | None = None,
        against: str | None = None,
        reports: Sequence[Report] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        refresh: bool = True,
    ) -> Audits:
        """Return whether the rows of a period agree; see `AsyncMetaconnect.audit`."""
        return self._call(
            self._meta.audit,
            clients,
            date_preset,
            ad_accounts=ad_accounts,
            all_accounts=all_accounts,
            breakdowns=breakdowns,
            against=against,
            reports=reports,
            since=since,
            until=until,
            refresh=refresh,
        )

    def stream_insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        numbers: Numbers = "decimal",
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> Iterator[Row]:
        """Yield the rows that `insights` returns, a page being held at a time."""
        query = insights_query(date_preset, **options)
        request = self._call(
            self._meta.insights_request, query, client_id, ad_account, refresh=refresh
        )
        for page in self.pages(request, raw=raw):
            yield from plain_rows(page, numbers)

    def insights_requests(
        self,
        query: InsightsQuery,
        clients: Collection[str] | None = None,
        *,
        all_accounts: bool = False,
    ) -> Targets:
        """Return the units of work; see `AsyncMetaconnect.insights_requests`."""
        return self._call(
            self._meta.insights_requests, query, clients, all_accounts=all_accounts
        )

    def share_limits(self) -> None:
        """Heed what other processes have learnt of Meta's quotas."""
        self._meta.parts.share_limits()

    def pages(
        self, request: InsightsRequest, *, raw: bool = False
    ) -> Iterator[list[Row]]:
        """Yield the rows of a unit of work, a page at a time."""
        block = self._meta.reading(request, raw=raw)
        pages = self._call(block.__aenter__)
        try:
            while (page := self._call(_next, pages)) is not None:
                yield page
        finally:
            if self._running is not None:  # else it is closed already
                self._call(block.__aexit__, None, None, None)

    def _call(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *function* in the loop. An interrupted one is cancelled, and awaited."""
        if self._running is None:
            raise RuntimeError("Metaconnect is used inside its `with` block.")
        ended = Event()

        async def run() -> T:
            try:
                return await function(*args, **kwargs)
            finally:
                ended.set()

        future = None
        try:
            future = self._portal.start_task_soon(run)
            return future.result()
        except BaseException:
            if future and not ended.is_set():
                future.cancel()
                ended.wait(TIMEOUT)
            raise


async def _next(pages: AsyncIterator[list[Row]]) -> list[Row] | None:
    return await anext(pages, None)
