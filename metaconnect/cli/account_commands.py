"""The accounts commands at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..flows.accounts import named_ad_account
from ..flows.clients import connection_to_use
from ..graph.accounts import list_ad_accounts
from ..models import AdAccount, Connection
from .output import stdout_console
from .terminal import say
from .wiring import Wiring


async def show(wiring: Wiring, client: str | None, *, as_json: bool) -> None:
    """Print every ad account that the client's token reaches."""
    connection, ad_accounts = await _reached(wiring, client)
    if as_json:
        _print_json(connection, ad_accounts)
    else:
        _print_table(connection, ad_accounts)


async def choose(wiring: Wiring, client: str | None, name: str) -> None:
    """Store the ad account that *name* means as the client's."""
    connection, ad_accounts = await _reached(wiring, client)
    account = named_ad_account(name, ad_accounts)
    wiring.store.replace(connection, replace(connection, ad_account_id=account.id))
    say(f"Client {connection.client_id!r} now uses {account.name} ({account.id}).")


async def _reached(
    wiring: Wiring, client: str | None
) -> tuple[Connection, Sequence[AdAccount]]:
    named = client or wiring.settings.client
    connection = connection_to_use(named, wiring.store, wiring.client_picker)
    async with wiring.graph() as graph:
        return connection, await list_ad_accounts(graph, connection.token)


def _print_json(connection: Connection, ad_accounts: Sequence[AdAccount]) -> None:
    import json

    facts = [
        {
            "id": account.id,
            "name": account.name,
            "status": account.status,
            "currency": account.currency,
            "timezone_name": account.timezone_name,
            "chosen": account.id == connection.ad_account_id,
        }
        for account in ad_accounts
    ]
    print(json.dumps(facts, ensure_ascii=False, indent=1))  # noqa: T201


def _print_table(connection: Connection, ad_accounts: Sequence[AdAccount]) -> None:
    from .pick import ad_account_table

    if not ad_accounts:
        say("This login reaches no ad account.")
        return
    stars = ["*" if a.id == connection.ad_account_id else "" for a in ad_accounts]
    table = ad_account_table(ad_accounts, marks=stars)
    stdout_console().print(table)
