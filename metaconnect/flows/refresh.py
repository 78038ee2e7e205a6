"""The refresh flow: tokens are exchanged again before they expire."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import msgspec

from ..errors import MetaconnectError
from ..models import AccessToken, Connection
from ..redact import name_client
from ..stores.base import not_connected
from .clients import chosen_connections, require_same_issuer
from .many import each
from .renewal import Renewal, Renewer, outlives


class Outcome(StrEnum):
    """What became of a token: `KEPT` is that Meta gave no later date."""

    EXTENDED = "extended"
    KEPT = "kept"
    NEVER_EXPIRES = "never_expires"
    NOT_DUE = "not_due"
    FAILED = "failed"


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh came to for one client. Dates are UTC; None means never."""

    client_id: str
    outcome: Outcome
    expires_before: datetime | None = None
    expires_at: datetime | None = None
    problem: MetaconnectError | None = None


async def refresh_clients(
    clients: Collection[str] | None,
    renewer: Renewer,
    *,
    within: timedelta | None = None,
) -> list[Refreshed]:
    """Refresh the connections of *clients*, of all where that is None."""
    found, missing = await chosen_connections(renewer.store, clients)
    return [
        *await refresh(found, renewer, within=within),
        *(
            Refreshed(
                client_id=client,
                outcome=Outcome.FAILED,
                problem=not_connected(client),
            )
            for client in missing
        ),
    ]


async def refresh(
    connections: Sequence[Connection],
    renewer: Renewer,
    *,
    within: timedelta | None = None,
) -> list[Refreshed]:
    """
    Refresh the connections that expire *within* a time, all where it is None.

    Those with the same token are refreshed once. The failure of one is part of its
    result.
    """
    until = None if within is None else renewer.now() + within
    groups: dict[tuple[str, str], list[Connection]] = {}
    for connection in connections:
        if _is_due(connection, until):
            key = (connection.user_facebook_id, connection.token.value)
            groups.setdefault(key, []).append(connection)
    results = await each(groups.values(), partial(_refresh_group, renewer))
    by_client = {r.client_id: r for group in results for r in group}
    return [by_client.get(c.client_id) or _left_alone(c) for c in connections]


def _is_due(connection: Connection, until: datetime | None) -> bool:
    expires_at = connection.token.expires_at
    return until is None or (expires_at is not None and expires_at <= until)


async def _refresh_group(
    renewer: Renewer, group: Sequence[Connection]
) -> list[Refreshed]:
    """Refresh the connections of *group*, which have one token."""
    try:
        for connection in group:
            require_same_issuer(connection, renewer.host, renewer.app.app_id)
        renewal = await renewer.renew(group[0].token)
    except MetaconnectError as error:
        return [_failed(connection, error) for connection in group]
    return await each(group, partial(_save, renewer, renewal))


async def _save(
    renewer: Renewer, renewal: Renewal, connection: Connection
) -> Refreshed:
    try:
        saved = await renewer.save(connection, renewal.token)
    except MetaconnectError as error:
        return _failed(connection, error)
    old = renewal.old
    # Of one token the stored date may differ from Meta's by a rounding.
    kept = old if saved.token.value == old.value else saved.token
    return Refreshed(
        client_id=connection.client_id,
        outcome=_outcome(old, kept),
        expires_before=old.expires_at,
        expires_at=kept.expires_at,
    )


def _outcome(old: AccessToken, saved: AccessToken) -> Outcome:
    if old.expires_at is None:
        return Outcome.NEVER_EXPIRES
    return Outcome.EXTENDED if outlives(saved, old) else Outcome.KEPT


def _left_alone(connection: Connection) -> Refreshed:
    expires_at = connection.token.expires_at
    return Refreshed(
        client_id=connection.client_id,
        outcome=Outcome.NEVER_EXPIRES if expires_at is None else Outcome.NOT_DUE,
        expires_before=expires_at,
        expires_at=expires_at,
    )


def _failed(connection: Connection, error: MetaconnectError) -> Refreshed:
    return Refreshed(
        client_id=connection.client_id,
        outcome=Outcome.FAILED,
        expires_before=connection.token.expires_at,
        expires_at=connection.token.expires_at,
        problem=_named(error, connection.client_id),
    )


def _named(error: MetaconnectError, client_id: str) -> MetaconnectError:
    """Return a copy of *error*, which several may share, with the client's hint."""
    named = copy(error)
    named.hint = name_client(error.hint, client_id)
    return named
