"""All reads of one program share a pool of connections and a throttle."""

import pytest

from metaconnect.api import AsyncMetaconnect
from metaconnect.errors import RateLimited

from .conftest import asked

pytestmark = pytest.mark.anyio


def open_connections(program):
    return len(program.parts.http._transport._pool.connections)


async def test_reads_one_after_the_other_use_one_connection(program, connect):
    connect()
    for _ in range(3):
        await program.insights("acme", "yesterday")
        await program.ad_accounts("acme")

    assert open_connections(program) == 1


async def test_what_meta_says_to_one_read_holds_for_the_next(program, connect, meta):
    connect()
    meta.sandbox.plan("*", "80000")
    with pytest.raises(RateLimited):
        await program.insights("acme")
    before = len(asked(meta))

    with pytest.raises(RateLimited, match="try again in"):
        await program.insights("acme")
    assert len(asked(meta)) == before


async def test_it_can_be_used_again_after_it_was_closed(program, connect):
    connect()
    rows = await program.insights("acme", "yesterday")
    first = program.parts.http

    await program.aclose()
    assert first.is_closed
    assert await program.insights("acme", "yesterday") == rows
    assert program.parts.http is not first


@pytest.mark.parametrize(("max_wait", "requests"), [(30, 1), (90, 2)])
async def test_a_wait_is_as_long_as_the_program_allows(
    settings, connect, meta, max_wait, requests
):
    connect()
    meta.sandbox.switches.regain_minutes = 1
    meta.sandbox.plan("*", "80000")

    async with AsyncMetaconnect(settings, max_wait=max_wait) as program:
        waits = []

        async def sleep(seconds):
            waits.append(seconds)

        throttle = program.parts.graph._throttle
        throttle.sleep, throttle.clock = sleep, lambda: sum(waits)
        if requests > 1:
            assert await program.insights("acme", "yesterday")
        else:
            with pytest.raises(RateLimited, match="try again in 60 s"):
                await program.insights("acme", "yesterday")

    assert len(asked(meta, "/insights")) == requests
