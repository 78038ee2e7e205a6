"""
The conformance matrix: what a loopback listener meets, one test per column.

Each test ends with the right answer being received, so "ignored" is proved.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shlex
import socket
import subprocess
import sys
import threading
import time

import pytest

from metaconnect.errors import AuthError, AuthorizationDenied, ConfigError
from metaconnect.oauth.authorization import authorization_code
from metaconnect.oauth.pending import PendingAuthorization
from metaconnect.oauth.state import State

from .conftest import Login, receiver_on, start, state_in
from .wire import (
    Reply,
    callback,
    connect,
    get,
    has_ipv6_loopback,
    read_reply,
    request_bytes,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(params=[False, True], ids=["http", "https"])
def tls(request) -> bool:
    return request.param


needs_ipv6 = pytest.mark.skipif(
    not has_ipv6_loopback(),
    reason="no IPv6 loopback: sysctl -w net.ipv6.conf.lo.disable_ipv6=0",
)


async def test_plain(login: Login):
    reply = await login.get(login.good())

    assert reply.status == 200
    assert "Authorization received" in reply.body
    assert await login.response() == {"code": "CODE", "state": login.state}


@pytest.mark.parametrize("path", ["/favicon.ico", "/callback/", "/robots.txt", "/a?b"])
async def test_another_path_first(login: Login, path):
    assert (await login.get(path)).status == 404
    await login.assert_still_answers()


@pytest.mark.parametrize(
    "target",
    [
        callback(code="FORGED", state="wrong"),
        callback(code="FORGED", state=""),
        callback(code="FORGED", state="é\u202e\x00"),
        callback(code="FORGED"),
        callback(error="access_denied", state="wrong"),
        callback(error="access_denied"),
        "/callback",
        "/callback?state=%ff%fe&code=%00",
        "/callback?" + "a=1&" * 500,
    ],
)
async def test_wrong_state_first(login: Login, target):
    reply = await login.get(target)

    assert reply.status == 400
    assert "does not belong to the login in the terminal" in reply.body
    assert "FORGED" not in reply.body
    await login.assert_still_answers()


async def test_denial(login: Login):
    denial = {"error": "access_denied", "error_description": "<b>Permissions error"}
    reply = await login.get(callback(**denial, state=login.state))

    assert reply.status == 403
    assert "Nothing was saved" in reply.body
    assert "Permissions" not in reply.body
    with pytest.raises(AuthorizationDenied, match="Permissions error"):
        authorization_code(await login.response(), "acme")


async def test_neither_code_nor_error(login: Login):
    reply = await login.get(callback(state=login.state))

    assert reply.status == 400
    assert "No authorization" in reply.body
    with pytest.raises(AuthorizationDenied, match="neither a code nor an error"):
        authorization_code(await login.response(), "acme")


@pytest.mark.parametrize("count", [1, 100])
async def test_idle_sockets_left_open(login: Login, count):
    with contextlib.ExitStack() as held:
        for _ in range(count):
            held.enter_context(login.connect())
            # All at once they fill the backlog: the kernel waits a second.
            await asyncio.sleep(0.001)
        await login.assert_still_answers()


async def test_a_half_sent_request_left_open(login: Login):
    with login.connect() as held:
        held.sendall(b"GET /callback?code=HALF HTTP/1.1\r\nHost: loc")
        await login.assert_still_answers()


@needs_ipv6
async def test_answer_on_ipv6(login: Login):
    host = f"[::1]:{login.port}"
    reply = await login.get(login.good(), address="::1", host=host)

    assert reply.status == 200
    assert (await login.response())["code"] == "CODE"


async def test_two_answers_at_once(login: Login):
    together = threading.Barrier(4, timeout=10)

    def answer(number: int) -> Reply:
        with login.connect() as connection:
            together.wait()
            target = login.good(code=f"CODE{number}")
            connection.sendall(request_bytes(target, f"localhost:{login.port}"))
            return read_reply(connection)

    calls = (asyncio.to_thread(answer, n) for n in range(4))
    replies = await asyncio.gather(*calls)

    assert sorted(r.status for r in replies) == [200] + [409] * 3
    winner = next(n for n, r in enumerate(replies) if r.status == 200)
    assert (await login.response())["code"] == f"CODE{winner}"


@pytest.mark.parametrize(
    "method", ["HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "get", "BREW"]
)
async def test_another_method_first(login: Login, method):
    request = request_bytes(login.good(), f"localhost:{login.port}", method)
    reply = await login.exchange(request)

    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
    assert (reply.body == "") == (method == "HEAD")
    await login.assert_still_answers()


async def test_a_megabyte_of_url(login: Login):
    request = request_bytes(f"{login.good()}&x={'x' * 2**20}", "localhost")
    reply = await login.exchange(request)

    assert reply.status == 414
    await login.assert_still_answers()


@pytest.mark.parametrize(
    "headers", ["X: " + "x" * 2**20, "\r\n".join(f"X{n}: y" for n in range(500))]
)
async def test_too_many_headers(login: Login, headers):
    request = f"GET {login.good()} HTTP/1.1\r\n{headers}\r\n\r\n".encode()
    reply = await login.exchange(request)

    assert reply.status == 431
    await login.assert_still_answers()


async def test_slow_bytes_do_not_delay_the_answer(login: Login):
    with login.connect() as slow:
        for byte in b"GET /callback?code=":
            slow.send(bytes([byte]))
            await asyncio.sleep(0.01)
        await login.assert_still_answers()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n",
        b"\r\n\r\n",
        b"\x00" * 1000 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /callback\r\n\r\n",
        b"GET /callback HTTP/9.9\r\n\r\n",
        b"GET /callback HTTP/x\r\n\r\n",
        b"GET /callback HTTP/1.1\r\nno colon at all\r\n\r\n",
        b"GET http://[/callback HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\xff\xfe GET / HTTP/1.1\r\n\r\n",
    ],
)
async def test_garbage_first(login: Login, garbage):
    def send() -> bytes:
        with login.connect() as connection:
            connection.sendall(garbage)
            # Of TLS only the transport is shut: the reply is still to be read.
            socket.socket.shutdown(connection, socket.SHUT_WR)
            return connection.recv(65536)

    reply = await asyncio.to_thread(send)

    assert reply == b"" or reply.startswith(b"HTTP/1.1 4")
    await login.assert_still_answers()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example:{port}", 421),
        ("localhost.evil.example:{port}", 421),
        ("localhost:1", 421),
        ("localhost", 421),
        ("0.0.0.0:{port}", 421),
        ("", 421),
        (None, 400),
        ("localhost:{port}\r\nHost: localhost:{port}", 400),
    ],
)
@pytest.mark.parametrize("start_page", [False, True])
async def test_wrong_host_first(login: Login, host, status, start_page):
    name = host.format(port=login.port) if host is not None else None
    target = "/" if start_page else login.good()
    request = request_bytes(target, name)
    reply = await login.exchange(request)

    assert reply.status == status
    assert login.state not in f"{reply}"
    await login.assert_still_answers()


async def test_the_start_page_a_second_time(login: Login):
    started = state_in(await login.start())
    again = await login.start()

    assert again.status == 410
    assert "Open the long address" in again.body
    assert "Location" not in again.headers
    assert login.state not in f"{again}"
    # Of two that asked, one was not the person: what they were given is void.
    assert (await login.get(callback(code="FORGED", state=started))).status == 400
    await login.assert_still_answers()


async def test_the_start_page_a_second_time_without_another_way_in(tls):
    with receiver_on(tls, host="127.0.0.1") as receiver:
        state = State(60)
        pending = PendingAuthorization("https://project.example/authorize", state)
        waiting = asyncio.create_task(receiver.receive(pending))
        first, second = [
            await asyncio.to_thread(get, receiver.port, "/", tls=tls) for _ in range(2)
        ]
        with pytest.raises(AuthError, match="was opened twice") as stopped:
            await asyncio.wait_for(waiting, 10)

    assert (first.status, second.status) == (302, 410)
    assert "Run the command in the terminal again" in second.body
    assert "Run the command again" in stopped.value.hint
    assert stopped.value.exit_code == 4


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},  # another port of localhost
        {"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"},
        {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "cors"},
        {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"},
        {"Sec_Fetch_Site": "none", "Sec_Fetch_Dest": ""},
        {"Sec_Fetch_Site": "none\r\nSec-Fetch-Site: cross-site"},
        {"Sec_Purpose": "prefetch"},
        {"Sec_Purpose": "prefetch;prerender", "Sec_Fetch_Site": "none"},
        {"Purpose": "prefetch"},
        {"X_Purpose": "preview"},
        {"X_Moz": "prefetch"},
    ],
    ids=lambda headers: " ".join(map(" ".join, headers.items())),
)
async def test_the_start_page_by_another_page_or_prefetch_first(login: Login, headers):
    reply = await login.start(**headers)

    assert reply.status == 403
    assert "Location" not in reply.headers
    await assert_start_page_is_unused(login)


async def test_the_start_page_by_another_method_first(login: Login):
    request = request_bytes("/", f"localhost:{login.port}", "HEAD")
    reply = await login.exchange(request)

    assert (reply.status, reply.body) == (405, "")
    await assert_start_page_is_unused(login)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peer's user")
@pytest.mark.skipif(
    sys.platform != "win32" and os.geteuid() != 0,
    reason="only root can connect as another user: run the tests as root",
)
@pytest.mark.parametrize(
    "address", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6)]
)
async def test_the_start_page_by_another_user_first(login: Login, address):
    reply = await asyncio.to_thread(
        exchange_as,
        65534,
        login.port,
        request_bytes("/", f"localhost:{login.port}"),
        address,
        login.tls,
    )

    assert reply.startswith(b"HTTP/1.1 403 ")
    assert b"Location" not in reply
    assert b"facebook" not in reply
    await assert_start_page_is_unused(login)


EXCHANGE = """
import os, socket, ssl, sys
import encodings.idna  # like ssl: afterwards its file is out of reach
uid, port, address, tls = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
os.setuid(uid)
connection = socket.create_connection((address, port), timeout=10)
if tls == "True":
    connection = ssl._create_unverified_context().wrap_socket(connection)
