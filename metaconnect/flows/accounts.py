"""Which ad account is meant: by id, by name, or simply the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ..errors import AdAccountNotFound, ConfigError, GraphError, UsageError
from ..graph.accounts import list_ad_accounts
from ..graph.businesses import business_ad_accounts
from ..graph.client import GraphClient
from ..graph.tokens import TokenInfo, inspect_token
from ..models import AccessToken, AdAccount, Connection, normal_ad_account_id
from ..output.text import one_line
from ..redact import command
from ..stores.base import ConnectionStore
from .clients import naming
from .threads import in_thread

# Returns the ad account that a person picked, None where they picked none.
PickAdAccount = Callable[[Sequence[AdAccount]], AdAccount | None]
MAX_LISTED = 5  # ad accounts in an error message


def choose_ad_account(
    named: str | None, ad_accounts: Sequence[AdAccount], pick: PickAdAccount | None
) -> AdAccount | None:
    """
    Return the ad account *named*, else the only one, else the one picked.

    A part of a name lets the person pick among those that have it. None where there
    is none to choose or nobody can be asked (*pick* is None). Raises
    AdAccountNotFound.
    """
    if named:
        similar = matching(named, ad_accounts)
        if pick and similar and not _exactly(named, ad_accounts):
            return pick(similar)
        return named_ad_account(named, ad_accounts)
    if len(ad_accounts) == 1:
        return ad_accounts[0]
    return pick(ad_accounts) if pick and ad_accounts else None


def named_ad_account(
    name: str, ad_accounts: Sequence[AdAccount], *, allow_part: bool = False
) -> AdAccount:
    """
    Return the ad account that *name* means.

    It is an id with or without ``act_``, a whole name (upper and lower case are the
    same), or ``first``: the first active one. With *allow_part* also a part of just
    one name: enough to read, but not to decide what is stored. Raises
    AdAccountNotFound.
    """
    if not ad_accounts:
        raise AdAccountNotFound("This login reaches no ad account.")
    found = _exactly(name, ad_accounts)
    similar = matching(name, ad_accounts)
    if not found and allow_part:
        found = similar
    if len(found) == 1:
        return found[0]
    raise _not_one(name, found, similar, ad_accounts)


def _not_one(
    name: str,
    found: Sequence[AdAccount],
    similar: Sequence[AdAccount],
    ad_accounts: Sequence[AdAccount],
) -> AdAccountNotFound:
    if found:
        return AdAccountNotFound(
            f"{name!r} fits {len(found)} ad accounts: {_listed(found)}.",
            hint="Name one by its id.",
        )
    if similar:
        return AdAccountNotFound(
            f"No ad account is called {name!r}; this is a part of: {_listed(similar)}.",
            hint="Name one by its id.",
        )
    return AdAccountNotFound(
        f"This login reaches no ad account {name!r} "
        f"(of the {len(ad_accounts)} that it reaches).",
        hint="See them with:  metaconnect accounts list",
    )


def _exactly(name: str, ad_accounts: Sequence[AdAccount]) -> list[AdAccount]:
    """Return what *name* means without guessing: the closest kind of match wins."""
    if name == "first":
        return [next((a for a in ad_accounts if a.is_active), ad_accounts[0])]
    by_id = [a for a in ad_accounts if a.id in (name, f"act_{name}")]
    by_name = [a for a in ad_accounts if a.name == name]
    folded = name.casefold()
    return by_id or by_name or [a for a in ad_accounts if a.name.casefold() == folded]


def matching(text: str, ad_accounts: Sequence[AdAccount]) -> list[AdAccount]:
    """Return the ad accounts whose name or id contains *text*."""
    folded = text.casefold()
    return [a for a in ad_accounts if folded in a.name.casefold() or text in a.id]


def with_ad_account(connection: Connection, ad_account: AdAccount | None) -> Connection:
    """Return *connection* with *ad_account* as the chosen one."""
    return replace(
        connection,
        ad_account_id=ad_account.id if ad_account else None,
        ad_account_name=ad_account.name if ad_account else None,
        currency=ad_account.currency if ad_account else None,
        timezone_name=ad_account.timezone_name if ad_account else None,
    )


async def inspected(graph: GraphClient, token: AccessToken) -> TokenInfo | None:
    """Return what *token* is; None where the app is not known, or may not ask."""
    if graph.app is None:
        return None
    try:
        return await inspect_token(graph, graph.app, token)
    except (ConfigError, GraphError):
        return None


async def reached_ad_accounts(
    connection: Connection, *, graph: GraphClient, businesses: bool = False
) -> tuple[AdAccount, ...]:
    """
    Return every ad account that the token reaches; see `list_ad_accounts`. With
    *businesses* those of the person's businesses; see `business_ad_accounts`.

    A connection does not say whether its token is a system user's: Meta is asked.
    """
    with naming(connection.client_id):
        if businesses:
            return await business_ad_accounts(graph, connection.token)
        info = await inspected(graph, connection.token)
        return await list_ad_accounts(
            graph,
            connection.token,
            system_user=info is not None and info.is_system_user,
            user_id=info.user_id if info else None,
        )


async def use_ad_account(
    connection: Connection,
    named: str | None,
    *,
    graph: GraphClient,
    store: ConnectionStore,
    pick: PickAdAccount | None = None,
) -> tuple[Connection, AdAccount]:
    """
    Store the ad account *named*, else the one picked, as the client's.

    Raises AdAccountNotFound; UsageError where none is named and none picked; and
    ConnectionChanged where another process changed the connection meanwhile.
    """
    ad_accounts = await reached_ad_accounts(connection, graph=graph)
    if not ad_accounts:
        raise AdAccountNotFound("This login reaches no ad account.")
    if named is None and pick is None:
        raise UsageError(
            "Which ad account?",
            hint="Name one by its id. See them with:  "
            + command("accounts list", connection.client_id),
        )
    with naming(connection.client_id):
        account = choose_ad_account(named, ad_accounts, pick)
    if account is None:
        raise UsageError("No ad account was chosen: nothing was changed.", hint="")
    changed = with_ad_account(connection, account)
    return await in_thread(store.replace, connection, changed), account


def require_chosen(connection: Connection, ad_account_id: str) -> str:
    """
    Return *ad_account_id* with its ``act_`` if it is the client's chosen one.

    Raises AdAccountNotFound where the two do not belong together: the dashboard
    looks a token up by both, and so do we.
    """
    wanted = normal_ad_account_id(ad_account_id)
    if connection.ad_account_id == wanted:
        return wanted
    chosen = connection.ad_account_id or "none chosen yet"
    raise AdAccountNotFound(
        f"{wanted} is not the ad account of client {connection.client_id!r} "
        f"({chosen}).",
        hint="Choose it with:  "
        + command(f"accounts use {wanted}", connection.client_id),
    )


async def ad_account_to_read(
    named: str | None, connection: Connection, *, graph: GraphClient
) -> str:
    """
    Return the id of the ad account *named*, else of the client's chosen one.

    An id is taken as it is; a name is looked up. Raises AdAccountNotFound, and
    UsageError where none was named and none chosen.
    """
    if named is None:
        if connection.ad_account_id:
            return connection.ad_account_id
        raise UsageError(
            f"Client {connection.client_id!r} has no ad account chosen yet.",
            hint=f"Choose one:  {command('accounts use', connection.client_id)}",
        )
    if named.removeprefix("act_").isdecimal():
        return normal_ad_account_id(named)
    ad_accounts = await reached_ad_accounts(connection, graph=graph)
    with naming(connection.client_id):
        return named_ad_account(named, ad_accounts, allow_part=True).id


def _listed(ad_accounts: Sequence[AdAccount]) -> str:
    listed = ", ".join(f"{one_line(a.name)} ({a.id})" for a in ad_accounts[:MAX_LISTED])
    return listed + (", …" if len(ad_accounts) > MAX_LISTED else "")
