"""Report runs: started, polled until they have ended, restarted once."""

from __future__ import annotations

import json
from datetime import date

import pytest
from msgspec.structs import replace

from metaconnect.errors import (
    InvalidRequest,
    RateLimited,
    ServiceUnavailable,
    TooMuchData,
)
from metaconnect.insights.fetch import Source
from metaconnect.insights.report_runs import finished_run
from metaconnect.models import TimeRange

from ..graph.conftest import CORPUS
from .pretend import Clock, PretendMeta, client_of
from .samples import query

pytestmark = pytest.mark.anyio
RUN = {"report_run_id": "1559796368576179"}


def status(text, percent=0, **more):
    return {"async_status": text, "async_percent_completion": percent, **more}


def replayed(name):
    (path,) = CORPUS.glob(f"{name}*.json")
    return json.loads(path.read_text("utf-8"))["body"]


def dated(asked):
    day = date(2026, 11, 1)
    return replace(asked, time_range=TimeRange(since=day, until=day))


@pytest.fixture
def source(graph, token):
    return Source(graph, token, "act_1", query("spend"))


async def test_a_run_is_polled_with_growing_pauses_until_it_is_whole(
    meta, source, waits
):
    meta.will_replay(next(CORPUS.glob("async-01*")).name)
    for percent in (0, 0, 20, 60, 90, 100):
        meta.will_answer(status("Job Running", percent))
    meta.will_answer(status("Job Completed", 80))
    meta.will_replay(next(CORPUS.glob("async-02*")).name)

    assert await finished_run(source, source.query) == "1559796368576179"

    start, *polls = meta.requests
    assert (start.method, start.path) == ("POST", "/v26.0/act_1/insights")
    assert start.form == {
        "fields": "spend",
        "level": "account",
        "time_increment": "1",
        "date_preset": "last_7d",
    }
    assert {poll.path for poll in polls} == {"/v26.0/1559796368576179"}
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_the_id_may_be_a_number(meta, source):
    meta.will_answer(b'{"report_run_id":6023920149050}')
    meta.will_answer(status("Job Completed", 100))

    assert await finished_run(source, source.query) == "6023920149050"


@pytest.mark.parametrize("body", [{}, {"report_run_id": None}, {"report_run_id": "/x"}])
async def test_a_run_without_an_id_is_an_error(meta, source, body):
    meta.will_answer(body)

    with pytest.raises(ServiceUnavailable, match="did not name it"):
        await finished_run(source, source.query)


async def test_a_run_that_meta_does_not_know_yet_is_asked_for_again(meta, source):
    meta.will_answer(RUN)
    error = {"code": 100, "error_subcode": 33, "message": "Unsupported get request."}
    meta.will_answer({"error": error}, 400)
    meta.will_answer(status("Job Completed", 100))

    assert await finished_run(source, source.query) == RUN["report_run_id"]


@pytest.mark.parametrize("name", ["async-12", "async-14", "async-15"])
async def test_what_fails_or_is_skipped_is_started_again(meta, source, name):
    meta.will_answer(RUN)
    meta.will_answer(replayed(name))
    meta.will_answer({"report_run_id": "2"})
    meta.will_answer(status("Job Completed", 100))

    assert await finished_run(source, source.query) == "2"


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (
            status(
                "Job Failed",
                error_code=-2,
                error_subcode=2490547,
                error_message="There was an error running your report.",
                error_user_title="Report Failed",
                error_user_msg="Your report failed.",
            ),
            ServiceUnavailable,
            (
                "Job Failed: There was an error running your report. Report Failed. "
                "Your report failed"
            ),
        ),
        (
            status("Job Failed", id="7"),
            ServiceUnavailable,
            "Meta's report run 7 ended as 'Job Failed', without a reason.",
        ),
        (
            status("Job Skipped", id="7"),
            ServiceUnavailable,
            "Meta's report run 7 ended as 'Job Skipped', without a reason.",
        ),
    ],
)
async def test_what_fails_twice_is_an_error_in_metas_words(
    meta, source, body, error, words
):
    for _ in range(2):
        meta.will_answer(RUN)
        meta.will_answer(body)

    with pytest.raises(error) as caught:
        await finished_run(source, source.query)

    assert str(caught.value) == words
    assert caught.value.hint
    assert caught.value.code == body.get("error_code")
    assert len(meta.requests) == 4


async def test_a_run_of_the_corpus_that_was_throttled_says_so(meta, source):
    for _ in range(2):
        meta.will_answer(RUN)
        meta.will_answer(replayed("async-12"))

    with pytest.raises(RateLimited, match="temporary issue"):
        await finished_run(source, source.query)


async def test_what_is_too_large_for_a_run_is_not_started_again(meta, source):
    meta.will_answer(RUN)
    reason = {"error_code": -3, "error_subcode": 1504045, "error_message": "Too large"}
    meta.will_answer(status("Job Failed", **reason))

    with pytest.raises(TooMuchData, match="Too large"):
        await finished_run(source, source.query)
    assert len(meta.requests) == 2


async def test_a_run_that_makes_no_progress_is_started_again_once(token):
    meta, clock = PretendMeta(endings=("stuck", "stuck")), Clock()
    source = Source(client_of(meta, clock), token, "act_1", query("spend"))

    # Job Running at 100 % is no end: async-09 of the corpus.
    with pytest.raises(ServiceUnavailable, match="no progress: Job Running 100 %"):
        await finished_run(source, dated(source.query))

    assert len(meta.runs) == 2
    assert 1200 <= clock.now < 1400


async def test_an_error_of_the_query_is_told_at_once(meta, source):
    meta.will_answer({"error": {"code": 100, "message": "(#100) no"}}, 400)

    with pytest.raises(InvalidRequest):
        await finished_run(source, source.query)
    assert len(meta.requests) == 1


async def test_it_says_that_it_waits_and_counts_against_the_ad_account(token):
    meta, said = PretendMeta(endings=("early",)), []
    clock = Clock()
    source = Source(
        client_of(meta, clock), token, "act_1", query("spend"), waiting=said.append
    )
    graph = source.graph
    quotas = []
    real = graph._throttle.enter

    async def enter(quota, *args, **options):
        quotas.append(quota.ad_account_id)
        await real(quota, *args, **options)

    graph._throttle.enter = enter
    await finished_run(source, dated(source.query))

    assert set(quotas) == {"1"}
    assert said[0] == "Meta is preparing a report: 0 %."
    assert "Meta is preparing a report: 40 %." in said
    assert said[-1] == ""
