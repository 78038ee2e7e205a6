"""The listener beyond the conformance matrix: time, order and endings."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from metaconnect.oauth import endpoint, handler, listener
from metaconnect.oauth.loopback import LoopbackReceiver

from .conftest import Login, start, state_in
from .wire import callback, connect, exchange, get, request_bytes

pytestmark = pytest.mark.anyio


async def test_a_state_sent_twice_is_no_answer(login: Login):
    reply = await login.get(f"{login.good()}&state=other")

    assert reply.status == 400
    await login.assert_still_answers()


async def test_the_same_answer_again_is_told_so(login: Login):
    await login.get(login.good())
    await login.response()
    reply = await login.get(login.good())

    assert reply.status == 409
    assert "Already received" in reply.body


async def test_a_post_with_a_body_gets_its_page(login: Login):
    body = b"x" * 2**22  # more than the sockets can hold
    head = f"POST /callback HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    reply = await asyncio.to_thread(exchange, login.port, head.encode() + body)

    assert reply.status == 405
    await login.assert_still_answers()


async def test_slow_bytes_are_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(listener, "CONNECTION_LIFETIME", 0.3)

    def trickle(port: int) -> float:
        began = time.monotonic()
        with connect(port) as slow, contextlib.suppress(OSError):
            while time.monotonic() - began < 10:
                slow.send(b"G")
                time.sleep(0.05)
        return time.monotonic() - began

    with LoopbackReceiver("http://localhost:0/callback") as receiver:
        assert await asyncio.to_thread(trickle, receiver.port) < 3


async def test_an_idle_socket_is_closed_in_the_end(monkeypatch):
    monkeypatch.setattr(handler.RequestHandler, "timeout", 0.2)
    with (
        LoopbackReceiver("http://localhost:0/callback") as receiver,
        connect(receiver.port) as idle,
    ):
        assert await asyncio.to_thread(idle.recv, 1) == b""


@pytest.mark.parametrize("name", ["LOCALHOST:{port}", "127.0.0.1:{port}"])
async def test_every_name_of_ours_is_right(login: Login, name):
    reply = await login.get(login.good(), host=name.format(port=login.port))

    assert reply.status == 200


async def test_the_page_arrives_whole_although_we_leave_at_once():
    with LoopbackReceiver("http://localhost:0/callback") as receiver:
        login = start(receiver)
        browser = asyncio.create_task(login.get(login.good()))
        await login.response()
    reply = await browser

    assert reply.status == 200
    assert len(reply.body.encode()) == int(reply.headers["Content-Length"])


async def test_a_browser_that_goes_away_has_answered_nevertheless(login: Login):
    with connect(login.port) as browser:
        abort = struct.pack("ii", 1, 0)
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, abort)
        browser.sendall(request_bytes(login.good(), f"localhost:{login.port}"))

    assert (await login.response())["code"] == "CODE"


async def test_the_oldest_idle_socket_makes_room(monkeypatch):
    monkeypatch.setattr(listener, "MAX_CONNECTIONS", 3)
    with (
        LoopbackReceiver("http://localhost:0/callback") as receiver,
        contextlib.ExitStack() as held,
    ):
        port = receiver.port
        sockets = [held.enter_context(connect(port)) for _ in range(4)]
        sockets[0].settimeout(2)
        assert await asyncio.to_thread(sockets[0].recv, 1) == b""
        sockets[1].settimeout(0.1)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(sockets[1].recv, 1)


async def test_after_the_answer_the_short_url_leads_nowhere(login: Login, monkeypatch):
    monkeypatch.setattr(endpoint, "READY_TIMEOUT", 0.05)
    await login.assert_still_answers()

    assert (await login.get("/")).status == 503


async def test_the_result_comes_only_after_the_page(login: Login, monkeypatch):
    order = []
    write = handler.RequestHandler._write

    def slow_write(self, reply):
        time.sleep(0.2)
        write(self, reply)
        order.append("page")

    async def answered():
        await login.response()
        order.append("result")

    monkeypatch.setattr(handler.RequestHandler, "_write", slow_write)
    await asyncio.gather(login.get(login.good()), answered())

    assert order == ["page", "result"]


CTRL_C = """
import asyncio
from metaconnect.oauth.authorization import AuthorizationRequest
from metaconnect.oauth.loopback import LoopbackReceiver

async def wait():
    with LoopbackReceiver("http://localhost:0/callback") as receiver:
        request = AuthorizationRequest(
            endpoint="https://example.org", app_id="1", client_id="acme",
            redirect_uri=receiver.redirect_uri, scopes=(), lifetime=60,
        )
        print(receiver.port, flush=True)
        await receiver.receive(request.pending)

try:
    asyncio.run(wait())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send on Windows")
async def test_ctrl_c_while_waiting_and_a_socket_is_held_open():
    with subprocess.Popen(  # noqa: ASYNC220 (nothing else runs here)
        [sys.executable, "-c", CTRL_C], stdout=subprocess.PIPE, text=True
    ) as process:
        with connect(int(process.stdout.readline())):
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=10)
        assert time.monotonic() - began < 2
    assert output == "interrupted\n"


async def test_an_answer_before_we_wait_is_patiently_kept():
    with LoopbackReceiver("http://localhost:0/callback") as receiver:
        early = asyncio.create_task(asyncio.to_thread(get, receiver.port, "/"))
        await asyncio.sleep(0.2)
        login = start(receiver)

        assert state_in(await early) != login.state
        await login.assert_still_answers()


@pytest.mark.parametrize("target", ["/", "/callback?code=CODE&state=x"])
async def test_a_request_that_nobody_waits_for(monkeypatch, target):
    monkeypatch.setattr(endpoint, "READY_TIMEOUT", 0.05)
    with LoopbackReceiver("http://localhost:0/callback") as receiver:
        reply = await asyncio.to_thread(get, receiver.port, target)

    assert reply.status == 503


async def test_leaving_lets_go_of_whoever_waits_for_us():
    before = set(threading.enumerate())
    with (
        contextlib.ExitStack() as held,
        LoopbackReceiver("http://localhost:0/callback") as receiver,
    ):
        early = held.enter_context(connect(receiver.port))
        early.sendall(request_bytes("/", f"localhost:{receiver.port}"))
        await asyncio.sleep(0.2)
    left = [t for t in set(threading.enumerate()) - before if t.is_alive()]
    for thread in left:
        thread.join(1)

    assert not any(thread.is_alive() for thread in left)


async def test_one_receiver_serves_two_logins_in_turn(login: Login):
    await login.assert_still_answers()
    again = start(login.receiver)
    await asyncio.sleep(0)

    assert (await again.get(login.good())).status == 409
    await again.assert_still_answers()


async def test_nothing_is_logged_or_printed(login: Login, caplog, capfd):
    caplog.set_level("DEBUG")
    await login.get("/")
    await login.get(callback(code="FORGED", state="wrong"))
    await asyncio.to_thread(exchange, login.port, b"GARBAGE\r\n\r\n")
    await login.assert_still_answers()

    assert [r for r in caplog.records if r.name != "asyncio"] == []
    assert login.state not in caplog.text
    assert tuple(capfd.readouterr()) == ("", "")
    assert login.state not in repr((login.request, login.receiver, login.waiting))
