"""What a connection looks like: to the person, and to a script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..flows.connect import LoginResult
from ..output.text import one_line
from ..redact import command
from .dates import day, days_left
from .terminal import say


def announce(result: LoginResult, *, with_next: bool = True) -> None:
    """Tell the result of a login on stderr, and what to do next."""
    if not result.is_new:
        _announce_found(result)
        return
    _announce_login(result)
    if with_next:
        _announce_next(result)


def _announce_login(result: LoginResult) -> None:
    connection, account = result.connection, result.ad_account
    say(f"Connected client {connection.client_id!r} as {one_line(result.user.name)}.")
    if account:
        facts = ", ".join(filter(None, (account.id, account.currency, account.status)))
        say(f"Ad account: {one_line(account.name)} ({facts})")
    say(validity(connection.token.expires_at))
    if result.declined:
        say(f"Declined at the login: {one_line(', '.join(result.declined))}.")


def _announce_next(result: LoginResult) -> None:
    connection = result.connection
    if result.ad_account:
        say(f"Next:  {command('insights', connection.client_id)}")
    elif result.ad_accounts:
        say(
            f"No ad account was chosen of {len(result.ad_accounts)}. Next:  "
            + command("accounts use", connection.client_id)
        )
    else:
        say("This login reaches no ad account: have a role on one assigned to it.")


def _announce_found(result: LoginResult) -> None:
    connection, client = result.connection, result.connection.client_id
    say(f"Client {client!r} is connected already, as {one_line(result.user.name)}.")
    if result.ad_account:
        account = result.ad_account
        say(f"Ad account: {one_line(account.name)} ({account.id})")
    else:
        say(f"Ad account: {connection.ad_account_id or 'none chosen yet'}")
    say(validity(connection.token.expires_at))
    say(f"Another ad account:  {command('accounts use', client)}")
    say(f"Another login:  {command('connect --force', client)}")


def validity(expires_at: datetime | None) -> str:
    """Return until when a token is valid, as a sentence."""
    if expires_at is None:
        return "The token does not expire."
    days = days_left(expires_at)
    return f"The token is valid until {day(expires_at)} ({days} days)."


def print_connection(result: LoginResult) -> None:
    """Print the connection as JSON on stdout, without its token."""
    import json

    print(json.dumps(_facts(result)))  # noqa: T201


def print_connections(results: Iterable[LoginResult]) -> None:
    """Print an array of what `print_connection` prints."""
    import json

    print(json.dumps([_facts(result) for result in results]))  # noqa: T201


def _facts(result: LoginResult) -> dict[str, str | None]:
    connection = result.connection
    expires_at = connection.token.expires_at
    facts: dict[str, str | None] = {
        "client_id": connection.client_id,
        "user_facebook_id": connection.user_facebook_id,
        "user_name": result.user.name,
        "ad_account_id": connection.ad_account_id,
        "token_expires_at": expires_at.isoformat() if expires_at else None,
    }
    if account := result.ad_account:
        facts |= {"ad_account_name": account.name, "currency": account.currency}
    return facts