with connection:
    connection.sendall(sys.stdin.buffer.read())
    while data := connection.recv(65536):
        sys.stdout.buffer.write(data)
"""


def exchange_as(uid: int, port: int, request: bytes, address: str, tls: bool) -> bytes:
    """Send a request as another user of this machine, and return the reply."""
    return subprocess.run(
        [sys.executable, "-I", "-c", EXCHANGE, *map(str, (uid, port, address, tls))],
        input=request,
        capture_output=True,
        check=True,
        timeout=20,
    ).stdout


async def assert_start_page_is_unused(login: Login) -> None:
    """What came before was refused: the person's own request is served."""
    reply = await login.start(
        Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document"
    )
    assert reply.status == 302
    answer = callback(code="CODE", state=state_in(reply))
    assert (await login.get(answer)).status == 200
    assert (await login.response())["code"] == "CODE"


async def test_two_listeners_side_by_side(login: Login):
    with receiver_on(login.tls) as receiver:
        other = start(receiver)
        assert other.port != login.port

        assert (await login.get(other.good())).status == 400
        assert (await other.get(login.good())).status == 400
        await other.assert_still_answers()
    await login.assert_still_answers()


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, "127.0.0.1"),
        pytest.param(socket.AF_INET6, "::1", marks=needs_ipv6),
    ],
)
async def test_port_taken(family, address, tls):
    with socket.socket(family) as other:
        other.bind((address, 0))
        other.listen()
        port = other.getsockname()[1]
        receiver = receiver_on(tls, port)

        with pytest.raises(ConfigError, match=f"Port {port} is taken") as error:
            receiver.__enter__()
    assert_hint_on_port(error.value.hint, tls=tls)
    with receiver:  # nothing of the failed attempt is left behind
        assert (await asyncio.to_thread(get, port, "/x", tls=tls)).status == 404


