"""Whether a connection is well, in one word."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from ..errors import (
    AuthError,
    CheckpointRequired,
    InvalidRequest,
    MetaconnectError,
    NotConnected,
    PermissionMissing,
)

# https://developers.facebook.com/docs/graph-api/guides/error-handling
_EXPIRED = 463  # subcode of 190
_BLOCKED = (200, 368)  # the app, or what it does, is restricted


class Verdict(StrEnum):
    """
    How a connection is: `RESTRICTED` is a token that Meta accepts and that reads no
    Insights of the ad account; `UNKNOWN` is what could not be found out.
    """

    OK = "ok"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CHECKPOINT = "checkpoint"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"

    @property
    def needs_person(self) -> bool:
        return self not in (Verdict.OK, Verdict.UNKNOWN)


def verdict(
    expires_at: datetime | None,
    *,
    now: datetime,
    within: timedelta,
    permitted: bool = True,
    problem: MetaconnectError | None = None,
) -> Verdict:
    """
    Return the verdict on a token that ends at *expires_at*, None for never.

    *within* is what counts as expiring, *permitted* whether it has a permission that
    Insights need, and *problem* what asking Meta raised.
    """
    if isinstance(problem, AuthError):
        return _refused(problem, expires_at, now)
    if expires_at is not None and expires_at <= now:
        return Verdict.EXPIRED
    if not permitted or _is_restricted(problem):
        return Verdict.RESTRICTED
    if problem is not None:
        return Verdict.UNKNOWN
    if expires_at is not None and expires_at <= now + within:
        return Verdict.EXPIRING
    return Verdict.OK


def _refused(problem: AuthError, expires_at: datetime | None, now: datetime) -> Verdict:
    if isinstance(problem, NotConnected):
        return Verdict.UNKNOWN
    if isinstance(problem, CheckpointRequired):
        return Verdict.CHECKPOINT
    is_past = expires_at is not None and expires_at <= now
    if problem.subcode == _EXPIRED or (problem.subcode is None and is_past):
        return Verdict.EXPIRED
    return Verdict.REVOKED


def _is_restricted(problem: MetaconnectError | None) -> bool:
    if isinstance(problem, (PermissionMissing, InvalidRequest)):
        return True
    return problem is not None and problem.code in _BLOCKED
