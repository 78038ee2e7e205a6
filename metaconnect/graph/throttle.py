"""When a request may be sent: quotas, pauses, and how many go at once."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from ..errors import MetaconnectError, RateLimited
from .gate import IN_FLIGHT, IN_FLIGHT_OF_APP, Gate
from .usage import Usage, ad_account_usage, app_usage
from .waits import (
    MAX_WAIT,
    PAUSE,
    delay_before_retry,
    in_words,
    pause_for,
    reason_of,
    with_wait,
)

if TYPE_CHECKING:  # loaded where limits are shared
    from .shared import SharedPauses

_WORTH_MENTIONING: Final = 5.0  # seconds without a word

_ALIKE: Final = 5.0  # seconds: such pauses are one

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


Say = Callable[[str], None]


def ignore(_notice: str) -> None:
    """Say nothing."""


class Throttle:
    """
    Decides how long requests wait. One is shared by all clients of a process.

    `enter` is asked before each send and `leave` told after it, `read` is told the
    headers of each answer, and `delay_after` decides about another try. No wait is
    longer than *max_wait* seconds: RateLimited is raised in its place.
    """

    def __init__(
        self,
        *,
        max_wait: float = MAX_WAIT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_wait = max_wait
        self.sleep = sleep
        self.clock = clock
        self.shared: SharedPauses | None = None
        self._jitter = jitter
        self._pauses: dict[Quota, _Pause] = {}
        self._gates: dict[Quota, Gate] = {}
        self._told_until = -math.inf

    async def enter(
        self,
        quota: Quota,
        failure: Failure | None = None,
        *,
        notice: Say = ignore,
        waiting: Say = ignore,
    ) -> None:
        """
        Wait until a request against *quota* may be sent, for the first time or
        after *failure*; `leave` must follow. *notice* is told of a long wait, and
        *waiting* why and that it is over ("").

        Raises RateLimited, without waiting, where it would take too long.
        """
        if self.shared is not None:
            await self._hear(self.shared)
        until = await self._sit_out(quota, failure, notice, waiting)
        while True:
            # The ad account's first: who waits for it takes no place of the app's.
            await self._gate(quota).enter()
            try:
                await self._enter_app(quota)
            except BaseException:
                self._gate(quota).leave()
                raise
            # Others may have met a throttle while this one stood at a gate.
            if self._paused_until(quota) <= max(until, self.clock()):
                return
            self.leave(quota)
            until = await self._sit_out(quota, None, notice, waiting)

    def leave(self, quota: Quota) -> None:
        """Give the place of a request that was sent to the next."""
        self._gate(quota).leave()
        if quota != quota.of_app:
            self._gate(quota.of_app).leave()

    def in_flight(self, quota: Quota) -> int:
        """Return how many requests may be under way against *quota* now."""
        return self._gate(quota).limit

    async def _enter_app(self, quota: Quota) -> None:
        if quota != quota.of_app:
            await self._gate(quota.of_app).enter()

    def _gate(self, quota: Quota) -> Gate:
        if quota not in self._gates:
            full = IN_FLIGHT_OF_APP if quota == quota.of_app else IN_FLIGHT
            self._gates[quota] = Gate(full)
        return self._gates[quota]

    def _paused_until(self, quota: Quota) -> float:
        pauses = (self._pauses.get(each) for each in {quota, quota.of_app})
        return max((pause.until for pause in pauses if pause), default=-math.inf)

    async def _sit_out(
        self, quota: Quota, failure: Failure | None, notice: Say, waiting: Say
    ) -> float:
        """Wait, and return until when it was."""
        reason, delay, spent = failure or Failure("", 0.0, 0.0)
        for paused in {quota, quota.of_app}:
            if (pause := self._pauses.get(paused)) is None:
                continue
            left = pause.until - self.clock()
            if left > self.max_wait + 1:  # a second is for the jitter
                raise _throttled(pause.error, left)
            if left > delay:
                delay, reason = left, reason_of(pause.error)
            elif left <= 0:
                del self._pauses[paused]
        until = self.clock() + delay
        if delay > 0:
            said = f"{reason.rstrip('.')}. Waiting {in_words(delay)}."
            # Once, however many requests wait for the same.
            if delay + spent >= _WORTH_MENTIONING and until > self._told_until + 1:
                self._told_until = until
                notice(said)
            waiting(said)
            try:
                await self.sleep(delay)
            finally:
                waiting("")
        return until

    def read(self, quota: Quota, headers: Mapping[str, str]) -> None:
        """Pause before the next request where *headers* say that it is due."""
        if quota.ad_account_id is not None:
            usage = ad_account_usage(headers, quota.ad_account_id)
            name = f"ad account act_{quota.ad_account_id}"
            self._heed(quota, usage, name)
        self._heed(quota.of_app, app_usage(headers), "the app")

    def delay_after(
        self, quota: Quota, attempt: int, error: MetaconnectError
    ) -> float | None:
        """
        Return the seconds until another try after *attempt*, None for no other.

        A throttle holds up every request against the same quota.
        """
        jitter = self._jitter()
        delay = delay_before_retry(attempt, error, jitter, max_wait=self.max_wait)
        limited = quota.of_app if error.code in _APP_LIMITS else quota
        # A throttle of one user, met where no ad account was asked, must not
        # hold up the others.
        named = error.code in _APP_LIMITS or quota.ad_account_id is not None
        if isinstance(error, RateLimited) and named:
            wait = delay or error.retry_after or PAUSE
            self._gate(limited).narrow()
            self._pause(limited, self.clock() + wait, error)
        return delay

    def _heed(self, quota: Quota, usage: Usage, name: str) -> None:
        self._gate(quota).adapt(usage.utilisation)
        if pause := pause_for(usage):
            why = f"{usage.utilisation:.0f} % of Meta's quota for {name} is used."
            until = self.clock() + pause + self._jitter()
            self._pause(quota, until, RateLimited(why))

    def _pause(self, quota: Quota, until: float, error: RateLimited) -> None:
        before = self._pauses.get(quota)
        self._pauses[quota] = _Pause(until, error)
        # Not each of many requests that are refused at the same time.
        if self.shared is None or (before and until <= before.until + _ALIKE):
            return
        self.shared.tell(*quota, until - self.clock(), error)

    async def _hear(self, shared: SharedPauses) -> None:
        """Pause where another process has learnt that it is due."""
        from .shared import seconds_left

        for told in await shared.news(self.clock()):
            quota = Quota(told.app_id or None, told.ad_account_id or None)
            until = self.clock() + seconds_left(told)
            before = self._pauses.get(quota)
            if before is None or before.until < until:
                error = RateLimited(told.why, code=told.code)
                self._pauses[quota] = _Pause(until, error)


def _throttled(error: RateLimited, left: float) -> RateLimited:
    """Return the error for a request that is not sent: what Meta said before."""
    return RateLimited(
        with_wait(reason_of(error), left),
        code=error.code,
        subcode=error.subcode,
        fbtrace_id=error.fbtrace_id,
        retry_after=left,
    )
