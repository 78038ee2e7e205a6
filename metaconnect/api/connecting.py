"""Logging in to Meta, and taking a login back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from ..flows.accounts import (
    PickAdAccount,
    choose_ad_account,
)
from ..flows.clients import (
    PickClient,
    client_to_connect,
    naming,
    note_on_host,
)
from .base import Program

if TYPE_CHECKING:  # loaded by the verbs that use them
    from ..flows.authorize import Show
    from ..flows.connect import Choose, ConnectFlow, LoginResult
    from ..flows.disconnect import Disconnection, MayCutOff
    from ..flows.several import Outcome
    from ..flows.two_steps import StartedLogin
    from ..oauth.receiver import Receiver


class Connecting(Program):
    """The verbs that make and end connections."""

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
        from ..flows.accepted import accepted

        flow = self._connect_flow(client_id)
        with naming(client_id):
            if not (force or rerequest) and (found := await accepted(flow, account)):
                return found
            await flow.prepare()
            if receivers is None or show is None:
                receivers, show = self._own_browser()
            await flow.log_in(receivers, show, timeout=timeout, rerequest=rerequest)
            return await flow.finish(partial(choose_ad_account, account, pick=pick))

    async def connect_many(
        self,
        client_ids: Sequence[str],
        *,
        accounts: Mapping[str, str | None] | None = None,
        force: bool = False,
        rerequest: bool = False,
        timeout: float = 300,
        receivers: Sequence[Receiver] | None = None,
        show: Show | None = None,
        pick: Callable[[str], PickAdAccount | None] | None = None,
    ) -> AsyncGenerator[Outcome, None]:
        """
        Log in once for all of *client_ids*, and yield what becomes of each.

        *accounts* names ad accounts by client, *pick* returns how one is picked for a
        client; else see `connect`. What goes wrong with a client is part of its
        outcome; what goes wrong before the login is raised.
        """
        from ..flows.several import found_already, log_in_once

        named = accounts or {}
        left = [self._connect_flow(client_id) for client_id in client_ids]
        if not (force or rerequest):
            found, left = await found_already(left, named)
            for outcome in found:
                yield outcome
        if receivers is None or show is None:
            receivers, show = self._own_browser()
        log_in = methodcaller(
            "log_in", receivers, show, timeout=timeout, rerequest=rerequest
        )

        def choose(client_id: str) -> Choose:
            picked = pick(client_id) if pick else None
            return partial(choose_ad_account, named.get(client_id), pick=picked)

        async for outcome in log_in_once(left, log_in, choose):
            yield outcome

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
        from ..flows.two_steps import start_login

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
        from ..flows.two_steps import code_in_answer

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

    async def client_to_connect(
        self, client_id: str | None = None, *, pick: PickClient | None = None
    ) -> str:
        """Return the client that is meant: named, the only one, or picked."""
        named = client_id or self.settings.client
        return await client_to_connect(named, self.parts.store, pick)

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
        from ..flows.disconnect import DisconnectFlow, refuse_to_cut_off

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

    def _own_browser(self) -> tuple[Sequence[Receiver], Show]:
        from ..flows.authorize import own_browser

        redirect_uri = self.settings.redirect_uri_for(paste=False)
        return own_browser(redirect_uri, self._notice)

    def _connect_flow(self, client_id: str) -> ConnectFlow:
        from ..flows.connect import ConnectFlow

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
