"""The pickers: a numbered list on stderr, and a line typed by the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..flows.accounts import matching
from ..models import AdAccount, Client
from ..redact import printable
from .terminal import ask, read_line

T = TypeVar("T")
SHOWN = 25  # rows on one screen; the rest is reached by typing
SEARCH_FROM = 10  # a shorter list is quicker read than searched


def pick_ad_account(ad_accounts: Sequence[AdAccount]) -> AdAccount | None:
    """Let the person choose. None: they closed the input instead."""
    return _pick(
        ad_accounts,
        title="Which ad account?",
        show=ad_account_table,
        search=matching,
    )


def pick_client(clients: Sequence[Client]) -> str:
    """Let the person choose a client; with none yet, let them name one."""
    if not clients:
        name = ask("A name for this client:", option="--client")
        return name or pick_client(clients)
    client = _pick(
        clients, title="Which client?", show=_client_table, search=_clients_with
    )
    return client.id if client else clients[0].id


def _pick(
    items: Sequence[T],
    *,
    title: str,
    show: Callable[[Sequence[T]], Table],
    search: Callable[[str, Sequence[T]], list[T]],
) -> T | None:
    console = Console(stderr=True, highlight=False)
    found, narrowed = items, False
    while True:
        console.print(show(found[:SHOWN]))
        if len(found) > SHOWN:
            console.print(f"... and {len(found) - SHOWN} more.", style="dim")
        question = f"{title} {_choices(found, narrowed, len(items) > SEARCH_FROM)}:"
        line = read_line(partial(console.print, Text(question, style="bold"), end=" "))
        if line is None:
            return None
        if line.isdecimal() and 0 < int(line) <= min(len(found), SHOWN):
            return found[int(line) - 1]
        if not line and narrowed and len(found) == 1:
            return found[0]
        matches = search(line, items) if line else list(items)
        if not matches:
            console.print(f"Nothing has {printable(line)!r} in it.", markup=False)
            matches, line = list(items), ""
        found, narrowed = matches, bool(line)


def _choices(found: Sequence[object], narrowed: bool, searchable: bool) -> str:
    numbers = "Number 1" if len(found) == 1 else f"Number 1-{min(len(found), SHOWN)}"
    if narrowed and len(found) == 1:
        return f"{numbers} (Enter takes it)"
    return f"{numbers}, or part of a name" if searchable else numbers


def ad_account_table(
    ad_accounts: Sequence[AdAccount], marks: Sequence[str] | None = None
) -> Table:
    """Return the ad accounts as a table, with *marks* or else numbered."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", justify="right")
    for heading in ("ad account", "id", "status", "currency", "time zone"):
        table.add_column(heading, no_wrap=heading == "id")
    marks = marks or [str(number + 1) for number in range(len(ad_accounts))]
    for mark, account in zip(marks, ad_accounts, strict=True):
        cells = (
            account.name or "(no name)",
            account.id,
            account.status,
            account.currency or "",
            account.timezone_name or "",
        )
        table.add_row(
            mark,
            *(Text(printable(cell)) for cell in cells),  # never markup
            style=None if account.is_active else "dim",
        )
    return table


def _client_table(clients: Sequence[Client]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "client", "id"):
        table.add_column(heading, justify="left" if heading else "right")
    for number, client in enumerate(clients, start=1):
        name, client_id = printable(client.name), printable(client.id)
        table.add_row(str(number), Text(name), Text(client_id))
    return table


def _clients_with(text: str, clients: Sequence[Client]) -> list[Client]:
    folded = text.casefold()
    return [c for c in clients if folded in c.name.casefold() or folded in c.id]
