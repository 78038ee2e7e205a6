"""The listener's TLS beyond the conformance matrix, and the certificates."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import stat
import tempfile
import threading
import time
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from metaconnect.errors import ConfigError
from metaconnect.oauth import handler, listener
from metaconnect.oauth import tls as our_side
from metaconnect.oauth.loopback import LoopbackReceiver

from ..certificates import key_pem, new_key, write_pair
from .conftest import Login, receiver_on, start
from .wire import (
    connect,
    exchange,
    get,
    has_ipv6_loopback,
    our_tls,
    read_reply,
    request_bytes,
)

CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
OPENINGS = {
    "nothing": b"",
    "half a ClientHello": CLIENT_HELLO,
    "garbage": b"\x16\x03\x01\x00\x05" + bytes(range(256)),
    "plain HTTP": request_bytes("/", "localhost"),
}


@pytest.fixture
def tls():
    return True


@pytest.fixture
def key():
    return new_key()


@pytest.fixture
def files(tmp_path, key):
    return write_pair(tmp_path, key)


class TestHandshake:
    pytestmark = pytest.mark.anyio

    @pytest.mark.parametrize("opening", OPENINGS.values(), ids=OPENINGS)
    @pytest.mark.parametrize("count", [1, 100])
    async def test_one_that_does_not_end_delays_nothing(
        self, login: Login, opening, count
    ):
        with contextlib.ExitStack() as held:
            for _ in range(count):
                held.enter_context(connect(login.port)).sendall(opening)
                # All at once they fill the backlog: the kernel waits a second.
                await asyncio.sleep(0.001)
            await login.assert_still_answers()

    @pytest.mark.parametrize("opening", [b"", CLIENT_HELLO])
    async def test_one_that_does_not_end_is_ended(self, monkeypatch, opening):
        monkeypatch.setattr(handler.RequestHandler, "timeout", 0.2)
        with receiver_on(tls=True) as receiver, connect(receiver.port) as idle:
            idle.sendall(opening)
            assert await asyncio.to_thread(idle.recv, 1) == b""

    async def test_slow_bytes_do_not_prolong_it(self, monkeypatch):
        monkeypatch.setattr(listener, "CONNECTION_LIFETIME", 0.3)

        def trickle(port):
            with connect(port) as slow:
                slow.sendall(CLIENT_HELLO)
                with pytest.raises(OSError):
                    for _ in range(200):
                        slow.send(b"\x00")
                        time.sleep(0.05)

        with receiver_on(tls=True) as receiver:
            await asyncio.to_thread(trickle, receiver.port)

    async def test_plain_http_gets_no_page(self, login: Login):
        def speak():
            with connect(login.port) as plain, contextlib.suppress(ConnectionError):
                plain.sendall(request_bytes("/", f"localhost:{login.port}"))
                return plain.recv(65536)
            return b""

        assert b"HTTP/" not in await asyncio.to_thread(speak)
        await login.assert_still_answers()

    def test_one_that_is_ended_before_it_begins_is_an_os_error(self):
        ours, theirs = socket.socketpair()
        with (
            theirs,
            our_tls().wrap_socket(
                ours, server_side=True, do_handshake_on_connect=False
            ) as connection,
        ):
            listener._shut_down(connection)
            with pytest.raises(OSError):  # of which the listener takes no notice
                connection.do_handshake()

    async def test_leaving_ends_it_without_a_word(self, capfd):
        before = set(threading.enumerate())
        with contextlib.ExitStack() as held:
            with receiver_on(tls=True) as receiver:
                for opening in OPENINGS.values():
                    held.enter_context(connect(receiver.port)).sendall(opening)
                get(receiver.port, "/x", tls=True)
            left = set(threading.enumerate()) - before
            for thread in left:
                thread.join(1)

        assert not any(thread.is_alive() for thread in left)
        assert tuple(capfd.readouterr()) == ("", "")


class TestConnection:
    pytestmark = pytest.mark.anyio

    async def test_a_browser_that_goes_away_has_answered_nevertheless(
        self, login: Login
    ):
        with login.connect() as browser:
            browser.sendall(request_bytes(login.good(), f"localhost:{login.port}"))

        assert (await login.response())["code"] == "CODE"

    async def test_the_page_arrives_whole_although_we_leave_at_once(self):
        with receiver_on(tls=True) as receiver:
            login = start(receiver)
            browser = asyncio.create_task(login.get(login.good()))
            await login.response()
        reply = await browser

        assert len(reply.body.encode()) == int(reply.headers["Content-Length"])

    async def test_it_is_given_no_ticket(self, login: Login):
        def session():
            with login.connect() as connection:
                connection.sendall(request_bytes("/x", f"localhost:{login.port}"))
                read_reply(connection)
                return connection.session

        assert not (await asyncio.to_thread(session)).has_ticket

    async def test_its_end_is_said(self, login: Login):
        def read():
            with connect(login.port) as plain:
                context = ssl._create_unverified_context()
                wrapped = context.wrap_socket(plain, suppress_ragged_eofs=False)
                with wrapped as connection:
                    connection.sendall(request_bytes("/x", f"localhost:{login.port}"))
                    while connection.recv(65536):
                        pass

        await asyncio.to_thread(read)  # without it: SSLEOFError

    async def test_a_post_with_a_body_gets_its_page(self, login: Login):
        body = b"x" * 2**22  # more than the sockets can hold
        head = f"POST /callback HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        request = head.encode() + body

        reply = await asyncio.to_thread(exchange, login.port, request, tls=True)
        assert reply.status == 405
        await login.assert_still_answers()

    async def test_the_short_url_is_https_too(self, login: Login):
        assert login.receiver.start_url == f"https://localhost:{login.port}/"
        assert login.receiver.redirect_uri.startswith("https://localhost:")
        reply = await login.start()
        assert reply.status == 302
        assert "redirect_uri=https%3A%2F%2Flocalhost" in reply.headers["Location"]


class TestRedirectUri:
    def test_no_port_is_port_443(self):
        assert LoopbackReceiver("https://localhost/callback", our_tls()).port == 443

    def test_https_without_tls_is_refused_naming_the_option(self):
        with pytest.raises(ConfigError) as refused:
            LoopbackReceiver("https://localhost:8765/callback")

        assert "connect --https" in refused.value.hint

    @pytest.mark.parametrize("uri", ["https://dash.example/", "http://localhost:1/"])
    def test_what_tls_cannot_serve_is_refused(self, uri):
        with pytest.raises(ConfigError, match="only https://localhost leads back"):
            LoopbackReceiver(uri, our_tls())


class TestCertificateForToday:
    def certificate(self):
        with receiver_on(tls=True) as receiver:
            return ssl.get_server_certificate(("127.0.0.1", receiver.port))

    def test_it_is_a_short_lived_one_for_a_server(self):
        found = x509.load_pem_x509_certificate(self.certificate().encode())

        assert isinstance(found.public_key().curve, ec.SECP256R1)
        lifetime = found.not_valid_after_utc - found.not_valid_before_utc
        assert lifetime < timedelta(days=1, hours=1)
        assert not found.extensions.get_extension_for_class(
            x509.BasicConstraints
        ).value.ca

    @pytest.mark.parametrize(
        ("name", "address"),
        [
            ("localhost", "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1"),
            pytest.param(
                "::1",
                "::1",
                marks=pytest.mark.skipif(not has_ipv6_loopback(), reason="no ::1"),
            ),
        ],
    )
    def test_a_browser_that_trusts_it_takes_it_for_localhost(self, name, address):
        trusting = ssl.create_default_context(cadata=self.certificate())
        with (
            receiver_on(tls=True) as receiver,
            connect(receiver.port, address) as plain,
            trusting.wrap_socket(plain, server_hostname=name) as connection,
        ):
            assert connection.version() == "TLSv1.3"

    def test_for_another_name_it_is_worth_nothing(self):
        trusting = ssl.create_default_context(cadata=self.certificate())
        with (
            receiver_on(tls=True) as receiver,
            connect(receiver.port) as plain,
            pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
        ):
            trusting.wrap_socket(plain, server_hostname="meta.example")

    @pytest.mark.parametrize("fails", [False, True])
    def test_its_key_is_in_no_file_but_encrypted_and_that_goes(
        self, monkeypatch, tmp_path, fails
    ):
        folder = tmp_path / "temporary"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        load = ssl.SSLContext.load_cert_chain
        seen = []

        def watch(context, *files, **how):
            (file,) = folder.iterdir()
            seen.append((stat.S_IMODE(file.stat().st_mode), file.read_text()))
            if fails:
                raise ssl.SSLError("no")
            load(context, *files, **how)

        monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
        with pytest.raises(ssl.SSLError) if fails else contextlib.nullcontext():
            our_side.tls_for_today()

        ((mode, text),) = seen
        assert mode == 0o600
        assert "BEGIN ENCRYPTED PRIVATE KEY" in text
        assert "BEGIN PRIVATE KEY" not in text
        assert list(folder.iterdir()) == []


class TestCertificateFromFiles:
    def test_it_is_served(self, files):
        context = our_side.tls_from_files(*files)
        with LoopbackReceiver("https://localhost:0/callback", context) as receiver:
            served = ssl.get_server_certificate(("127.0.0.1", receiver.port))

        assert served == files[0].read_text()

    @pytest.mark.parametrize("which", [0, 1])
    @pytest.mark.parametrize("wrong", ["missing", "folder", "empty", "text", "swapped"])
    def test_the_file_that_cannot_be_used_is_named(self, files, which, wrong):
        file, other = files[which], files[1 - which]
        content = {"empty": "", "text": "SECRET", "swapped": other.read_text()}
        file.unlink()
        if wrong == "folder":
            file.mkdir()
        elif wrong != "missing":
            file.write_text(content[wrong])

        with pytest.raises(ConfigError) as refused:
            our_side.tls_from_files(*files)
        assert refused.value.exit_code == 3
        assert str(file) in str(refused.value)
        assert str(other) not in str(refused.value)
        assert "SECRET" not in f"{refused.value!r}{refused.value.__cause__!r}"

    def test_the_key_of_another_certificate_is_told(self, files):
        files[1].write_bytes(key_pem(new_key()))

        with pytest.raises(ConfigError, match="is not the key of"):
            our_side.tls_from_files(*files)

    def test_an_encrypted_key_is_told_and_no_passphrase_asked_for(self, files, key):
        files[1].write_bytes(key_pem(key, b"passphrase"))

        with pytest.raises(ConfigError, match="encrypted"):
            our_side.tls_from_files(*files)
