"""Connecting a client that is connected already."""

from __future__ import annotations

from msgspec.structs import replace

from ..errors import TokenRejected
from ..graph.accounts import me
from .accounts import named_ad_account, reached_ad_accounts, with_ad_account
from .clients import has_same_issuer
from .connect import ConnectFlow, LoginResult
from .threads import in_thread


async def accepted(flow: ConnectFlow, account: str | None = None) -> LoginResult | None:
    """
    Return the stored connection if Meta still accepts its token, else None.

    An ad account that is named is then stored as the chosen one. Raises
    AdAccountNotFound where the token does not reach it.
    """
    connection = await flow.stored()
    if connection is None:
        return None
    expires_at = connection.token.expires_at
    if expires_at is not None and expires_at <= flow.now():
        return None
    # The token goes to nobody but its issuer.
    if not has_same_issuer(connection, flow.host, flow.app.app_id):
        return None
    try:
        user = await me(flow.graph, connection.token)
    except TokenRejected:
        return None
    result = LoginResult(connection=connection, user=user, is_new=False)
    return await _switched(flow, result, account) if account else result


async def _switched(
    flow: ConnectFlow, result: LoginResult, account: str
) -> LoginResult:
    connection = result.connection
    ad_accounts = await reached_ad_accounts(connection, graph=flow.graph)
    chosen = named_ad_account(account, ad_accounts)
    if chosen.id != connection.ad_account_id:
        changed = with_ad_account(connection, chosen)
        connection = await in_thread(flow.store.replace, connection, changed)
    return replace(
        result, connection=connection, ad_account=chosen, ad_accounts=ad_accounts
    )
