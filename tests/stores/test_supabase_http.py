"""One pool for a project: connections kept, keys and proxies where they belong."""

import gzip
import socket
import socketserver
import threading

import pytest

from metaconnect.errors import StoreError
from metaconnect.stores.supabase import http
from metaconnect.stores.supabase.project import SupabaseProject, api_headers
from metaconnect.stores.supabase.sign_in import AuthServer
from metaconnect.stores.supabase.store import SupabaseStore

JWT = "eyJhbGciOi.eyJzdWIi.sig"


class Recorder(socketserver.ThreadingTCPServer):
    """An HTTP server that keeps what it is sent; `answer` is its every answer."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that gives up closes the connection."""

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.received, self.connections = answer, [], 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        while head := self._head():
            self.server.received.append(head)
            self.wfile.write(self.server.answer)

    def _head(self):
        lines = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            lines.append(line.decode().strip())
        length = [x.split(":")[1] for x in lines if x.lower().startswith("content-len")]
        self.rfile.read(int(length[0]) if length else 0)
        return lines


def answer(body, *headers):
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", *headers]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body


@pytest.fixture
def serve():
    running = []

    def start(body):
        server = Recorder(body)
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def store_at(url, bearer=JWT, key="sb_publishable_x"):
    return SupabaseStore(SupabaseProject(url, key), lambda: bearer)


def test_requests_of_a_project_share_a_connection(serve):
    server = serve(answer(b"[]"))
    project = SupabaseProject(server.url, "sb_publishable_x")

    for _ in range(2):
        SupabaseStore(project, lambda: JWT).only()
    with pytest.raises(StoreError):
        AuthServer(project).by_password("a@b.test", "x")
    assert (len(server.received), server.connections) == (3, 1)


def test_connections_are_closed_with_the_project(serve):
    store = store_at(serve(answer(b"[]")).url)
    store.only()
    client = store._project.http

    del store
    assert client.is_closed


@pytest.mark.parametrize(
    ("key", "bearer", "sent"),
    [
        ("sb_secret_x", None, None),
        ("sb_publishable_x", None, None),
        ("sb_publishable_x", JWT, JWT),
        (JWT, None, JWT),
    ],
)
def test_a_key_that_is_no_jwt_is_no_bearer(serve, key, bearer, sent):
    server = serve(answer(b"[]"))
    store_at(server.url, bearer or key, key).only()

    (received,) = server.received
    assert f"apikey: {key}" in received
    bearers = [line for line in received if line.lower().startswith("authorization")]
    assert bearers == ([f"Authorization: Bearer {sent}"] if sent else [])


def test_auth_gets_no_key_as_a_bearer_either():
    assert api_headers("sb_publishable_x") == {"apikey": "sb_publishable_x"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_sees_what_goes_to_this_machine(serve, monkeypatch, host):
    server, proxy = serve(answer(b"[]")), serve(answer(b"[]"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)

    store_at(server.url.replace("127.0.0.1", host)).only()
    assert (len(server.received), proxy.received) == (1, [])


def test_elsewhere_the_proxy_is_used(serve, monkeypatch):
    proxy = serve(b"HTTP/1.1 502 no\r\nContent-Length: 0\r\n\r\n")
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)

    with pytest.raises(StoreError):
        store_at("https://ref.supabase.co").only()
    assert proxy.received[0][0].startswith("CONNECT ref.supabase.co:443")


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_given_up(serve, monkeypatch, packed):
    monkeypatch.setattr(http, "MAX_BODY", 2**20)
    body = b"[" + b" " * 2**21 + b"]"
    encoding = ["Content-Encoding: gzip"] if packed else []
    server = serve(answer(gzip.compress(body) if packed else body, *encoding))

    with pytest.raises(StoreError, match="larger than 1 MiB"):
        store_at(server.url).only()


def test_a_packed_answer_is_read(serve):
    server = serve(answer(gzip.compress(b"[]"), "Content-Encoding: gzip"))

    assert store_at(server.url).only() is None


def test_an_answer_that_takes_too_long_is_given_up(serve, monkeypatch):
    monkeypatch.setattr(http, "TOTAL", -1.0)

    with pytest.raises(StoreError, match="not complete within"):
        store_at(serve(answer(b"[]")).url).only()


def test_json_without_bottom_is_not_understood(serve):
    deep = b"[" * 100_000 + b"]" * 100_000

    with pytest.raises(StoreError, match="not in the expected form"):
        store_at(serve(answer(deep)).url).only()


def test_a_connection_that_the_server_closed_is_opened_again(serve):
    server = serve(answer(b"[]"))
    store = store_at(server.url)
    store.only()
    (idle,) = store._project.http._transport._pool.connections
    idle._connection._network_stream.get_extra_info("socket").shutdown(socket.SHUT_RD)

    assert store.only() is None
    assert server.connections == 2
