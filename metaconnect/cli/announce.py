"""What a connection looks like: to the person, and to a script."""

from __future__ import annotations

from datetime import UTC, datetime

from ..flows.connect import LoginResult
from ..models import AdAccount, Connection
from ..redact import command
from .terminal import say
from .wiring import now


def announce_connected(connected: LoginResult) -> None:
    """Tell the result of a login on stderr, and what to do next."""
    connection, account = connected.connection, connected.ad_account
    say(f"Connected client {connection.client_id!r} as {connected.user.name}.")
    if account:
        facts = ", ".join(filter(None, (account.id, account.currency, account.status)))
        say(f"Ad account: {account.name} ({facts})")
    say(validity(connection.token.expires_at))
    if connected.declined:
        say(f"Left out at the login: {', '.join(connected.declined)}.")
    if account:
        say(f"Next:  {command('insights', connection.client_id)}")
    elif connected.ad_accounts:
        say(
            f"No ad account was chosen of {len(connected.ad_accounts)}. Next:  "
            + command("accounts use ACCOUNT", connection.client_id)
        )
    else:
        say("This login reaches no ad account: have a role on one assigned to it.")


def announce_connection(connection: Connection) -> None:
    """Say that there is nothing to do: Meta still accepts the token."""
    client = connection.client_id
    say(f"Client {client!r} is connected already.")
    say(f"Ad account: {connection.ad_account_id or 'none chosen yet'}")
    say(validity(connection.token.expires_at))
    say(f"Another ad account:  {command('accounts use ACCOUNT', client)}")
    say(f"Another login:  {command('connect --force', client)}")


def validity(expires_at: datetime | None) -> str:
    if expires_at is None:
        return "The token does not expire."
    days = round((expires_at - now()).total_seconds() / 86400)
    day = expires_at.astimezone(UTC).date()
    return f"The token is valid until {day} ({days} days)."


def print_connection(connection: Connection, account: AdAccount | None = None) -> None:
    """Print the connection as JSON on stdout, without its token."""
    import json

    expires_at = connection.token.expires_at
    facts: dict[str, str | None] = {
        "client_id": connection.client_id,
        "user_facebook_id": connection.user_facebook_id,
        "ad_account_id": connection.ad_account_id,
        "token_expires_at": expires_at.isoformat() if expires_at else None,
    }
    if account:
        facts |= {"ad_account_name": account.name, "currency": account.currency}
    print(json.dumps(facts, ensure_ascii=False))  # noqa: T201
