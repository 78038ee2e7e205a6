"""How long to wait after an answer or a failure, and how that is said."""

from __future__ import annotations

import math
from typing import Final

from ..errors import MetaconnectError, NetworkError, RateLimited, ServiceUnavailable
from .usage import Usage

MAX_ATTEMPTS: Final = 5
MAX_WAIT: Final = 120.0  # seconds, unless told otherwise; beyond it a person decides
PAUSE: Final = 30.0  # where a quota is nearly used up, or Meta named no time
NEARLY_FULL: Final = 95.0  # percent
_FIRST: Final = 0.5


def pause_for(usage: Usage) -> float:
    """Return how long to pause after an answer that came with *usage*."""
    if usage.utilisation <= NEARLY_FULL and usage.wait is None:
        return 0.0
    # Meta still answers, so that a longer wait is not called for yet.
    return min(max(usage.wait or 0.0, PAUSE), MAX_WAIT)


def delay_before_retry(
    attempt: int, error: MetaconnectError, jitter: float, *, max_wait: float = MAX_WAIT
) -> float | None:
    """
    Return the seconds to wait after failed *attempt* (from 1), or None to stop.

    *jitter* is between 0 and 1 and spreads clients that failed together.
    Honours the wait that Meta named if it is at most *max_wait*. A throttle for
    which Meta named none is tried once more: asking on makes it last longer.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    if not isinstance(error, (RateLimited, NetworkError, ServiceUnavailable)):
        return None
    if error.retry_after is not None:
        return error.retry_after + jitter if error.retry_after <= max_wait else None
    if isinstance(error, RateLimited):
        return PAUSE + jitter if attempt == 1 and max_wait >= PAUSE else None
    return _FIRST * float(2 ** (attempt - 1)) * (1 + jitter) / 2


def with_wait(message: str, wait: float | None) -> str:
    """Return *message* with how long to wait, where that is known."""
    return f"{message} (try again in {in_words(wait)})" if wait else message


def reason_of(error: MetaconnectError) -> str:
    """Return the message of *error* without what `with_wait` added."""
    return str(error).removesuffix(with_wait("", error.retry_after))


def in_words(seconds: float) -> str:
    """Return *seconds* as a person would say it, rounded up."""
    if seconds <= 90:  # noqa: PLR2004 - where seconds stop being handy
        return f"{math.ceil(seconds)} s"
    if seconds <= 90 * 60:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600)} h"
