"""The connections: whether their tokens are good, and how much quota is left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ...errors import MetaconnectError, TokenRejected
from ...graph.client import Probe
from ...graph.usage import percent_used
from ...models import Connection
from ...redact import command
from ..clients import days_left, naming, require_same_issuer
from ..threads import in_thread
from .finding import Finding, Program, fine, problem, skipped, warning

MOST = 5  # connections that Meta is asked about
NEARLY_FULL = 75.0  # percent
NEVER = datetime.max.replace(tzinfo=UTC)


async def check_connections(program: Program) -> list[Finding]:
    """Ask Meta about each connection, those that expire first before others."""
    stored = await in_thread(program.store.connections)
    if not stored:
        why = "not tested: nothing is connected yet"
        return [skipped("connections", why, "Connect a client:  metaconnect connect")]
    stored.sort(key=lambda c: c.token.expires_at or NEVER)
    asked = await asyncio.gather(*(_examined(c, program) for c in stored[:MOST]))
    return [
        *(finding for finding, _ in asked),
        *_not_asked(stored[MOST:]),
        _quota(probe for _, probe in asked if probe),
    ]


async def _examined(
    connection: Connection, program: Program
) -> tuple[Finding, Probe | None]:
    name = f"client {connection.client_id}"
    settings = program.settings
    try:
        with naming(connection.client_id):
            require_same_issuer(connection, settings.meta_host, settings.meta_app_id)
            _require_not_expired(connection, program.now())
            probe = await program.graph.probe("GET", "/me", token=connection.token)
            if probe.error is not None:
                raise probe.error
    except MetaconnectError as error:
        return problem(name, error), None
    return _healthy(name, connection, program.now()), probe


def _require_not_expired(connection: Connection, now: datetime) -> None:
    expires_at = connection.token.expires_at
    if expires_at is not None and expires_at <= now:
        raise TokenRejected(
            f"The token expired on {expires_at:%Y-%m-%d}.",
            hint="Log in again:  " + command("connect --force", connection.client_id),
        )


def _healthy(name: str, connection: Connection, now: datetime) -> Finding:
    if soon := days_left(connection, now):
        anew = command("connect --force", connection.client_id)
        return warning(name, f"the token expires in {soon}", f"Log in again:  {anew}")
    if connection.ad_account_id is None:
        choose = command("accounts use", connection.client_id)
        return warning(name, "no ad account is chosen", f"Choose one:  {choose}")
    expires_at = connection.token.expires_at
    until = f"until {expires_at:%Y-%m-%d}" if expires_at else "without an expiry date"
    return fine(name, f"Meta accepts the token; it is valid {until}")


def _not_asked(others: Sequence[Connection]) -> Iterable[Finding]:
    if others:
        yield skipped("connections", f"not tested: {len(others)} that expire later")


def _quota(probes: Iterable[Probe]) -> Finding:
    used = [p for probe in probes if (p := percent_used(probe.headers)) is not None]
    if not used:
        return skipped("rate limit", "not tested: Meta's answers do not say")
    found = f"{max(used):g} % of Meta's quota is used"
    if max(used) < NEARLY_FULL:
        return fine("rate limit", found)
    return warning("rate limit", found, "Ask for less, or later.")
