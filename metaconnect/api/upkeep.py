"""Keeping connections healthy, and choosing their ad accounts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from ..flows.accounts import (
    PickAdAccount,
    reached_ad_accounts,
    use_ad_account,
)
from ..flows.clients import (
    PickClient,
    chosen_connections,
    expires_soon,
)
from ..models import AdAccount, Connection, MetaApp
from .base import Program

if TYPE_CHECKING:  # loaded by the verbs that use them
    from ..flows.doctor import Finding
    from ..flows.refresh import Refreshed
    from ..flows.renewal import Renewer
    from ..flows.status import ConnectionStatus


class Upkeep(Program):
    """The verbs that look after connections."""

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
        return await self._to_read(await self._found(client_id, pick), refresh=refresh)

    async def _to_read(self, found: Connection, *, refresh: bool) -> Connection:
        app = self.parts.graph.app
        soon = expires_soon(found.token, self.parts.now())
        if refresh and soon and app and app.app_id:
            from ..flows.renewal import refreshed_on_the_way

            renewer = self._renewer(app)
            found = await refreshed_on_the_way(found, renewer, self._notice)
        return self._noted(found)

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
        from ..flows.status import EXPIRING_WITHIN, ask_meta, statuses

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
        from ..flows.refresh import refresh_clients

        renewer = self._renewer(self.parts.app)
        return await refresh_clients(clients, renewer, within=within)

    async def doctor(self) -> list[Finding]:
        """Try every prerequisite; return what was found, and how to mend it."""
        from ..flows.doctor import doctor

        return await doctor(self.parts)

    def _renewer(self, app: MetaApp) -> Renewer:
        from ..flows.renewal import Renewer

        return Renewer(
            host=self.settings.meta_host,
            app=app,
            graph=self.parts.graph,
            store=self.parts.store,
            now=self.parts.now,
        )
