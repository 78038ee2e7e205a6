"""Which user is at the other end of a connection."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from metaconnect.oauth import peer

from .wire import has_ipv6_loopback

needs_ipv6 = pytest.mark.skipif(not has_ipv6_loopback(), reason="no IPv6 loopback")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells the peer's user"
)


@pytest.fixture
def connected():
    """Connect to a server: the client's end and the server's."""
    opened: list[socket.socket] = []

    def connect(server_address: str, client_address: str):
        family = socket.AF_INET6 if ":" in server_address else socket.AF_INET
        server = socket.create_server((server_address, 0), family=family)
        opened.append(server)
        port = server.getsockname()[1]
        opened.append(socket.create_connection((client_address, port)))
        opened.append(server.accept()[0])
        return opened[-2:]

    yield connect
    for each in opened:
        each.close()


@pytest.mark.parametrize(
    ("server", "client"),
    [
        ("127.0.0.1", "127.0.0.1"),
        pytest.param("::1", "::1", marks=needs_ipv6),
        # A client with sockets for both families, such as Java's.
        pytest.param("127.0.0.1", "::ffff:127.0.0.1", marks=needs_ipv6),
    ],
)
def test_the_owner_of_the_peer_is_known(connected, server, client):
    _, accepted = connected(server, client)
    names = accepted.getpeername()[:2], accepted.getsockname()[:2]

    assert peer.socket_owner(*names) == os.geteuid()
    assert not peer.is_other_user(accepted)


def test_a_half_closed_peer_is_still_known(connected):
    client, accepted = connected("127.0.0.1", "127.0.0.1")
    client.shutdown(socket.SHUT_WR)

    names = accepted.getpeername(), accepted.getsockname()
    assert peer.socket_owner(*names) == os.geteuid()


def test_a_connection_that_does_not_exist_has_no_known_owner():
    assert peer.socket_owner(("127.0.0.1", 1), ("127.0.0.1", 2)) is None


def test_without_the_kernels_tables_nothing_is_known(connected, monkeypatch, tmp_path):
    monkeypatch.setattr(peer, "TABLES", (tmp_path / "tcp", tmp_path / "tcp6"))
    _, accepted = connected("127.0.0.1", "127.0.0.1")

    assert not peer.is_other_user(accepted)


@pytest.mark.parametrize(
    ("owner", "sudo_uid", "is_other"),
    [
        (1000, None, False),
        (1001, None, True),
        (65534, None, True),
        (0, None, False),  # root, and Windows' browsers through WSL
        (1001, "1001", False),  # who ran sudo has the browser
        (1002, "1001", True),
        (1002, "", True),
        (None, None, False),
    ],
)
def test_who_counts_as_another_user(connected, monkeypatch, owner, sudo_uid, is_other):
    monkeypatch.setattr(peer, "socket_owner", lambda *_: owner)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("SUDO_UID", raising=False)
    if sudo_uid is not None:
        monkeypatch.setenv("SUDO_UID", sudo_uid)
    _, accepted = connected("127.0.0.1", "127.0.0.1")

    assert peer.is_other_user(accepted) is is_other


def test_other_platforms_do_not_tell(connected, monkeypatch):
    monkeypatch.setattr(peer, "socket_owner", lambda *_: 12345)
    _, accepted = connected("127.0.0.1", "127.0.0.1")
    assert peer.is_other_user(accepted)

    monkeypatch.setattr(sys, "platform", "darwin")
    assert not peer.is_other_user(accepted)
