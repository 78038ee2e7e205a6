"""The clients commands at work."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..errors import UsageError
from ..models import Client
from ..redact import command, printable
from .output import stdout_console
from .terminal import confirm, say
from .wiring import Wiring


def show(wiring: Wiring, *, as_json: bool) -> None:
    """Print every client."""
    clients = wiring.store.clients()
    if as_json:
        facts = [{"id": client.id, "name": client.name} for client in clients]
        print(json.dumps(facts, ensure_ascii=False, indent=1))  # noqa: T201
    elif not clients:
        say("No clients yet.")
    else:
        _print_table(clients)


def _print_table(clients: Sequence[Client]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "client", box=None, pad_edge=False, header_style="dim")
    for client in clients:
        table.add_row(Text(printable(client.id)), Text(printable(client.name)))
    stdout_console().print(table)


def add(wiring: Wiring, name: str) -> None:
    """Add a client, and print nothing but its id on stdout."""
    client = wiring.client_admin.add_client(name.strip())
    say(f"Added client {client.name!r}. Next:")
    say(f"  {command('connect', client.id)}")
    print(client.id)  # noqa: T201


def remove(wiring: Wiring, client: str, *, sure: bool) -> None:
    """Remove a client, once the person is sure."""
    if not sure:
        wiring.require_interactive("--yes")
        if not confirm(f"Remove client {printable(client)!r} and its connection?"):
            raise UsageError("Nothing was removed.")
    removed = wiring.client_admin.remove_client(client)
    say(f"Removed client {removed.name!r} ({removed.id}) and its connection.")
    say("Its token is still good at Meta until it expires.")
