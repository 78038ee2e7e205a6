"""When a request is sent again, and how long it waits before."""

from __future__ import annotations

import pytest

from metaconnect.errors import (
    GraphError,
    RateLimited,
    ServiceUnavailable,
    TooMuchData,
)

pytestmark = pytest.mark.anyio

THROTTLED = {"error": {"code": 17, "message": "(#17) User request limit reached"}}
DOWN = {"error": {"code": 2, "message": "down", "is_transient": True}}


async def test_a_request_for_too_much_is_not_sent_again(meta, graph, token):
    error = {
        "code": 1,
        "message": "Please reduce the amount of data",
        "is_transient": 1,
    }
    meta.will_answer({"error": error}, 500)

    with pytest.raises(TooMuchData):
        await graph.get("/act_1/insights", token)

    assert len(meta.requests) == 1


async def test_a_throttle_without_a_time_costs_one_more_request(
    meta, graph, token, waits
):
    meta.will_answer(THROTTLED, 400)

    with pytest.raises(RateLimited):
        await graph.get("/me", token)

    assert (len(meta.requests), waits) == (2, [30.5])


async def test_a_quota_of_another_ad_account_holds_nothing_up(
    meta, graph, token, waits
):
    buc = '{"2":[{"call_count":100,"estimated_time_to_regain_access":9}]}'
    meta.will_answer({}, headers={"x-business-use-case-usage": buc})

    await graph.get("/act_1/insights", token)
    await graph.get("/act_1/insights", token)
    assert waits == []

    await graph.get("/act_2/insights", token)
    await graph.get("/act_2", token)
    assert waits == [120.5]


async def test_clients_that_share_a_throttle_share_its_pauses(
    meta, client, token, app, waits
):
    meta.will_answer({}, headers={"X-App-Usage": '{"call_count":99}'})

    for _ in range(2):
        async with client(app=app) as graph:
            await graph.get("/me", token)

    assert waits == [30.5]


async def test_a_get_is_retried_until_it_works(meta, graph, token, waits):
    meta.will_answer(DOWN, 400)
    meta.will_answer(b"<html>502</html>", 502)
    meta.will_answer({"id": "1"})

    assert await graph.get("/me", token) == {"id": "1"}
    assert len(meta.requests) == 3
    assert waits == sorted(waits)
    assert all(0 < seconds < 5 for seconds in waits)


async def test_a_get_is_given_up_after_five_attempts(meta, graph, token, waits):
    meta.will_answer(DOWN, 500)

    with pytest.raises(ServiceUnavailable):
        await graph.get("/me", token)

    assert (len(meta.requests), len(waits)) == (5, 4)


@pytest.mark.parametrize(
    ("body", "status"), [(DOWN, 500), (THROTTLED, 400), (b"<html>", 502)]
)
async def test_what_must_not_act_twice_is_sent_once(meta, graph, waits, body, status):
    meta.will_answer(body, status)

    with pytest.raises((ServiceUnavailable, RateLimited)):
        await graph.request("POST", "/x", form={"code": "c"}, retry=False)

    assert (len(meta.requests), waits) == (1, [])


async def test_a_throttle_waits_as_long_as_meta_says_and_tells(
    meta, graph, token, waits, notices
):
    buc = '{"1":[{"type":"ads_insights","estimated_time_to_regain_access":1}]}'
    meta.will_answer(THROTTLED, 400, {"X-Business-Use-Case-Usage": buc})
    meta.will_answer({})

    await graph.get("/act_1/insights", token)

    assert waits == [60.5]
    assert "Waiting 61 s" in notices[0]


async def test_a_long_throttle_is_given_up_at_once(meta, graph, token, waits):
    buc = '{"1":[{"type":"ads_insights","estimated_time_to_regain_access":12}]}'
    meta.will_answer(THROTTLED, 400, {"x-business-use-case-usage": buc})

    with pytest.raises(RateLimited, match="try again in 12 min") as caught:
        await graph.get("/act_1/insights", token)

    assert (caught.value.retry_after, waits) == (720, [])
    assert len(meta.requests) == 1


async def test_a_refusal_is_not_retried(meta, graph, token):
    meta.will_answer({"error": {"code": 100, "message": "(#100) no"}}, 400)

    with pytest.raises(GraphError):
        await graph.get("/me", token)

    assert len(meta.requests) == 1
