"""All pages of an edge, and no request to where the token must not go."""

from __future__ import annotations

import pytest

from metaconnect.errors import InvalidRequest, ServiceUnavailable
from metaconnect.graph.paging import pages

pytestmark = pytest.mark.anyio


def page(rows, after=None, next_url=None):
    paging = {"cursors": {"before": "B", "after": after}} if after else {}
    if next_url:
        paging["next"] = next_url
    return {"data": rows, "paging": paging}


async def everything(graph, token, **params):
    return [rows async for rows in pages(graph, "/x", token, **params)]


async def test_pages_are_walked_by_cursor_and_next_is_never_followed(
    meta, graph, token
):
    hostile = "http://127.0.0.1:9/?access_token=EAA-stolen"
    meta.will_answer(page([{"n": 1}], after="A1", next_url=hostile))
    meta.will_answer(page([{"n": 2}], after="A2", next_url=f"{meta.url}/evil"))
    meta.will_answer(page([{"n": 3}], after="A3"))

    found = await everything(graph, token, fields="n", limit=1)

    assert found == [[{"n": 1}], [{"n": 2}], [{"n": 3}]]
    assert [request.path for request in meta.requests] == ["/v26.0/x"] * 3
    assert [r.params.get("after") for r in meta.requests] == [None, "A1", "A2"]
    assert all(r.params["limit"] == "1" for r in meta.requests)


async def test_a_cursor_without_next_is_the_last_page(meta, graph, token):
    meta.will_answer(page([], after="LTEZD"))

    assert await everything(graph, token) == [[]]
    assert len(meta.requests) == 1


async def test_the_next_page_is_fetched_only_when_asked_for(meta, graph, token):
    meta.will_answer(page([{}], after="A", next_url="x"))

    walk = pages(graph, "/x", token)
    await anext(walk)
    await walk.aclose()

    assert len(meta.requests) == 1


async def test_a_cursor_that_comes_again_ends_in_an_error(meta, graph, token):
    meta.will_answer(page([{}], after="A", next_url="x"))

    with pytest.raises(ServiceUnavailable, match="came twice"):
        await everything(graph, token)

    assert len(meta.requests) == 2


async def test_a_next_page_that_nothing_points_to_is_not_taken_for_the_end(
    meta, graph, token
):
    meta.will_answer(page([{}], next_url="https://x/?since=1"))

    with pytest.raises(ServiceUnavailable):
        await everything(graph, token)


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": None}, {"data": [1]}])
async def test_a_body_without_rows_is_an_error(meta, graph, token, body):
    meta.will_answer(body)

    with pytest.raises(ServiceUnavailable):
        await everything(graph, token)


async def test_an_expired_cursor_is_told_as_it_is(meta, graph, token):
    meta.will_answer(page([{}], after="A", next_url="x"))
    meta.will_answer({"error": {"code": 2642, "message": "Invalid cursors values"}})

    with pytest.raises(InvalidRequest, match="Invalid cursors"):
        await everything(graph, token)
