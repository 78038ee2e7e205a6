"""When a request may be sent: quotas, pauses, and tries after a failure."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

from ..errors import MetaconnectError, NetworkError, RateLimited, ServiceUnavailable
from .usage import Usage, ad_account_usage, app_usage

MAX_ATTEMPTS: Final = 5
MAX_WAIT: Final = 120.0  # seconds; beyond it a person should decide
PAUSE: Final = 30.0  # where a quota is nearly used up, or Meta named no time
NEARLY_FULL: Final = 95.0  # percent
_FIRST: Final = 0.5
_WORTH_MENTIONING: Final = 5.0  # seconds without a word

# The app's own quota; the other codes are about an ad account or a user.
_APP_LIMITS: Final = frozenset((4, 341))


class Quota(NamedTuple):
    """
    What a request counts against: an app, and an ad account where it is of one.

    The ad account's id is without ``act_``, as Meta's headers have it.
    """

    app_id: str | None = None
    ad_account_id: str | None = None

    @property
    def of_app(self) -> Quota:
        return Quota(self.app_id)


class Failure(NamedTuple):
    """Why a request is sent again, after how long, and how long it took."""

    reason: str
    delay: float
    spent: float


class _Pause(NamedTuple):
    until: float
    error: RateLimited  # what Meta said


def ignore(_notice: str) -> None:
    """Say nothing."""


class Throttle:
    """
    Decides how long requests wait. One is shared by all clients of a process.

    `wait_before` is asked before each send, `read` is told the headers of
    each answer, and `delay_after` decides about another try.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._jitter = jitter
        self.clock = clock
        self._pauses: dict[Quota, _Pause] = {}

    async def wait_before(
        self,
        quota: Quota,
        failure: Failure | None = None,
        *,
        notice: Callable[[str], None] = ignore,
    ) -> None:
        """
        Wait until a request against *quota* may be sent, for the first time or
        after *failure*.

        Raises RateLimited, without waiting, where it would take too long.
        """
        reason, delay, spent = failure or Failure("", 0.0, 0.0)
        for paused in {quota, quota.of_app}:
            if (pause := self._pauses.get(paused)) is None:
                continue
            left = pause.until - self.clock()
            if left > MAX_WAIT + 1:  # a second is for the jitter
                raise _throttled(pause.error, left)
            if left > delay:
                delay, reason = left, reason_of(pause.error)
            elif left <= 0:
                del self._pauses[paused]
        if delay + spent >= _WORTH_MENTIONING:
            notice(f"{reason.rstrip('.')}. Waiting {in_words(delay)}.")
        if delay > 0:
            await self._sleep(delay)

    def read(self, quota: Quota, headers: Mapping[str, str]) -> None:
        """Pause before the next request where *headers* say that it is due."""
        if quota.ad_account_id is not None:
            usage = ad_account_usage(headers, quota.ad_account_id)
            name = f"ad account act_{quota.ad_account_id}"
            self._pause_when_full(quota, usage, name)
        self._pause_when_full(quota.of_app, app_usage(headers), "the app")

    def delay_after(
        self, quota: Quota, attempt: int, error: MetaconnectError
    ) -> float | None:
        """
        Return the seconds until another try after *attempt*, None for no other.

        A throttle holds up every request against the same quota.
        """
        jitter = self._jitter()
        delay = delay_before_retry(attempt, error, jitter)
        limited = quota.of_app if error.code in _APP_LIMITS else quota
        # A throttle of one user, met where no ad account was asked, must not
        # hold up the others.
        named = error.code in _APP_LIMITS or quota.ad_account_id is not None
        if isinstance(error, RateLimited) and named:
            wait = delay or error.retry_after or PAUSE
            self._pauses[limited] = _Pause(self.clock() + wait, error)
        return delay

    def _pause_when_full(self, quota: Quota, usage: Usage, name: str) -> None:
        if pause := pause_for(usage):
            why = f"{usage.utilisation:.0f} % of Meta's quota for {name} is used."
            until = self.clock() + pause + self._jitter()
            self._pauses[quota] = _Pause(until, RateLimited(why))


def pause_for(usage: Usage) -> float:
    """Return how long to pause after an answer that came with *usage*."""
    if usage.utilisation <= NEARLY_FULL and usage.wait is None:
        return 0.0
    # Meta still answers, so that a longer wait is not called for yet.
    return min(max(usage.wait or 0.0, PAUSE), MAX_WAIT)


def delay_before_retry(
    attempt: int, error: MetaconnectError, jitter: float
) -> float | None:
    """
    Return the seconds to wait after failed *attempt* (from 1), or None to stop.

    *jitter* is between 0 and 1 and spreads clients that failed together.
    Honours the wait that Meta named if it is at most MAX_WAIT. A throttle for
    which Meta named none is tried once more: asking on makes it last longer.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    if not isinstance(error, (RateLimited, NetworkError, ServiceUnavailable)):
        return None
    if error.retry_after is not None:
        return error.retry_after + jitter if error.retry_after <= MAX_WAIT else None
    if isinstance(error, RateLimited):
        return PAUSE + jitter if attempt == 1 else None
    return _FIRST * float(2 ** (attempt - 1)) * (1 + jitter) / 2


def with_wait(message: str, wait: float | None) -> str:
    """Return *message* with how long to wait, where that is known."""
    return f"{message} (try again in {in_words(wait)})" if wait else message


def reason_of(error: MetaconnectError) -> str:
    """Return the message of *error* without what `with_wait` added."""
    return str(error).removesuffix(with_wait("", error.retry_after))


def _throttled(error: RateLimited, left: float) -> RateLimited:
    """Return the error for a request that is not sent: what Meta said before."""
    return RateLimited(
        with_wait(reason_of(error), left),
        code=error.code,
        subcode=error.subcode,
        fbtrace_id=error.fbtrace_id,
        retry_after=left,
    )


def in_words(seconds: float) -> str:
    """Return *seconds* as a person would say it, rounded up."""
    if seconds <= 90:  # noqa: PLR2004 - where seconds stop being handy
        return f"{math.ceil(seconds)} s"
    if seconds <= 90 * 60:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600)} h"