def assert_hint_on_port(hint, *, tls):
    if tls:  # Meta lists https addresses port by port: not any free one will do
        assert "META_REDIRECT_URI" in hint
        assert ":0/" not in hint
        return
    line = hint.splitlines()[-1].strip()
    assignment = "META_REDIRECT_URI=http://localhost:0/callback"
    assert shlex.split(line) == ["export", assignment]


async def test_a_second_receiver_on_the_port_is_refused(login: Login):
    with pytest.raises(ConfigError, match=f"Port {login.port} is taken"):
        receiver_on(login.tls, login.port).__enter__()

    await login.assert_still_answers()


async def test_leaving_within_a_second_although_sockets_are_held_open(tls):
    with contextlib.ExitStack() as held:
        with receiver_on(tls) as receiver:
            port = receiver.port
            sockets = [held.enter_context(connect(port, tls=tls)) for _ in range(20)]
            sockets[0].sendall(b"GET /callback?code=")
            assert (await asyncio.to_thread(get, port, "/x", tls=tls)).status == 404
            leaving = time.monotonic()
        assert [s.recv(1) for s in sockets] == [b""] * 20
        assert time.monotonic() - leaving < 1
        with pytest.raises(OSError) as refused:
            connect(port)
        assert refused.value.errno == errno.ECONNREFUSED

    with receiver_on(tls, port):
        pass  # the port is free at once


async def test_cancellation_ends_the_wait_and_frees_the_port(tls):
    with receiver_on(tls) as receiver:
        login = start(receiver)
        await asyncio.sleep(0)
        login.waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await login.waiting
    with receiver_on(tls, login.port):
        pass
