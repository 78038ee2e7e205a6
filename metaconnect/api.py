"""
The whole program without a terminal.

    async with AsyncMetaconnect() as meta:
        rows = await meta.insights("acme", "last_7d", level="campaign")

It never prints, asks, or touches signals: what a person should know goes to the logger
"metaconnect", or to the *notice* that is given. `metaconnect.blocking.Metaconnect` is
the same without `await`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Self, Unpack

from .flows.accounts import (
    PickAdAccount,
    ad_account_to_read,
    choose_ad_account,
    use_ad_account,
)
from .flows.clients import (
    PickClient,
    client_to_connect,
    connection_to_use,
    note_on_expiry,
    note_on_host,
    require_same_issuer,
)
from .flows.insights import (
    InsightsRequest,
    insights_pages,
    once_a_field,
)
from .flows.threads import in_thread
from .graph.accounts import list_ad_accounts
from .insights.query import InsightsOptions, InsightsQuery, insights_query
from .models import AdAccount, Client, Connection, Row
from .parts import Notice, Parts
from .settings import Settings, load_settings, working_folder

if TYPE_CHECKING:  # only connecting needs them
    from .flows.authorize import Show
    from .flows.connect import ConnectFlow, LoginResult
    from .oauth.receiver import Receiver

_log = logging.getLogger("metaconnect")
_log.addHandler(logging.NullHandler())  # silent until the program that imports us logs
log_notice = _log.warning


class AsyncMetaconnect:
    """
    Connections, their ad accounts and Insights, inside an event loop.

    *settings* default to those of the command line: the environment, .env.local,
    .env, and what was remembered. Use it as an asynchronous context manager, or
    call `aclose`: it owns one pool of HTTP connections and one throttle for all
    its requests. Every method raises the errors of `metaconnect.errors`.
    """

    def __init__(
        self, settings: Settings | None = None, *, notice: Notice = log_notice
    ) -> None:
        self.settings = settings or load_settings(os.environ, working_folder())
        self.parts = Parts(self.settings, notice)
        self._notice = notice
        self._noted: set[str] = set()

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
        self._note(note_on_host(host))
        self._note(note_on_expiry(found, self.parts.now()))
        return found

    def _note(self, text: str | None) -> None:
        """Tell *text* once."""
        if text and text not in self._noted:
            self._noted.add(text)
            self._notice(text)

    async def clients(self) -> list[Client]:
        """Return whom a connection may belong to, by name."""
        return await in_thread(self.parts.store.clients)

    async def ad_accounts(
        self, client_id: str | None = None, *, pick: PickClient | None = None
    ) -> tuple[AdAccount, ...]:
        """Return every ad account that the client's token reaches."""
        connection = await self.connection(client_id, pick=pick)
        return await list_ad_accounts(self.parts.graph, connection.token)

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

        A client whose token Meta still accepts keeps it; only the ad account changes
        where *account* names another. *force* logs in anew, *rerequest* asks again
        for permissions that were declined. *receivers* and *show* take the place of
        the listener on localhost and of the person's browser. *timeout* is seconds.
        """
        from .flows.authorize import authorize

        flow = self._connect_flow(client_id)
        if rerequest and not force:
            await flow.stored()
        elif not force and (found := await flow.accepted(account)):
            return found
        await flow.prepare()
        if receivers is None or show is None:
            receivers, show = self._browser()
        code, redirect_uri = await authorize(
            client_id,
            host=flow.host,
            app=flow.app,
            receivers=receivers,
            show=show,
            timeout=timeout,
            rerequest=rerequest,
        )
        await flow.exchange(code, redirect_uri)
        return await flow.finish(partial(choose_ad_account, account, pick=pick))

    def _browser(self) -> tuple[Sequence[Receiver], Show]:
        """Return a listener on localhost, and what opens the person's browser."""
        from .oauth.browser import open_browser
        from .oauth.loopback import LoopbackReceiver

        receiver = LoopbackReceiver(self.settings.redirect_uri_for(paste=False))

        async def show(_request: object) -> None:
            self._notice(f"Log in to Meta in the browser:  {receiver.start_url}")
            await open_browser(receiver.start_url)

        return [receiver], show

    async def resume(
        self,
        client_id: str,
        *,
        account: str | None = None,
        pick: PickAdAccount | None = None,
    ) -> LoginResult:
        """Finish a login that was kept because it could not be saved."""
        flow = self._connect_flow(client_id)
        await flow.prepare()
        return await flow.finish(partial(choose_ad_account, account, pick=pick))

    async def client_to_connect(
        self, client_id: str | None = None, *, pick: PickClient | None = None
    ) -> str:
        """Return the client that is meant: named, the only one, or picked."""
        named = client_id or self.settings.client
        return await client_to_connect(named, self.parts.store, pick)

    def _connect_flow(self, client_id: str) -> ConnectFlow:
        from .flows.connect import ConnectFlow

        self.settings.require_all_for_connecting()
        host = self.settings.meta_host
        self._note(note_on_host(host))
        return ConnectFlow(
            client_id=client_id,
            host=host,
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
        return InsightsRequest(
            connection=connection,
            ad_account_id=await ad_account_to_read(
                ad_account, connection, self.parts.graph
            ),
            query=query,
        )

    def pages(
        self,
        request: InsightsRequest,
        *,
        raw: bool = False,
    ) -> AsyncGenerator[list[Row], None]:
        """Return the rows of *request* a page at a time."""
        return insights_pages(
            request,
            graph=self.parts.graph,
            raw=raw,
            problems=once_a_field(self._notice),
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
