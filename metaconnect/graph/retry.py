"""When to ask Meta again, and how long to wait before that."""

from __future__ import annotations

from typing import Final

from ..errors import MetaconnectError, NetworkError, RateLimited, ServiceUnavailable

MAX_ATTEMPTS: Final = 5
MAX_WAIT: Final = 120.0  # seconds; beyond it a person should decide
_FIRST: Final = 0.5
_FIRST_THROTTLED: Final = 2.0  # asking on makes a throttle last longer


def delay_before_retry(
    attempt: int, error: MetaconnectError, jitter: float
) -> float | None:
    """
    Return the seconds to wait after failed *attempt* (from 1), or None to stop.

    *jitter* is between 0 and 1 and spreads clients that failed together. Where
    Meta said how long to wait it is done, if that is not too long.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    if isinstance(error, RateLimited):
        if error.retry_after is None:
            return _backoff(_FIRST_THROTTLED, attempt, jitter)
        return error.retry_after + jitter if error.retry_after <= MAX_WAIT else None
    if isinstance(error, (NetworkError, ServiceUnavailable)):
        return _backoff(_FIRST, attempt, jitter)
    return None


def _backoff(first: float, attempt: int, jitter: float) -> float:
    return first * float(2 ** (attempt - 1)) * (1 + jitter) / 2


def in_words(seconds: float) -> str:
    """Return *seconds* as a person would say it, rounded up."""
    if seconds <= 90:  # noqa: PLR2004 - where seconds stop being handy
        return f"{_up(seconds)} s"
    if seconds <= 90 * 60:
        return f"{_up(seconds / 60)} min"
    return f"{_up(seconds / 3600)} h"


def _up(number: float) -> int:
    return int(-(-number // 1))
