"""
The connect flow: from a click in the browser to a stored connection.

    authorization request -> browser -> authorization code
    -> short-lived token -> long-lived token -> permissions, user, ad accounts
    -> the one that is chosen -> connection

From the first token on the login is kept in the local secret store until the
connection is saved: a store that is down, a network that goes, a checkpoint of
Facebook's or Ctrl-C in the picker cost no second login.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec.structs import replace

from ..constants import META_GRAPH_URL
from ..errors import (
    AdAccountNotFound,
    ConfigError,
    MetaconnectError,
    NotConnected,
    PermissionDeclined,
    TokenRejected,
)
from ..graph.accounts import list_ad_accounts, me
from ..graph.client import GraphClient
from ..graph.tokens import TokenInfo, exchange_code, long_lived_token
from ..models import AccessToken, AdAccount, Connection, MetaApp, MetaHost, MetaUser
from ..oauth.receiver import Receiver
from ..redact import command
from ..stores.base import ConnectionStore
from ..stores.pending import PendingLogin, PendingLogins
from .accounts import (
    inspected,
    with_ad_account,
)
from .adopt import inspected_token
from .authorize import Show, authorize
from .permissions import declined_permissions
from .threads import in_thread

Choose = Callable[[Sequence[AdAccount]], AdAccount | None]


class LoginResult(msgspec.Struct, frozen=True, kw_only=True):
    """
    A connection, and what the login told besides.

    `is_new` is False where the client was connected already and Meta still accepts
    its token; `ad_accounts` were then read only if another was asked for.
    """

    connection: Connection
    user: MetaUser
    ad_account: AdAccount | None = None
    ad_accounts: tuple[AdAccount, ...] = ()
    declined: tuple[str, ...] = ()
    is_new: bool = True

    def has_token_of(self, login: PendingLogin) -> bool:
        return self.connection.token.value == login.token.value


class ConnectFlow(msgspec.Struct, frozen=True, kw_only=True):
    """
    The steps of connecting *client_id*, each of which may be the last.

    `others` are clients that the same login is for: it is kept for them too.
    `now` is the clock, in UTC.
    """

    client_id: str
    others: tuple[str, ...] = ()
    host: MetaHost
    app: MetaApp
    graph: GraphClient
    store: ConnectionStore
    pending: PendingLogins
    now: Callable[[], datetime]

    async def prepare(self) -> None:
        """Raise, with a next step, unless a connection could and may be saved."""
        await in_thread(self.store.check, self.client_id)
        if self.host.is_meta:
            return
        former = await self.stored()
        if former and former.graph_url == META_GRAPH_URL:
            raise ConfigError(
                f"Client {self.client_id!r} is connected at Meta: a login at "
                f"{self.host.graph_url} would take the place of its token.",
                hint="Unset META_GRAPH_URL, or connect another client.",
            )

    async def log_in(
        self,
        receivers: Sequence[Receiver],
        show: Show,
        *,
        timeout: float,
        rerequest: bool = False,
    ) -> None:
        """Let the person log in, see `authorize`, and keep the token."""
        code, redirect_uri = await authorize(
            self.client_id,
            host=self.host,
            app=self.app,
            receivers=receivers,
            show=show,
            timeout=timeout,
            rerequest=rerequest,
        )
        await self.exchange(code, redirect_uri)

    async def exchange(self, code: str, redirect_uri: str) -> None:
        """Trade an authorization *code* for a token, and keep that."""
        token = await exchange_code(
            self.graph, self.app, code, redirect_uri, self.now()
        )
        await self._keep(token, long_lived=False)

    async def adopt(self, value: str) -> None:
        """Keep a token that was issued elsewhere; see `inspected_token`."""
        token, lasts = await inspected_token(
            value, graph=self.graph, app=self.app, now=self.now()
        )
        await self._keep(token, long_lived=lasts)

    async def finish(
        self, choose: Choose, former: LoginResult | None = None
    ) -> LoginResult:
        """
        Turn the login that is kept into a stored connection.

        Where the *former* result is of the same login, Meta is not asked again.
        Raises NothingToResume where none is kept, PermissionDeclined where the
        person left out what is needed, and whatever Meta and the store raise; the
        login is then kept further, unless it is of no use.
        """
        login = await in_thread(self.pending.get, self.client_id)
        try:
            if former is None or not former.has_token_of(login):
                former = await self._explore(*await self._long_lived(login))
            result = self._chosen(former, choose)
            saved = await in_thread(self.store.save, result.connection)
        except (PermissionDeclined, TokenRejected):
            await self._forget()
            raise
        except MetaconnectError as error:
            # There is no connection yet to list the ad accounts of.
            first = "" if isinstance(error, AdAccountNotFound) else error.hint
            error.hint = f"{first}\n{kept_hint(self.client_id)}".strip()
            raise
        await self._forget()
        return replace(result, connection=saved)

    async def stored(self) -> Connection | None:
        """Return the client's connection, None where there is none."""
        try:
            return await in_thread(self.store.get, self.client_id)
        except NotConnected:
            return None

    async def _long_lived(
        self, login: PendingLogin
    ) -> tuple[AccessToken, TokenInfo | None]:
        """Return the token to keep, which is then the one kept, and what it is."""
        if login.long_lived:
            return login.token, await inspected(self.graph, login.token)
        token, info = await long_lived_token(
            self.graph, self.app, login.token, self.now()
        )
        await self._keep(token, long_lived=True)
        return token, info

    async def _explore(self, token: AccessToken, info: TokenInfo | None) -> LoginResult:
        """Ask Meta whose login it is and what it reaches."""
        declined = await declined_permissions(self.graph, token, info, self.client_id)
        user = await me(self.graph, token)
        ad_accounts = await list_ad_accounts(
            self.graph,
            token,
            system_user=info is not None and info.is_system_user,
            user_id=user.id,
        )
        connection = Connection(
            client_id=self.client_id,
            token=token,
            user_facebook_id=user.id,
            user_name=user.name,
            graph_url=self.host.graph_url,
            app_id=self.app.app_id,
        )
        return LoginResult(
            connection=connection,
            user=user,
            ad_accounts=ad_accounts,
            declined=declined,
        )

    def _chosen(self, login: LoginResult, choose: Choose) -> LoginResult:
        """Return *login* as that of this client, with the ad account it chose."""
        ad_account = choose(login.ad_accounts)
        connection = replace(
            login.connection, client_id=self.client_id, created_at=None, updated_at=None
        )
        return replace(
            login,
            connection=with_ad_account(connection, ad_account),
            ad_account=ad_account,
        )

    async def _keep(self, token: AccessToken, *, long_lived: bool) -> None:
        login = PendingLogin(token=token, long_lived=long_lived, created_at=self.now())
        await in_thread(self.pending.keep, self.client_id, login, *self.others)

    async def _forget(self) -> None:
        # A login that stays is deleted after a day: no reason to hide what happened.
        with suppress(MetaconnectError):
            await in_thread(self.pending.forget, self.client_id)


def kept_hint(client_id: str) -> str:
    """Return how to go on with a login that is kept."""
    return "The login is kept. Finish it, without the browser, with:  " + command(
        "connect --resume", client_id
    )
