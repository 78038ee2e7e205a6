"""The pool of connections to Meta, and one answer read within bounds."""

from __future__ import annotations

import asyncio
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, NamedTuple

import httpx
import msgspec

from .._version import __version__
from ..errors import (
    ConfigError,
    NetworkError,
    ServiceUnavailable,
    TokenRejected,
    TooMuchData,
)
from ..loopback import is_loopback
from ..models import MetaHost
from ..redact import clean
from .error_codes import LESS
from .waits import in_words

TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
DEADLINE: Final = 60.0  # seconds, for a whole answer
MAX_BODY: Final = 32 * 1024 * 1024  # bytes, also once inflated
_TOO_LARGE: Final = f"larger than {MAX_BODY >> 20} MiB"
_GZIP_OR_ZLIB: Final = 47  # zlib: find out which of the two it is


_TOKEN = re.compile(r"[\x21-\x7e]+")  # what fits a header (RFC 6750, section 2.1)


class Answer(NamedTuple):
    """A response and its body; that of a redirect is not read."""

    response: httpx.Response
    content: bytes


def open_http(host: MetaHost) -> httpx.AsyncClient:
    """
    Return a pool of connections for *host*; the caller closes it.

    Raises ConfigError where the host or a proxy cannot be used.
    """
    try:
        secure = httpx.URL(host.graph_url).scheme == "https"
        # Plain http is for loopback alone, where reading the certificates of every
        # authority would be slow for nothing: the bare context trusts nobody.
        verify = True if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        no_proxy = is_loopback(host.graph_url)
        return httpx.AsyncClient(verify=verify, trust_env=not no_proxy, timeout=TIMEOUT)
    except httpx.InvalidURL:
        raise ConfigError("META_GRAPH_URL is not a URL.") from None
    except (ImportError, ValueError):
        # Not quoted: a proxy's address may hold a password.
        raise ConfigError(
            "The proxy named in the environment cannot be used.",
            hint="Correct HTTPS_PROXY or ALL_PROXY; socks needs httpx[socks].",
        ) from None


def headers(bearer: str | None) -> dict[str, str]:
    """Return the headers of a request. Raises TokenRejected for no possible token."""
    words = {"User-Agent": f"metaconnect/{__version__}", "Accept-Encoding": "gzip"}
    if bearer is None:
        return words
    if not _TOKEN.fullmatch(bearer):
        raise TokenRejected("The access token contains characters that no token has.")
    return words | {"Authorization": f"Bearer {bearer}"}


def encoded(words: Mapping[str, Any]) -> dict[str, str]:
    """Lists and objects travel as JSON, as Meta's own SDK sends them."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in words.items()
        if value is not None
    }


async def send(
    http: httpx.AsyncClient, request: httpx.Request, *, deadline: float = DEADLINE
) -> Answer:
    """
    Send *request* and read the answer, all of it within *deadline* seconds.

    Raises NetworkError, ServiceUnavailable and, for an answer larger than
    MAX_BODY, TooMuchData. Redirects are not followed.
    """
    host = request.url.host
    try:
        async with asyncio.timeout(deadline):
            return await _exchange(http, request)
    except TimeoutError:
        wait = in_words(deadline)
        raise NetworkError(f"{host} did not answer in full within {wait}.") from None
    except httpx.RequestError as exc:
        # Without its cause: httpx quotes headers and URLs.
        raise _unreachable(host, exc) from None


async def _exchange(http: httpx.AsyncClient, request: httpx.Request) -> Answer:
    response = await http.send(request, stream=True, follow_redirects=False)
    try:
        if response.has_redirect_location:
            return Answer(response, b"")
        encoding = response.headers.get("content-encoding", "identity")
        return Answer(response, await _body(response.aiter_raw(), encoding))
    finally:
        await response.aclose()


async def _body(chunks: AsyncIterator[bytes], encoding: str) -> bytes:
    """
    Read a body, inflated, and stop where it becomes too large.

    httpx would inflate a chunk whole, a thousand times its size per encoding.
    """
    inflate = _decoder(encoding.strip().lower())
    parts: list[bytes] = []
    left = MAX_BODY
    try:
        async for chunk in chunks:
            parts.append(inflate.decompress(chunk, left + 1) if inflate else chunk)
            left -= len(parts[-1])
            if left < 0:
                raise TooMuchData(f"Meta's answer is {_TOO_LARGE}.", hint=LESS)
    except zlib.error:
        raise _damaged() from None
    if inflate and not inflate.eof:
        raise _damaged()
    return b"".join(parts)


def _decoder(encoding: str) -> zlib._Decompress | None:
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(_GZIP_OR_ZLIB)
    raise ServiceUnavailable("Meta's answer is compressed in a way not asked for.")


def _damaged() -> ServiceUnavailable:
    return ServiceUnavailable("Meta's answer arrived damaged.")


def _unreachable(host: str, exc: httpx.RequestError) -> NetworkError:
    if isinstance(exc, httpx.TimeoutException):
        return NetworkError(f"{host} did not answer in time.")
    return NetworkError(
        f"{host} cannot be reached: {clean(str(exc)) or type(exc).__name__}"
    )
