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
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from ..errors import (
    ConfigError,
    GraphError,
    MetaconnectError,
    NotConnected,
    PermissionDeclined,
    TokenRejected,
)
from ..graph.accounts import list_ad_accounts, me
from ..graph.client import GraphClient
from ..graph.tokens import (
    TokenInfo,
    exchange_code,
    granted_permissions,
    inspect_token,
    long_lived_token,
)
from ..models import AccessToken, AdAccount, Connection, MetaApp, MetaHost, MetaUser
from ..redact import command
from ..stores.base import ConnectionStore
from ..stores.pending import PendingLogin, PendingLogins
from .accounts import named_ad_account, with_ad_account
from .threads import in_thread

# Meta gives Insights to a token that has either.
# https://developers.facebook.com/docs/marketing-api/insights
NEEDED = ("ads_read", "ads_management")
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


@dataclass(frozen=True, kw_only=True)
class ConnectFlow:
    """
    The steps of connecting *client_id*, each of which may be the last.

    `now` is the clock, in UTC.
    """

    client_id: str
    host: MetaHost
    app: MetaApp
    graph: GraphClient
    store: ConnectionStore
    pending: PendingLogins
    now: Callable[[], datetime]

    async def accepted(self, account: str | None = None) -> LoginResult | None:
        """
        Return the stored connection if Meta still accepts its token, else None.

        An ad account that is named is then stored as the chosen one. Raises
        AdAccountNotFound where the token does not reach it.
        """
        try:
            connection = await in_thread(self.store.get, self.client_id)
        except NotConnected:
            return None
        expires_at = connection.token.expires_at
        if expires_at and expires_at <= self.now():
            return None
        if not self._is_ours(connection):
            return None
        try:
            user = await me(self.graph, connection.token)
        except TokenRejected:
            return None
        result = LoginResult(connection=connection, user=user, is_new=False)
        return await self._switched(result, account) if account else result

    async def prepare(self) -> None:
        """Raise, with a next step, unless a connection could be saved."""
        await in_thread(self.store.check, self.client_id)

    async def exchange(self, code: str, redirect_uri: str) -> None:
        """Trade an authorization *code* for a token, and keep that."""
        token = await exchange_code(
            self.graph, self.app, code, redirect_uri, self.now()
        )
        await self._keep(token, long_lived=False)

    async def finish(self, choose: Choose) -> LoginResult:
        """
        Turn the login that is kept into a stored connection.

        Raises NothingToResume where none is kept, PermissionDeclined where the
        person left out what is needed, and whatever Meta and the store raise; the
        login is then kept further, unless it is of no use.
        """
        login = await in_thread(self.pending.get, self.client_id)
        try:
            token, info = await self._long_lived(login)
            result = await self._explore(token, info, choose)
            saved = await in_thread(self.store.save, result.connection)
        except (PermissionDeclined, TokenRejected):
            await in_thread(self.pending.forget, self.client_id)
            raise
        except MetaconnectError as error:
            error.hint = f"{error.hint}\n{kept_hint(self.client_id)}".strip()
            raise
        await in_thread(self.pending.forget, self.client_id)
        return replace(result, connection=saved)

    async def _switched(self, result: LoginResult, account: str) -> LoginResult:
        connection = result.connection
        ad_accounts = await list_ad_accounts(self.graph, connection.token)
        chosen = named_ad_account(account, ad_accounts)
        if chosen.id != connection.ad_account_id:
            changed = with_ad_account(connection, chosen)
            connection = await in_thread(self.store.replace, connection, changed)
        return replace(
            result, connection=connection, ad_account=chosen, ad_accounts=ad_accounts
        )

    def _is_ours(self, connection: Connection) -> bool:
        """Whether this host and app issued the token, as far as the row says."""
        return connection.graph_url in (
            None,
            self.host.graph_url,
        ) and connection.app_id in (None, self.app.app_id)

    async def _long_lived(
        self, login: PendingLogin
    ) -> tuple[AccessToken, TokenInfo | None]:
        """Return the token to keep, which is then the one kept, and what it is."""
        if login.long_lived:
            return login.token, await self._inspected(login.token)
        token, info = await long_lived_token(
            self.graph, self.app, login.token, self.now()
        )
        await self._keep(token, long_lived=True)
        return token, info

    async def _inspected(self, token: AccessToken) -> TokenInfo | None:
        """Return what *token* is, None where the app may not know."""
        try:
            return await inspect_token(self.graph, self.app, token)
        except (ConfigError, GraphError):
            return None

    async def _explore(
        self, token: AccessToken, info: TokenInfo | None, choose: Choose
    ) -> LoginResult:
        """Ask Meta whose login it is and what it reaches, and let one be chosen."""
        declined = await self._declined(token, info)
        user = await me(self.graph, token)
        ad_accounts = await list_ad_accounts(
            self.graph,
            token,
            system_user=info is not None and info.is_system_user,
            user_id=user.id,
        )
        ad_account = choose(ad_accounts)
        connection = Connection(
            client_id=self.client_id,
            token=token,
            user_facebook_id=user.id,
            user_name=user.name,
            graph_url=self.host.graph_url,
            app_id=self.app.app_id,
        )
        return LoginResult(
            connection=with_ad_account(connection, ad_account),
            user=user,
            ad_account=ad_account,
            ad_accounts=ad_accounts,
            declined=declined,
        )

    async def _declined(
        self, token: AccessToken, info: TokenInfo | None
    ) -> tuple[str, ...]:
        """Return what the person left out; raise if all that is needed is among it."""
        permissions = info.permissions if info else {}
        if info is None or not info.is_system_user:
            # Meta lists them for the tokens of people only.
            permissions = await granted_permissions(self.graph, token) or permissions
        if not any(permissions.get(name) == "granted" for name in NEEDED):
            raise PermissionDeclined(
                f"The login left out {' and '.join(NEEDED)}: without one of them "
                "Meta gives no Insights.",
                hint="Ask for it again with:  "
                + command("connect --rerequest", self.client_id),
            )
        return tuple(n for n, status in permissions.items() if status != "granted")

    async def _keep(self, token: AccessToken, *, long_lived: bool) -> None:
        login = PendingLogin(token=token, long_lived=long_lived, created_at=self.now())
        await in_thread(self.pending.keep, self.client_id, login)


def kept_hint(client_id: str) -> str:
    """Return how to go on with a login that is kept."""
    return "The login is kept. Finish it, without the browser, with:  " + command(
        "connect --resume", client_id
    )
