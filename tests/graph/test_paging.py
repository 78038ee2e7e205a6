"""All pages of an edge, and no request to where the token must not go."""

from __future__ import annotations

import pytest

from metaconnect.errors import InvalidRequest, ServiceUnavailable, TooMuchData
from metaconnect.graph import paging
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


async def test_pages_that_do_not_end_are_an_error(meta, graph, token, monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 3)
    for number in range(9):
        meta.will_answer(page([{}], after=f"A{number}", next_url="x"))

    with pytest.raises(ServiceUnavailable, match="do not end after 3"):
        await everything(graph, token)

    assert len(meta.requests) == 3


async def test_a_hundred_empty_pages_are_an_error_unless_rows_come_between(
    meta, graph, token
):
    for number in range(250):
        rows = [{}] if number == 90 else []
        meta.will_answer(page(rows, after=f"A{number}", next_url="x"))

    with pytest.raises(ServiceUnavailable, match="do not end"):
        await everything(graph, token)

    assert len(meta.requests) == 191


TOO_MUCH = {"error": {"code": 1, "message": "Please reduce the amount of data"}}


async def test_a_page_that_is_too_large_is_asked_for_with_fewer_rows(
    meta, graph, token, notices
):
    meta.will_answer(page([{"n": 1}], after="A", next_url="x"))
    meta.will_answer(TOO_MUCH, 500)
    meta.will_answer(TOO_MUCH, 500)
    meta.will_answer(page([{"n": 2}], after="B", next_url="x"))
    meta.will_answer(page([{"n": 3}]))

    found = await everything(graph, token, limit=500)

    assert found == [[{"n": 1}], [{"n": 2}], [{"n": 3}]]
    asked = [(r.params.get("after"), r.params["limit"]) for r in meta.requests]
    assert asked == [
        (None, "500"),
        ("A", "500"),
        ("A", "250"),
        ("A", "125"),
        ("B", "125"),
    ]
    assert len(notices) == 2


@pytest.mark.parametrize(("limit", "requests"), [(500, 5), (25, 1), (None, 1)])
async def test_what_stays_too_large_is_an_error_and_never_sent_twice(
    meta, graph, token, limit, requests
):
    meta.will_answer(TOO_MUCH, 500)

    with pytest.raises(TooMuchData) as caught:
        await everything(graph, token, limit=limit)

    assert caught.value.exit_code == 5
    assert len({r.target for r in meta.requests}) == len(meta.requests) == requests


async def test_a_cursor_that_is_no_cursor_is_an_error(meta, graph, token):
    meta.will_answer(page([{}], after="A" * 5000, next_url="x"))

    with pytest.raises(ServiceUnavailable, match="without a usable cursor"):
        await everything(graph, token)


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
