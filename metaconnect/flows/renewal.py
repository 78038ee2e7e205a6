"""
A token that takes the place of one that expires.

Meta may give a new token with a later date, or the same date again: both dates are
asked for. The old token stays stored until the new one was inspected, and it goes on
working at Meta until its own date.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

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
from ..stores.base import ConnectionStore
from .threads import in_thread

ROUNDING = timedelta(minutes=1)  # dates that differ by less are the same
_ATTEMPTS = 3
_tried: set[int] = set()  # hashes of the tokens tried on the way


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """The token to keep, and the old one with its date as Meta says it."""

    old: AccessToken
    token: AccessToken


class Renewer(msgspec.Struct, frozen=True, kw_only=True):
    """What renews tokens and stores them. `now` is the clock, in UTC."""

    host: MetaHost
    app: MetaApp
    graph: GraphClient
    store: ConnectionStore
    now: Callable[[], datetime]

    async def renew(self, token: AccessToken) -> Renewal:
        """
        Return the token to keep in the place of *token*: a new one only where it
        lives longer, and is of the same app and person.

        Raises TokenRejected where Meta no longer accepts *token*.
        """
        info = await self._inspect(token)
        if not info.is_valid:
            raise info.rejection or TokenRejected("Meta does not accept the token.")
        old = _dated(token, info)
        if info.never_expires:
            return Renewal(old=old, token=old)
        fresh = await extend_token(
            self.graph, self.app, token, self.now(), system_user=info.is_system_user
        )
        if fresh.value == token.value:
            return Renewal(old=old, token=old)
        new_info = await self._inspect(fresh)
        _require_same_owner(info, new_info)
        fresh = _dated(fresh, new_info)
        is_known = fresh.expires_at is not None or new_info.never_expires
        return Renewal(
            old=old, token=fresh if is_known and outlives(fresh, old) else old
        )

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

    async def _inspect(self, token: AccessToken) -> TokenInfo:
        return await inspect_token(self.graph, self.app, token)


async def refreshed_on_the_way(
    connection: Connection, renewer: Renewer, notice: Callable[[str], None]
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
        renewal = await renewer.renew(connection.token)
        saved = await renewer.save(connection, renewal.token)
    except MetaconnectError as error:
        notice(f"{whose} could not be extended: {error}")
        return connection
    if saved.token.expires_at and outlives(saved.token, renewal.old):
        notice(f"{whose} was extended to {saved.token.expires_at:%Y-%m-%d}.")
    return saved


def _dated(token: AccessToken, info: TokenInfo) -> AccessToken:
    """Return *token* with Meta's date, with its own where Meta says none."""
    if info.expires_at or info.never_expires:
        return replace(token, expires_at=info.expires_at)
    return token


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
