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
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from datetime import timedelta
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
    chosen_connections,
    client_to_connect,
    connection_to_use,
    expires_soon,
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
from .models import AdAccount, Client, Connection, MetaApp, Row
from .parts import Notice, Parts, log_notice, read_stored_settings
from .settings import Settings, load_settings, working_folder

if TYPE_CHECKING:  # only connecting and disconnecting need them
    from .flows.authorize import Show
    from .flows.connect import ConnectFlow, LoginResult
    from .flows.disconnect import Disconnection, MayCutOff
    from .flows.doctor import Finding
    from .flows.refresh import Refreshed, RefreshFlow
    from .flows.status import ConnectionStatus
    from .flows.two_steps import StartedLogin
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
        self.settings = settings or load_settings(
            os.environ, working_folder(), read_stored=read_stored_settings
        )
        self.parts = Parts(self.settings, notice)
        self._notice = notice
        self._note_once = once(notice)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.parts.aclose()

    async def doctor(self) -> list[Finding]:
        """Try every prerequisite; return what was found, and how to mend it."""
        from .flows.doctor import doctor

        return await doctor(self.parts)

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
        return self._noted(await self._found(client_id, pick))

    async def connection_to_read(
        self,
        client_id: str | None = None,
        *,
        pick: PickClient | None = None,
        refresh: bool = True,
    ) -> Connection:
        """
        Return what `connection` returns, for reading with it.

        With *refresh* a token with less than seven days left is extended, where
        Meta does so and the app's secret is known.
        """
        found = await self._found(client_id, pick)
        app = self.parts.graph.app
        soon = expires_soon(found.token, self.parts.now())
        if refresh and soon and app and app.app_id:
            from .flows.refresh import refreshed_on_the_way

            flow = self._refresh_flow(app)
            found = await refreshed_on_the_way(found, flow, self._notice)
        return self._noted(found)

    async def _found(
        self, client_id: str | None, pick: PickClient | None
    ) -> Connection:
        named = client_id or self.settings.client
        found = await connection_to_use(named, self.parts.store, pick)
        require_same_issuer(found, self.settings.meta_host, self.settings.meta_app_id)
        return found

    def _noted(self, found: Connection) -> Connection:
        host = self.settings.meta_host
        self._note_once(notes_on(found, host, self.parts.now()))
        return found

    async def status(
        self,
        clients: Collection[str] | None = None,
        *,
        check: bool = False,
        within: timedelta | None = None,
    ) -> list[ConnectionStatus]:
        """
        Return how the connections of *clients*, by default all, are.

        With *check* Meta is asked, else only the store. *within* is what counts as
        expiring, by default 14 days. Nothing that is wrong with a connection
        is raised.
        """
        from .flows.status import EXPIRING_WITHIN, ask_meta, statuses

        found, missing = await chosen_connections(self.parts.store, clients)
        host, app_id = self.settings.meta_host, self.settings.meta_app_id
        asked = (
            await ask_meta(found, graph=self.parts.graph, host=host, app_id=app_id)
            if check
            else {}
        )
        return statuses(
            found,
            missing,
            asked,
            # A Login for Business configuration has permissions of its own.
            scopes=() if self.settings.config_id else self.settings.permissions,
            now=self.parts.now(),
            within=EXPIRING_WITHIN if within is None else within,
        )

    async def refresh(
        self,
        clients: Collection[str] | None = None,
        *,
        within: timedelta | None = None,
    ) -> list[Refreshed]:
        """
        Exchange the tokens of *clients*, by default of all, for ones that live longer.

        With *within* only those that expire that soon. What went wrong with a
        client is part of its result. Raises ConfigError where the app id or the app
        secret is not known.
        """
        from .flows.refresh import refresh_clients

        return await refresh_clients(
            clients, self._refresh_flow(self.parts.app), within=within
        )

    def _refresh_flow(self, app: MetaApp) -> RefreshFlow:
        from .flows.refresh import RefreshFlow

        return RefreshFlow(
            host=self.settings.meta_host,
            app=app,
            graph=self.parts.graph,
            store=self.parts.store,
            now=self.parts.now,
        )

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

    async def start_connect(
        self,
        client_id: str,
        *,
        redirect_uri: str | None = None,
        rerequest: bool = False,
        timeout: float = 3600,
    ) -> StartedLogin:
        """
        Return where somebody logs in, for `complete_connect` to go on from.

        Nothing listens: *redirect_uri* is any that the app lists, by default that
        of the settings. The answer counts once, for *timeout* seconds, at most a
        day; a second start takes the place of the first.
        """
        from .flows.two_steps import start_login

        flow = self._connect_flow(client_id)
        with naming(client_id):
            await flow.prepare()
            return await start_login(
                client_id,
                host=flow.host,
                app=flow.app,
                redirect_uri=redirect_uri or self.settings.redirect_uri_for(paste=True),
                started=self.parts.started,
                lifetime=timedelta(seconds=timeout),
                rerequest=rerequest,
                now=flow.now(),
            )

    async def complete_connect(
        self,
        client_id: str,
        address: str,
        *,
        account: str | None = None,
        pick: PickAdAccount | None = None,
    ) -> LoginResult:
        """Take *address*, on which the browser ended after `start_connect`."""
        from .flows.two_steps import code_in_answer

        flow = self._connect_flow(client_id)
        with naming(client_id):
            await flow.prepare()
            code, redirect_uri = await code_in_answer(
                client_id, address, started=self.parts.started
            )
            await flow.exchange(code, redirect_uri)
            return await flow.finish(partial(choose_ad_account, account, pick=pick))

    async def connect_with_token(
        self,
        client_id: str,
        token: str,
        *,
        account: str | None = None,
        pick: PickAdAccount | None = None,
    ) -> LoginResult:
        """
        Save a connection with a token of this app that was issued elsewhere.

        It may be a person's or a system user's; Meta inspects it first, and a
        short-lived one is exchanged for a long-lived one.
        """
        flow = self._connect_flow(client_id)
        with naming(client_id):
            await flow.prepare()
            await flow.adopt(token)
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
        refresh: bool = True,
    ) -> InsightsRequest:
        """
        Return the unit of work: *query*, asked of the client's ad account.

        For *refresh* see `connection_to_read`.
        """
        connection = await self.connection_to_read(
            client_id, pick=pick, refresh=refresh
        )
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
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> AsyncGenerator[Row, None]:
        """Yield the rows that `insights` returns, as they come."""
        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
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
        refresh: bool = True,
        **options: Unpack[InsightsOptions],
    ) -> list[Row]:
        """
        Return the Insights rows of the client's ad account.

        *ad_account* is any that the client's token reaches, by id or name; by
        default the chosen one. The options are those of
        `metaconnect.insights.query.insights_query`; *raw* leaves the rows as Meta
        sent them. For *refresh* see `connection_to_read`.
        """
        query = insights_query(date_preset, **options)
        request = await self.insights_request(
            query, client_id, ad_account, refresh=refresh
        )
        return await self.rows(request, raw=raw)
