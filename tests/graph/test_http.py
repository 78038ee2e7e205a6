"""Answers of hostile or broken servers: without end, huge, or inflated."""

from __future__ import annotations

import gzip
import zlib

import pytest

from metaconnect.errors import (
    ConfigError,
    NetworkError,
    ServiceUnavailable,
    TooMuchData,
)
from metaconnect.graph.http import MAX_BODY, open_http
from metaconnect.models import MetaHost

pytestmark = pytest.mark.anyio


def bomb(size=MAX_BODY):
    """A few bytes that inflate to a JSON string longer than *size*."""
    packer = zlib.compressobj(wbits=31)
    block = b" " * 1024 * 1024
    blocks = (packer.compress(block) for _ in range(size // len(block) + 1))
    return b"".join(blocks) + packer.compress(b"{}") + packer.flush()


async def test_an_answer_that_drips_without_end_is_given_up(meta, client, token, waits):
    meta.will_not_end(b" ")

    async with client(deadline=0.05) as graph:
        with pytest.raises(NetworkError, match="did not answer in full within 1 s"):
            await graph.get("/me", token)

    assert len(waits) == 4


async def test_a_person_is_told_of_every_try_that_took_long(
    meta, client, throttle, token, waits, notices
):
    meta.will_answer({"error": {"code": 2, "message": "down"}}, 500)
    throttle.clock = lambda: 60.0 * len(meta.requests)

    async with client() as graph:
        with pytest.raises(ServiceUnavailable):
            await graph.get("/me", token)

    assert notices == ["down. Waiting 1 s."] * 2 + [
        "down. Waiting 2 s.",
        "down. Waiting 3 s.",
    ]


async def test_an_answer_without_end_is_cut_off(meta, graph, token):
    meta.will_not_end(b" " * 1024 * 1024)

    with pytest.raises(TooMuchData, match="larger than 32 MiB"):
        await graph.get("/me", token)

    assert len(meta.requests) == 1


async def test_an_answer_that_inflates_too_far_is_cut_off(meta, graph, token):
    meta.will_answer(bomb(), headers={"Content-Encoding": "gzip"})

    with pytest.raises(TooMuchData) as caught:
        await graph.get("/me", token)

    assert "Ask for less" in caught.value.hint
    assert len(meta.requests) == 1


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "nonsense"])
async def test_an_encoding_that_was_not_asked_for_is_refused(
    meta, graph, token, encoding
):
    meta.will_answer(gzip.compress(bomb()), headers={"Content-Encoding": encoding})

    with pytest.raises(ServiceUnavailable, match="compressed"):
        await graph.get("/me", token)


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress)],
)
async def test_a_compressed_answer_is_read(meta, graph, token, encoding, compress):
    body = b'{"data": "' + b"long " * 100_000 + b'"}'
    meta.will_answer(compress(body), headers={"Content-Encoding": encoding})

    assert (await graph.get("/me", token))["data"] == "long " * 100_000
    assert meta.requests[0].headers["accept-encoding"] == "gzip"


async def test_a_compressed_answer_that_is_cut_short_is_damaged(meta, graph, token):
    cut = gzip.compress(b'{"id": "1"}')[:-4]
    meta.will_answer(cut, headers={"Content-Encoding": "gzip"})

    with pytest.raises(ServiceUnavailable, match="damaged"):
        await graph.get("/me", token)


@pytest.mark.parametrize(
    "text", ["1e999999999", "-1E-999999999", "0." + "1" * 200, "1e309"]
)
async def test_a_number_of_absurd_size_stays_text(meta, graph, token, text):
    meta.will_answer(b'{"spend":%b}' % text.encode())

    assert await graph.get("/me", token) == {"spend": text}


async def test_an_integer_of_absurd_size_is_no_answer(meta, graph, token):
    meta.will_answer(b'{"spend":%b}' % (b"9" * 10_000))

    with pytest.raises(ServiceUnavailable):
        await graph.get("/me", token)


@pytest.mark.parametrize("url", ["http://[::1]evil.com", "http://\x00", "http://a:b"])
def test_a_host_that_is_no_url_is_a_setting(url):
    with pytest.raises(ConfigError, match="META_GRAPH_URL"):
        open_http(MetaHost(graph_url=url))
