"""An answer that a decoder reads from its bytes, and the errors that it may be."""

from __future__ import annotations

import pytest

from metaconnect.errors import ServiceUnavailable, TokenRejected

pytestmark = pytest.mark.anyio


class Decoder:
    """Takes bytes that begin as *quick* do, and leaves the others."""

    def __init__(self, quick=b'{"data"'):
        self.quick = quick
        self.seen = []

    def from_bytes(self, content):
        self.seen.append(content)
        return "from bytes" if content.startswith(self.quick) else None

    def from_body(self, body):
        return ("from body", body)


async def test_the_bytes_of_a_success_are_decoded_once(meta, graph, token):
    meta.will_answer(b'{"data":[]}')
    decoder = Decoder()

    assert await graph.get_decoded("/x", token, decoder, limit=5) == "from bytes"
    assert decoder.seen == [b'{"data":[]}']
    assert meta.requests[0].params == {"limit": "5"}


async def test_what_does_not_fit_is_decoded_whole(meta, graph, token):
    meta.will_answer(b'{"other":1.50}')

    kind, body = await graph.get_decoded("/x", token, Decoder())

    assert (kind, str(body["other"])) == ("from body", "1.50")


async def test_the_bytes_of_a_failure_are_not_decoded(meta, graph, token):
    meta.will_answer(b'{"data":[],"error":{"code":190}}', status=400)
    decoder = Decoder()

    with pytest.raises(TokenRejected):
        await graph.get_decoded("/x", token, decoder)

    assert decoder.seen == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error":{"code":190}}', TokenRejected),
        (b"<html>", ServiceUnavailable),
        (b"[]", ServiceUnavailable),
    ],
)
async def test_a_success_that_is_none_is_an_error(meta, graph, token, body, expected):
    meta.will_answer(body)

    with pytest.raises(expected):
        await graph.get_decoded("/x", token, Decoder())
