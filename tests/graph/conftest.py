"""A loopback server that answers what a test tells it, byte for byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from metaconnect.graph.client import GraphClient
from metaconnect.graph.http import open_http
from metaconnect.graph.throttle import Throttle
from metaconnect.models import AccessToken, MetaApp, MetaHost

CORPUS = Path(__file__).parent.parent / "corpus"
HOP_BY_HOP = {"connection", "content-encoding", "content-length", "transfer-encoding"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def params(self) -> dict[str, str]:
        query = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    @property
    def form(self) -> dict[str, str]:
        return {n: v[0] for n, v in parse_qs(self.body.decode()).items()}


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Whatever"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


@dataclass
class Meta:
    """Gives one answer after the other, the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def will_answer(
        self,
        body: object,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append(Answer(status, content, headers or {}))

    def will_replay(self, name: str) -> dict[str, Any]:
        """Answer as a file of the corpus says; returns the file."""
        recorded = json.loads((CORPUS / name).read_text("utf-8"))
        body = recorded.get("raw_body", recorded.get("body_text"))
        if body is None:
            body = json.dumps(recorded.get("body", {}))
        headers = {
            key: str(value)
            for key, value in (recorded.get("headers") or {}).items()
            if key.lower() not in HOP_BY_HOP
        }
        self.will_answer(body.encode(), recorded["status"] or 200, headers)
        return recorded

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests.append(await self._request(head, reader))
                answer = self.answers.pop(0) if self.answers[1:] else self.answers[0]
                writer.write(answer.raw())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _request(self, head: bytes, reader: asyncio.StreamReader) -> Request:
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        length = int(headers.get("content-length", 0))
        return Request(method, target, headers, await reader.readexactly(length))


@pytest.fixture
async def meta() -> AsyncIterator[Meta]:
    meta = Meta()
    server = await asyncio.start_server(meta.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    meta.url = f"http://127.0.0.1:{port}"
    async with server:
        yield meta


@pytest.fixture
def host(meta: Meta) -> MetaHost:
    return MetaHost(graph_url=meta.url)


@pytest.fixture
def waits() -> list[float]:
    """How long the client would have slept."""
    return []


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def throttle(waits: list[float]) -> Throttle:
    """A throttle whose clock moves only while it sleeps, which takes no time."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return Throttle(sleep=sleep, jitter=lambda: 0.5, clock=lambda: sum(waits))


@pytest.fixture
def client(
    host: MetaHost, throttle: Throttle, notices: list[str]
) -> Callable[..., Any]:
    """Make a GraphClient that does not really wait."""

    @asynccontextmanager
    async def make(
        host: MetaHost = host, http: Any = None, **options: Any
    ) -> AsyncIterator[GraphClient]:
        async with http or open_http(host) as pool:
            options = {"throttle": throttle, "notice": notices.append} | options
            yield GraphClient(host, http=pool, **options)

    return make


@pytest.fixture
async def graph(client: Callable[..., Any]) -> AsyncIterator[GraphClient]:
    async with client() as graph:
        yield graph


@pytest.fixture
def token() -> AccessToken:
    return AccessToken(value="EAAtokenOfAPerson0123456789")


@pytest.fixture
def app() -> MetaApp:
    return MetaApp(app_id="1234567890", app_secret="app-secret-0123456789abcdef")
