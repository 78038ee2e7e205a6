"""
The connect flow: from a click in the browser to a stored connection.

    authorization request -> browser -> authorization code
    -> short-lived token -> long-lived token -> permissions, user, ad accounts
    -> the one that is chosen -> connection

From the first token on the login is kept in the local secret store until the
connection is saved: a store that is down, a network that goes or Ctrl-C in
the picker cost no second login.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import MetaconnectError, NotConnected, PermissionDeclined, TokenRejected
from ..graph.accounts import list_ad_accounts, me
from ..graph.client import GraphClient
from ..graph.tokens import (
    exchange_code,
    extend_token,
    granted_permissions,
    inspect_token,
)
from ..models import AccessToken, AdAccount, Connection, MetaApp, MetaUser
from ..redact import command
from ..stores.base import ConnectionStore
from ..stores.pending import PendingLogin, PendingLogins

NEEDED = "ads_read"
Choose = Callable[[Sequence[AdAccount]], AdAccount | None]


@dataclass(frozen=True, kw_only=True)
class LoginResult:
    """A connection, and what the login told besides."""

    connection: Connection
    user: MetaUser
    ad_account: AdAccount | None
    ad_accounts: tuple[AdAccount, ...]
    declined: tuple[str, ...]


async def accepted_connection(
    client_id: str, *, graph: GraphClient, store: ConnectionStore, now: datetime
) -> Connection | None:
    """Return the client's connection if Meta still accepts its token."""
    try:
        connection = store.get(client_id)
    except NotConnected:
        return None
    expires_at = connection.token.expires_at
    if expires_at and expires_at <= now:
        return None
    try:
        await me(graph, connection.token)
    except TokenRejected:
        return None
    return connection


async def keep_login(
    client_id: str,
    *,
    code: str,
    redirect_uri: str,
    app: MetaApp,
    graph: GraphClient,
    pending: PendingLogins,
    now: datetime,
) -> None:
    """Trade an authorization *code* for a token, and keep that."""
    token = await exchange_code(graph, app, code, redirect_uri, now)
    login = PendingLogin(token=token, long_lived=False, created_at=now)
    pending.keep(client_id, login)


async def finish_login(
    client_id: str,
    *,
    app: MetaApp,
    graph: GraphClient,
    store: ConnectionStore,
    pending: PendingLogins,
    choose: Choose,
    now: datetime,
) -> LoginResult:
    """
    Turn the login that is kept into a stored connection.

    Raises NothingToResume where none is kept, PermissionDeclined where the
    person left out what is needed, and whatever Meta and the store raise; the
    login is then kept further, unless it is of no use.
    """
    login = pending.get(client_id)
    with _kept(client_id, pending):
        token = login.token
        if not login.long_lived:
            token = await extend_token(graph, app, token, now)
            pending.keep(client_id, replace(login, token=token, long_lived=True))
        found = await _found_out(client_id, token, app, graph, choose)
        saved = store.save(found.connection)
    pending.forget(client_id)
    return replace(found, connection=saved)


async def _found_out(
    client_id: str, token: AccessToken, app: MetaApp, graph: GraphClient, choose: Choose
) -> LoginResult:
    """Ask Meta whose login it is and what it reaches, and let one be chosen."""
    declined = await _declined(graph, app, token, client_id)
    user = await me(graph, token)
    ad_accounts = await list_ad_accounts(graph, token)
    ad_account = choose(ad_accounts)
    connection = Connection(
        client_id=client_id,
        token=token,
        user_facebook_id=user.id,
        ad_account_id=ad_account.id if ad_account else None,
    )
    return LoginResult(
        connection=connection,
        user=user,
        ad_account=ad_account,
        ad_accounts=ad_accounts,
        declined=declined,
    )


async def _declined(
    graph: GraphClient, app: MetaApp, token: AccessToken, client_id: str
) -> tuple[str, ...]:
    """Return what the person left out; raise if the needed one is among it."""
    permissions = await granted_permissions(graph, token)
    if not permissions:  # Meta lists them for user tokens only
        info = await inspect_token(graph, app, token)
        permissions = dict.fromkeys(info.scopes, "granted")
    if permissions.get(NEEDED) != "granted":
        raise PermissionDeclined(
            f"The login left out {NEEDED}: without it Meta gives no Insights.",
            hint="Ask for it again with:  " + command("connect --rerequest", client_id),
        )
    return tuple(n for n, status in permissions.items() if status != "granted")


@contextmanager
def _kept(client_id: str, pending: PendingLogins) -> Iterator[None]:
    """Tell how to go on after a failure, or forget a login that is no use."""
    try:
        yield
    except (PermissionDeclined, TokenRejected):
        pending.forget(client_id)
        raise
    except MetaconnectError as error:
        error.hint = f"{error.hint}\n{kept_hint(client_id)}".strip()
        raise


def kept_hint(client_id: str) -> str:
    """Return how to go on with a login that is kept."""
    return "The login is kept. Finish it, without the browser, with:  " + command(
        "connect --resume", client_id
    )
