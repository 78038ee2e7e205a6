"""Stores are called in worker threads: none of them stops the event loop."""

import asyncio
from threading import Event

import pytest

from .conftest import REDIRECT_URI

pytestmark = pytest.mark.anyio


class Waiting:
    """A store (or secrets) whose every call ends when the event loop says so."""

    name = "this machine"

    def __init__(self, real):
        self._real = real
        self.begun = Event()
        self._released = Event()
        self.calls = []

    def __getattr__(self, name):
        real = getattr(self._real, name)

        def call(*args):
            self.calls.append(name)
            self.begun.set()
            assert self._released.wait(10), f"{name} ran inside the event loop"
            self._released.clear()
            return real(*args)

        return call

    async def release(self):
        """Let every call that has begun end; this runs inside the loop."""
        while True:
            await asyncio.sleep(0.001)
            if self.begun.is_set():
                self.begun.clear()
                self._released.set()


VERBS = {
    "connections": lambda p: p.connections(),
    "clients": lambda p: p.clients(),
    "get": lambda p: p.connection("acme"),
    "only": lambda p: p.connection(),
    "replace": lambda p: p.use_ad_account("acme", "act_101000000007919"),
    "save": lambda p: p.resume("acme", account="first"),
    "check": lambda p: p.resume("acme", account="first"),
}


@pytest.mark.parametrize("name", VERBS)
async def test_a_store_that_waits_lets_others_run(name, program, connect, flow, code):
    connect()
    await flow.exchange(code(), REDIRECT_URI)
    store = program.parts.store = Waiting(program.parts.store)
    pending = program.parts.pending = Waiting(program.parts.pending)
    releasing = [asyncio.create_task(each.release()) for each in (store, pending)]
    try:
        await VERBS[name](program)
    finally:
        for task in releasing:
            task.cancel()

    assert name in store.calls
    if name == "save":
        assert pending.calls == ["get", "keep", "forget"]
