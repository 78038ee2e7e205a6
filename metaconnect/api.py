"""
The whole program without a terminal.

    async with AsyncMetaconnect() as meta:
        rows = await meta.insights("acme", "last_7d", level="campaign")

It never prints, asks, or touches signals: what a person should know goes to *notice*,
by default the logger "metaconnect". `metaconnect.Metaconnect` is the same without
`await`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Self, Unpack

from .flows.accounts import (
    PickAdAccount,
    ad_account_to_read,
    choose_ad_account,
    reached_ad_accounts,
    use_ad_account,
)
from .flows.clients import (
    PickClient,
    client_to_connect,
    connection_to_use,
    naming,
    note_on_host,
    notes_on,
    once,
    require_same_issuer,
)
from .flows.insights import (
    InsightsReport,
    InsightsRequest,
    insights_pages,
    insights_report,
)
from .flows.threads import in_thread
from .insights.query import InsightsOptions, InsightsQuery, insights_query
from .models import AdAccount, Client, Connection, Row
from .parts import Notice, Parts, log_notice
from .settings import Settings, load_settings, working_folder

if TYPE_CHECKING:  # only connecting and disconnecting need them
    from .flows.authorize import Show
    from .flows.connect import ConnectFlow, LoginResult
    from .flows.disconnect import Disconnection, MayCutOff
    from .oauth.receiver import Receiver


class AsyncMetaconnect:
    """
    Connections, their ad accounts and Insights, inside an event loop.

    *settings* default to those of the command line. Use it as an asynchronous
    context manager, or call `aclose`: it owns one pool of HTTP connections and one
    throttle. Every method raises the errors of `metaconnect.errors`.
    """

    def __init__(
        self, settings: Settings | None = None, *, notice: Notice = log_notice
    ) -> None:
        self.settings = settings or load_settings(os.environ, working_folder())
        self.parts = Parts(self.settings, notice)
        self._notice = notice
        self._note_once = once(notice)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.parts.aclose()

    async def connections(self) -> list[Connection]:
        """Return every connection of the store, by client."""
        return await in_thread(self.parts.store.connections)

    async def connection(
        self, client_id: str | None = None, *, pick: PickClient | None = None
    ) -> Connection:
        """
        Return the client's connection; without a name the only one, else the one
        that *pick* picks. Raises NotConnected, and ConfigError where its token was
        issued by another Graph host or app than the settings name.
        """
        named = client_id or self.settings.client
        found = await connection_to_use(named, self.parts.store, pick)
        host = self.settings.meta_host
        require_same_issuer(found, host, self.settings.meta_app_id)
        self._note_once(notes_on(found, host, self.parts.now()))
        return found

    async def clients(self) -> list[Client]:
        """Return whom a connection may belong to, by name."""
        return await in_thread(self.parts.store.clients)

    async def ad_accounts(
        self,
        client_id: str | None = None,
        *,
        businesses: bool = False,
        pick: PickClient | None = None,
    ) -> tuple[AdAccount, ...]:
        """
        Return every ad account that the client's token reaches; with *businesses*
        those that the person's businesses own or were given.
        """
        connection = await self.connection(client_id, pick=pick)
        return await reached_ad_accounts(
            connection, graph=self.parts.graph, businesses=businesses
        )

    async def use_ad_account(
        self,
        client_id: str | None = None,
        ad_account: str | None = None,
        *,
        pick_client: PickClient | None = None,
        pick: PickAdAccount | None = None,
    ) -> tuple[Connection, AdAccount]:
        """Choose the ad account that the client's Insights are read from."""
        connection = await self.connection(client_id, pick=pick_client)
        return await use_ad_account(
            connection,
            ad_account,
            graph=self.parts.graph,
            store=self.parts.store,
            pick=pick,
        )

    async def connect(
        self,
        client_id: str,
        *,
        account: str | None = None,
        force: bool = False,
        rerequest: bool = False,
        timeout: float = 300,
        receivers: Sequence[Receiver] | None = None,
        show: Show | None = None,
        pick: PickAdAccount | None = None,
    ) -> LoginResult:
        """
        Log in to Meta in the browser and save the connection.

        A token that Meta still accepts is kept, unless *force* is set, and only the
        ad account changes. *rerequest* asks again for permissions that were declined.
        *receivers* and *show* take the place of a listener and the person's browser.
        """
        flow = self._connect_flow(client_id)
        with naming(client_id):
            if not (force or rerequest) and (found := await flow.accepted(account)):
                return found
            await flow.prepare()
            if receivers is None or show is None:
                receivers, show = self._own_browser()
            await flow.log_in(receivers, show, timeout=timeout, rerequest=rerequest)
            return await flow.finish(partial(choose_ad_account, account, pick=pick))

    def _own_browser(self) -> tuple[Sequence[Receiver], Show]:
        from .flows.authorize import own_browser

        redirect_uri = self.settings.redirect_uri_for(paste=False)
        return own_browser(redirect_uri, self._notice)

    async def resume(
        self,
        client_id: str,
        *,
        account: str | None = None,
        pick: PickAdAccount | None = None,
    ) -> LoginResult:
        """Finish a login that was kept because it could not be saved."""
        flow = self._connect_flow(client_id)
        with naming(client_id):
            await flow.prepare()
            return await flow.finish(partial(choose_ad_account, account, pick=pick))

    async def disconnect(
        self,
        client_id: str | None = None,
        *,
        local_only: bool = False,
        may_cut_off: MayCutOff | bool = False,
        pick: PickClient | None = None,
    ) -> Disconnection:
        """
        Revoke the client's login at Meta, then delete its connection.

        That ends the login of every client which the same person connected:
        *may_cut_off* allows it, True or a function that decides when it is known
        whom. *local_only* asks nothing of Meta. Nothing is deleted where Meta cannot
        be reached.
        """
        from .flows.disconnect import DisconnectFlow, refuse_to_cut_off

        if isinstance(may_cut_off, bool):
            allowed = may_cut_off
            may_cut_off = (lambda *_: True) if allowed else refuse_to_cut_off
        knows_app = self.settings.meta_app_id and self.settings.meta_app_secret
        flow = DisconnectFlow(
            host=self.settings.meta_host,
            app_id=self.settings.meta_app_id,
            graph=self.parts.graph,
            store=self.parts.store,
            pending=self.parts.pending if knows_app else None,
        )
        named = client_id or self.settings.client
        return await flow.run(
            named, pick, local_only=local_only, may_cut_off=may_cut_off
        )

    async def client_to_connect(
        self, client_id: str | None = None, *, pick: PickClient | None = None
    ) -> str:
        """Return the client that is meant: named, the only one, or picked."""
        named = client_id or self.settings.client
        return await client_to_connect(named, self.parts.store, pick)

    def _connect_flow(self, client_id: str) -> ConnectFlow:
        from .flows.connect import ConnectFlow

        self.settings.require_all_for_connecting()
        self._note_once(note_on_host(self.settings.meta_host))
        return ConnectFlow(
            client_id=client_id,
            host=self.settings.meta_host,
            app=self.parts.app,
            graph=self.parts.graph,
            store=self.parts.store,
            pending=self.parts.pending,
            now=self.parts.now,
        )

    async def insights_request(
        self,
        query: InsightsQuery,
        client_id: str | None = None,
        ad_account: str | None = None,
        *,
        pick: PickClient | None = None,
    ) -> InsightsRequest:
        """Return the unit of work: *query*, asked of the client's ad account."""
        connection = await self.connection(client_id, pick=pick)
        wanted = await ad_account_to_read(
            ad_account, connection, graph=self.parts.graph
        )
        return InsightsRequest(connection=connection, ad_account_id=wanted, query=query)

    def pages(
        self, request: InsightsRequest, *, raw: bool = False
    ) -> AsyncGenerator[list[Row], None]:
        """Return the rows of *request* a page at a time."""
        return insights_pages(
            request,
            graph=self.parts.graph,
            raw=raw,
            problems=lambda problem: self._notice(str(problem)),
        )

    async def report(
        self,
        request: InsightsRequest,
        *,
        page_read: Callable[[int], None] = lambda _rows: None,
    ) -> InsightsReport:
        """Return all rows of *request* with what a table of them needs."""
        return await insights_report(
            request,
            graph=self.parts.graph,
            now=self.parts.now(),
            problems=lambda problem: self._notice(str(problem)),
            page_read=page_read,
        )

    async def rows(self, request: InsightsRequest, *, raw: bool = False) -> list[Row]:
        """Return all rows of *request*."""
        async with aclosing(self.pages(request, raw=raw)) as pages:
            return [row async for page in pages for row in page]

    async def stream_insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        **options: Unpack[InsightsOptions],
    ) -> AsyncGenerator[Row, None]:
        """Yield the rows that `insights` returns, as they come."""
        query = insights_query(date_preset, **options)
        request = await self.insights_request(query, client_id, ad_account)
        async with aclosing(self.pages(request, raw=raw)) as pages:
            async for page in pages:
                for row in page:
                    yield row

    async def insights(
        self,
        client_id: str | None = None,
        date_preset: str | None = None,
        *,
        ad_account: str | None = None,
        raw: bool = False,
        **options: Unpack[InsightsOptions],
    ) -> list[Row]:
        """
        Return the Insights rows of the client's ad account.

        *ad_account* is any that the client's token reaches, by id or name; by
        default the chosen one. The options are those of
        `metaconnect.insights.query.insights_query`; *raw* leaves the rows as Meta
        sent them.
        """
        query = insights_query(date_preset, **options)
        request = await self.insights_request(query, client_id, ad_account)
        return await self.rows(request, raw=raw)
