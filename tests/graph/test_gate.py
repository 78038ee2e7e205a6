"""How many requests go at once, and whom a throttle holds up."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from metaconnect.errors import RateLimited
from metaconnect.graph.gate import IN_FLIGHT, IN_FLIGHT_OF_APP, Gate, most_in_flight
from metaconnect.graph.throttle import Failure, Quota, Throttle

pytestmark = pytest.mark.anyio
ONE, OTHER = Quota("app", "1"), Quota("app", "2")


def used(percent, ad_account="1", minutes=0):
    entry = f'"call_count":{percent},"estimated_time_to_regain_access":{minutes}'
    return httpx.Headers(
        {"x-business-use-case-usage": f'{{"{ad_account}":[{{{entry}}}]}}'}
    )


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("utilisation", "most"),
    [(0, 18), (24, 18), (25, 12), (50, 6), (75, 3), (90, 1), (100, 1)],
)
def test_fewer_go_at_once_as_a_quota_fills_up(utilisation, most):
    assert most_in_flight(18, utilisation) == most
    assert most_in_flight(1, utilisation) == 1


async def test_the_throttle_heeds_the_headers_at_once_and_grows_back_slowly(throttle):
    assert throttle.in_flight(ONE) == IN_FLIGHT

    throttle.read(ONE, used(80))
    assert (throttle.in_flight(ONE), throttle.in_flight(OTHER)) == (3, IN_FLIGHT)
    throttle.read(ONE, used(10))
    throttle.read(ONE, used(10))
    assert throttle.in_flight(ONE) == 5

    throttle.read(ONE, httpx.Headers({"X-App-Usage": '{"call_count":60}'}))
    assert throttle.in_flight(Quota("app")) == IN_FLIGHT_OF_APP // 3


async def test_a_refusal_halves_them(throttle):
    throttle.delay_after(ONE, 1, RateLimited("", code=17, retry_after=5))

    assert throttle.in_flight(ONE) == IN_FLIGHT // 2
    assert throttle.in_flight(OTHER) == IN_FLIGHT


async def test_who_does_not_fit_waits_in_order():
    gate, let_in = Gate(2), []

    async def one(name):
        await gate.enter()
        let_in.append(name)

    tasks = [asyncio.create_task(one(name)) for name in "abcd"]
    await turns()
    assert let_in == ["a", "b"]
    gate.leave()
    await turns()
    assert let_in == ["a", "b", "c"]
    tasks[3].cancel()
    gate.leave()
    await turns()
    assert (gate.inside, tasks[3].cancelled()) == (1, True)


async def test_who_is_let_in_and_cancelled_gives_the_place_back():
    gate = Gate(1)
    await gate.enter()
    waits = asyncio.create_task(gate.enter())
    await turns()
    gate.leave()  # lets it in
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)

    assert gate.inside == 0
    await asyncio.wait_for(gate.enter(), 1)


async def test_one_throttled_ad_account_does_not_delay_another():
    """Not even where more requests of it wait than the app may have at once."""
    asleep = asyncio.Event()

    async def sleep(_seconds):
        await asleep.wait()

    throttle = Throttle(sleep=sleep, jitter=lambda: 0.5)
    throttle.read(ONE, used(100, minutes=1))
    waiting = [
        asyncio.create_task(throttle.enter(ONE)) for _ in range(2 * IN_FLIGHT_OF_APP)
    ]
    await turns()

    for _ in range(IN_FLIGHT):
        await asyncio.wait_for(throttle.enter(OTHER), 1)
    asleep.set()
    await turns(20)
    assert sum(task.done() for task in waiting) == throttle.in_flight(ONE) == 1
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_who_stood_at_the_gate_heeds_a_pause_that_began_meanwhile(
    throttle, waits
):
    throttle.read(ONE, used(90))
    await throttle.enter(ONE)
    second = asyncio.create_task(throttle.enter(ONE))
    await turns()
    throttle.delay_after(ONE, 1, RateLimited("", code=17, retry_after=60))
    throttle.leave(ONE)
    await second

    assert waits == [60.5]


async def test_a_wait_is_told_once_and_taken_back(throttle):
    notices, waiting = [], []
    throttle.read(ONE, used(97))

    told = {"notice": notices.append, "waiting": waiting.append}
    clock, throttle.clock = throttle.clock, lambda: 0.0
    await asyncio.gather(*(throttle._sit_out(ONE, None, **told) for _ in range(3)))
    throttle.clock = clock

    text = "97 % of Meta's quota for ad account act_1 is used. Waiting 31 s."
    assert notices == [text]
    assert sorted(waiting) == ["", "", "", text, text, text]


@pytest.mark.parametrize(("max_wait", "waits_for"), [(10, []), (60, [60.5])])
async def test_a_wait_longer_than_allowed_is_an_error_that_names_it(
    max_wait, waits_for
):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    throttle = Throttle(max_wait=max_wait, sleep=sleep, jitter=lambda: 0.5)
    throttle.clock = lambda: sum(waits)
    error = RateLimited("Slow", code=17, retry_after=60)
    delay = throttle.delay_after(ONE, 1, error)
    if waits_for:
        await throttle.enter(ONE, Failure("Slow", delay, 0))
    else:
        assert delay is None
        with pytest.raises(RateLimited, match="try again in 60 s") as caught:
            await throttle.enter(ONE)
        assert caught.value.exit_code == 6

    assert waits == waits_for
