from __future__ import annotations

import re

import pytest

from metaconnect.errors import ConfigError
from metaconnect.oauth import listener
from metaconnect.oauth.loopback import LoopbackReceiver

from .conftest import Login
from .wire import connect, get

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


@pytest.mark.skipif(not listener.has_ipv6_loopback(), reason="no IPv6 loopback")
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


def test_a_machine_without_ipv6_loopback_is_served(monkeypatch):
    monkeypatch.setattr(listener, "has_ipv6_loopback", lambda: False)
    with LoopbackReceiver(ANY_PORT) as receiver:
        assert get(receiver.port, "/x").status == 404


def test_nothing_listens_beyond_loopback():
    with LoopbackReceiver(ANY_PORT) as receiver:
        names = [each.socket.getsockname()[0] for each in receiver._listeners]

    assert set(names) <= {"127.0.0.1", "::1"}
    assert "127.0.0.1" in names


@pytest.mark.anyio
async def test_the_short_url_leads_to_the_long_one(login: Login):
    assert login.receiver.start_url == f"http://localhost:{login.port}/"
    reply = await login.get("/")

    assert reply.status == 302
    assert reply.headers["Location"] == login.request.url
    assert reply.headers["Cache-Control"] == "no-store"
    assert login.state not in reply.body
    await login.assert_still_answers()


def test_the_short_url_is_never_the_redirect_uri():
    with LoopbackReceiver("http://localhost:0/") as receiver:
        assert receiver.start_url != receiver.redirect_uri
        assert receiver.start_url.endswith("/start")
