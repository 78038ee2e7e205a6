from __future__ import annotations

import errno
import os
import re
import shlex
import socket

import pytest

from metaconnect.errors import ConfigError
from metaconnect.oauth import listener, loopback
from metaconnect.oauth.loopback import LoopbackReceiver

from .conftest import Login, state_in
from .wire import callback, connect, get, has_ipv6_loopback

ANY_PORT = "http://localhost:0/callback"


@pytest.mark.parametrize(
    "uri",
    [
        "https://localhost:8443/callback",
        "http://dashboard.example/api/auth/meta/callback",
        "http://0.0.0.0:8765/callback",
        "http://localhost.example:8765/",
        "http://[::2]/",
        "http://user:password@localhost:8765/callback",
        "http://localhost:8765/callback#fragment",
        "http://localhost:99999/callback",
        "http://localhost:port/callback",
        "http://[/",
        "localhost:8765/callback",
        "",
    ],
)
def test_a_uri_that_is_not_loopback_is_refused_with_the_ways_out(uri):
    with pytest.raises(ConfigError) as refused:
        LoopbackReceiver(uri)

    assert "--paste" in refused.value.hint
    assert "META_REDIRECT_URI" in refused.value.hint
    assert "password" not in f"{refused.value}"


def test_no_port_is_port_80():
    assert LoopbackReceiver("http://localhost/callback").port == 80


def test_port_0_becomes_the_port_that_was_free():
    with LoopbackReceiver(ANY_PORT) as receiver:
        assert re.fullmatch(r"http://localhost:\d\d+/callback", receiver.redirect_uri)
        assert str(receiver.port) in receiver.redirect_uri


def test_a_given_uri_is_kept_letter_by_letter():
    with LoopbackReceiver(ANY_PORT) as receiver:
        port = receiver.port
    uri = f"http://LocalHost:{port}"
    with LoopbackReceiver(uri) as receiver:
        assert receiver.redirect_uri == uri


@pytest.mark.skipif(not has_ipv6_loopback(), reason="no IPv6 loopback")
@pytest.mark.parametrize(
    ("host", "address", "other"),
    [("127.0.0.1", "127.0.0.1", "::1"), ("[::1]", "::1", "127.0.0.1")],
)
def test_a_literal_is_listened_on_alone(host, address, other):
    with LoopbackReceiver(f"http://{host}:0/callback") as receiver:
        assert receiver.redirect_uri == f"http://{host}:{receiver.port}/callback"
        reply = get(receiver.port, "/x", address=address)
        assert reply.status == 404
        with pytest.raises(ConnectionRefusedError):
            connect(receiver.port, other)


@pytest.fixture
def fail_on_ipv6(monkeypatch):
    """Let the binding of ::1 fail with an error number."""

    def fail(number):
        bind = listener.Listener.server_bind

        def server_bind(self):
            if self.address_family == socket.AF_INET6:
                raise OSError(number, os.strerror(number))
            bind(self)

        monkeypatch.setattr(listener.Listener, "server_bind", server_bind)

    return fail


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_a_machine_without_ipv6_loopback_is_served(fail_on_ipv6, number):
    fail_on_ipv6(number)
    with LoopbackReceiver(ANY_PORT) as receiver:
        assert get(receiver.port, "/x").status == 404


@pytest.mark.parametrize(
    "number", [errno.EADDRINUSE, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENOBUFS]
)
@pytest.mark.parametrize("any_port", [True, False])
def test_any_other_error_on_ipv6_is_not_taken_for_no_ipv6(
    fail_on_ipv6, port, number, any_port
):
    fail_on_ipv6(number)
    receiver = LoopbackReceiver(
        ANY_PORT if any_port else f"http://localhost:{port}/callback"
    )

    with pytest.raises(ConfigError) as refused:
        receiver.__enter__()

    assert refused.value.exit_code == 3
    assert (":0/callback" in refused.value.hint) == (not any_port)
    assert "Port 0" not in str(refused.value)
    with pytest.raises(ConnectionRefusedError):
        connect(port)


@pytest.mark.parametrize("path", ["", "/a b;rm -rf ~", "/c?d='e'"])
def test_the_hint_for_a_taken_port_is_one_line_for_the_shell(path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(ConfigError) as refused:
            LoopbackReceiver(f"http://localhost:{taken}{path}").__enter__()

    line = refused.value.hint.splitlines()[-1].strip()
    export, assignment = shlex.split(line)
    assert export == "export"
    name, _, uri = assignment.partition("=")
    assert name == "META_REDIRECT_URI"
    with LoopbackReceiver(uri) as receiver:  # it works when pasted
        assert receiver.port not in (0, taken)


def test_on_windows_the_hint_is_for_powershell(monkeypatch):
    monkeypatch.setattr(loopback.sys, "platform", "win32")

    assert loopback._assignment("A", "b") == '$env:A = "b"'


def test_nothing_listens_beyond_loopback():
    with LoopbackReceiver(ANY_PORT) as receiver:
        names = [each.socket.getsockname()[0] for each in receiver._listeners]

    assert set(names) <= {"127.0.0.1", "::1"}
    assert "127.0.0.1" in names


@pytest.mark.anyio
async def test_the_short_url_leads_to_a_dialog_of_its_own(login: Login):
    assert login.receiver.start_url == f"http://localhost:{login.port}/"
    reply = await login.start()

    assert reply.status == 302
    dialog = login.request.url.replace(login.state, state_in(reply))
    assert reply.headers["Location"] == dialog != login.request.url
    assert state_in(reply) not in reply.body
    assert reply.headers["Cache-Control"] == "no-store"
    assert login.state not in reply.body
    await login.assert_still_answers()


@pytest.mark.anyio
async def test_either_state_brings_the_answer_and_the_other_is_told_so(login: Login):
    started = state_in(await login.start())
    reply = await login.get(callback(code="CODE", state=started))

    assert reply.status == 200
    assert (await login.response())["state"] == started
    assert (await login.get(login.good())).status == 409


def test_the_short_url_is_never_the_redirect_uri():
    with LoopbackReceiver("http://localhost:0/") as receiver:
        assert receiver.start_url != receiver.redirect_uri
        assert receiver.start_url.endswith("/start")
