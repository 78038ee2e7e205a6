"""
The refresh flow: a token is exchanged again before it expires.

Meta may give a new token with a later date, or the same date again: both dates are
asked for. The old token stays stored until the new one was inspected, and it goes on
working at Meta until its own date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import msgspec
from msgspec.structs import replace

from ..errors import (
    ConnectionChanged,
    MetaconnectError,
    ServiceUnavailable,
    TokenRejected,
)
from ..graph.client import GraphClient
from ..graph.tokens import TokenInfo, extend_token, inspect_token
from ..models import AccessToken, Connection, MetaApp, MetaHost
from ..redact import name_client
from ..stores.base import ConnectionStore, not_connected
from .clients import chosen_connections, require_same_issuer
from .many import each
from .threads import in_thread

ROUNDING = timedelta(minutes=1)  # dates that differ by less are the same
_ATTEMPTS = 3
_tried: set[int] = set()  # hashes of the tokens tried on the way


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


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """The token to keep, and the old one with its date as Meta says it."""

    old: AccessToken
    token: AccessToken


class RefreshFlow(msgspec.Struct, frozen=True, kw_only=True):
    """How connections are refreshed. `now` is the clock, in UTC."""

    host: MetaHost
    app: MetaApp
    graph: GraphClient
    store: ConnectionStore
    now: Callable[[], datetime]

    async def run(
        self, connections: Sequence[Connection], within: timedelta | None = None
    ) -> list[Refreshed]:
        """
        Refresh the connections that expire *within* a time, all where it is None.

        Those with the same token are refreshed once. The failure of one is part of
        its result.
        """
        due = [c for c in connections if self._is_due(c, within)]
        groups: dict[tuple[str, str], list[Connection]] = {}
        for connection in due:
            key = (connection.user_facebook_id, connection.token.value)
            groups.setdefault(key, []).append(connection)
        results = await each(groups.values(), self._refresh)
        by_client = {r.client_id: r for group in results for r in group}
        return [by_client.get(c.client_id) or _left_alone(c) for c in connections]

    async def renew(self, token: AccessToken) -> Renewal:
        """
        Return the token to keep in the place of *token*: a new one only where it
        lives longer, and is of the same app and person.

        Raises TokenRejected where Meta no longer accepts *token*.
        """
        info = await self._inspect(token)
        if not info.is_valid:
            raise info.rejection or TokenRejected("Meta does not accept the token.")
        old = replace(token, expires_at=info.expires_at)
        if info.never_expires:
            return Renewal(old=old, token=old)
        fresh = await extend_token(
            self.graph, self.app, token, self.now(), system_user=info.is_system_user
        )
        if fresh.value == token.value:
            return Renewal(old=old, token=old)
        new_info = await self._inspect(fresh)
        _require_same_owner(info, new_info)
        fresh = replace(fresh, expires_at=new_info.expires_at)
        return Renewal(old=old, token=fresh if outlives(fresh, old) else old)

    async def save(self, connection: Connection, token: AccessToken) -> Connection:
        """
        Store *token* in the place of the connection's, and return what is stored.

        A token that somebody else stored meanwhile stays, unless *token* lives
        longer.
        """
        if is_same(connection.token, token):
            return connection
        current = connection
        for _ in range(_ATTEMPTS):
            try:
                changed = replace(current, token=token)
                return await in_thread(self.store.replace, current, changed)
            except ConnectionChanged as error:
                changed_by_other = error
                current = await in_thread(self.store.get, connection.client_id)
                if not _is_better(token, connection, current):
                    return current
        raise changed_by_other

    def _is_due(self, connection: Connection, within: timedelta | None) -> bool:
        if within is None:
            return True
        expires_at = connection.token.expires_at
        return expires_at is not None and expires_at <= self.now() + within

    async def _refresh(self, group: Sequence[Connection]) -> list[Refreshed]:
        """Refresh the connections of *group*, which have one token."""
        try:
            for connection in group:
                require_same_issuer(connection, self.host, self.app.app_id)
            renewal = await self.renew(group[0].token)
        except MetaconnectError as error:
            return [_failed(connection, error) for connection in group]
        return await each(group, partial(self._stored, renewal))

    async def _stored(self, renewal: Renewal, connection: Connection) -> Refreshed:
        try:
            saved = await self.save(connection, renewal.token)
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

    async def _inspect(self, token: AccessToken) -> TokenInfo:
        return await inspect_token(self.graph, self.app, token)


async def refresh_clients(
    clients: Collection[str] | None,
    flow: RefreshFlow,
    *,
    within: timedelta | None = None,
) -> list[Refreshed]:
    """Refresh the connections of *clients*, of all where that is None."""
    found, missing = await chosen_connections(flow.store, clients)
    return [
        *await flow.run(found, within),
        *(
            Refreshed(
                client_id=client,
                outcome=Outcome.FAILED,
                problem=not_connected(client),
            )
            for client in missing
        ),
    ]


async def refreshed_on_the_way(
    connection: Connection, flow: RefreshFlow, notice: Callable[[str], None]
) -> Connection:
    """
    Return *connection* with a token that lives longer, where Meta gives one.

    It is tried once a process for each token. That it fails is only told: the
    token that is stored still works.
    """
    key = hash(connection.token.value)
    if key in _tried:
        return connection
    _tried.add(key)
    whose = f"The token of client {connection.client_id!r}"
    try:
        renewal = await flow.renew(connection.token)
        saved = await flow.save(connection, renewal.token)
    except MetaconnectError as error:
        notice(f"{whose} could not be extended: {error}")
        return connection
    if saved.token.expires_at and outlives(saved.token, renewal.old):
        notice(f"{whose} was extended to {saved.token.expires_at:%Y-%m-%d}.")
    return saved


def outlives(token: AccessToken, other: AccessToken) -> bool:
    """Whether *token* lives longer than *other*, by more than a rounding."""
    if other.expires_at is None:
        return False
    return token.expires_at is None or token.expires_at > other.expires_at + ROUNDING


def is_same(token: AccessToken, other: AccessToken) -> bool:
    """Whether the two are one token with one date."""
    moved = outlives(token, other) or outlives(other, token)
    return token.value == other.value and not moved


def _is_better(token: AccessToken, old: Connection, current: Connection) -> bool:
    """Whether *token*, made of *old*'s, may replace that of *current*."""
    if current.user_facebook_id != old.user_facebook_id:
        return False  # somebody logged in anew
    if current.token.value == old.token.value:
        return not is_same(current.token, token)
    return outlives(token, current.token)


def _require_same_owner(old: TokenInfo, new: TokenInfo) -> None:
    """Raise ServiceUnavailable unless *new* is a valid token of the same owner."""
    same = (new.app_id, new.user_id) == (old.app_id, old.user_id)
    if not (new.is_valid and same):
        raise ServiceUnavailable(
            "Meta's new token is not valid, or not of the same app and person. "
            "The stored one is kept."
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
