"""When a request may be sent: what the headers say, pauses, other tries."""

from __future__ import annotations

import httpx
import pytest

from metaconnect.errors import (
    InvalidRequest,
    NetworkError,
    RateLimited,
    ServiceUnavailable,
    TooMuchData,
)
from metaconnect.graph.throttle import Failure, Quota
from metaconnect.graph.usage import (
    Usage,
    ad_account_usage,
    app_usage,
    retry_after,
    wait_named,
)
from metaconnect.graph.waits import delay_before_retry, in_words, pause_for

BUC = "X-Business-Use-Case-Usage"
TWO = (
    '{"1":[{"type":"ads_insights","call_count":97,"estimated_time_to_regain_access":3}]'
    ',"2":[{"total_time":5,"estimated_time_to_regain_access":1}]}'
)
ONE, OTHER = Quota("app", "1"), Quota("app", "2")


async def passed(throttle, quota, *failure, **told):
    """Wait as a request does, which then is answered at once."""
    await throttle.enter(quota, *failure, **told)
    throttle.leave(quota)


@pytest.mark.parametrize(
    ("headers", "ad_account_id", "expected"),
    [
        ({}, "1", Usage()),
        ({BUC: TWO}, "1", Usage(utilisation=97, wait=180)),
        ({BUC: TWO}, "2", Usage(utilisation=5, wait=60)),
        ({BUC: TWO}, "3", Usage()),
        ({BUC: TWO}, None, Usage(utilisation=97, wait=180)),
        (
            {"x-ad-account-usage": '{"acc_id_util_pct":9.67,"reset_time_duration":9}'},
            "1",
            Usage(utilisation=9.67),
        ),
        (
            {"x-ad-account-usage": '{"acc_id_util_pct":100,"reset_time_duration":9}'},
            "1",
            Usage(utilisation=100, wait=9),
        ),
        (
            {"x-fb-ads-insights-throttle": '{"app_id_util_pct":9,"acc_id_util_pct":8}'},
            "1",
            Usage(utilisation=8),
        ),
    ],
)
def test_only_what_is_said_of_the_ad_account_counts(headers, ad_account_id, expected):
    assert ad_account_usage(httpx.Headers(headers), ad_account_id) == expected


@pytest.mark.parametrize(
    ("headers", "used"),
    [
        ({"X-App-Usage": '{"call_count":28,"total_time":2,"total_cputime":118}'}, 118),
        ({"x-fb-ads-insights-throttle": '{"app_id_util_pct":9}'}, 9),
        ({"X-App-Usage": '{"call_count":1e308}'}, 1000),
        ({BUC: TWO}, 0),
    ],
)
def test_the_app_has_a_quota_of_its_own(headers, used):
    assert app_usage(httpx.Headers(headers)) == Usage(utilisation=used)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("1e308", 86_400),
        ("1e309", None),
        ("-1", None),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_up_to_a_day(text, seconds):
    assert retry_after(httpx.Headers({"Retry-After": text})) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '"x"',
        '{"1":null}',
        '{"1":[null,3,[]]}',
        '{"1":[{"estimated_time_to_regain_access":null}]}',
        '{"1":[{"estimated_time_to_regain_access":-5}]}',
        '{"1":[{"estimated_time_to_regain_access":true}]}',
        '{"1":[{"estimated_time_to_regain_access":"soon"}]}',
        '{"1":[{"estimated_time_to_regain_access":"inf"}]}',
        "[" * 100_000,
    ],
)
def test_nonsense_counts_as_not_sent(text):
    headers = httpx.Headers({BUC: text, "retry-after": text})

    assert wait_named(headers) in (None, 3)


def test_what_meta_says_is_waited_for_when_it_is_bearable():
    assert delay_before_retry(1, RateLimited("", retry_after=120), 0) == 120
    assert delay_before_retry(1, RateLimited("", retry_after=121), 0) is None
    assert delay_before_retry(1, ServiceUnavailable("", retry_after=9), 0) == 9


def test_a_throttle_without_a_time_is_tried_once_more_after_a_pause():
    assert delay_before_retry(1, RateLimited(""), 0.5) == 30.5
    assert delay_before_retry(2, RateLimited(""), 0.5) is None


@pytest.mark.parametrize("error", [NetworkError(""), ServiceUnavailable("")])
def test_each_wait_is_longer_than_the_one_before(error):
    for jitter in (0.0, 0.5, 1.0):
        delays = [
            delay_before_retry(attempt, error, jitter) for attempt in (1, 2, 3, 4)
        ]
        assert delays == sorted(delays)
        assert 0 < delays[0] < delays[-1] <= 8
    assert delay_before_retry(5, error, 0.5) is None


def test_what_a_retry_cannot_mend_is_not_retried():
    for error in (InvalidRequest(""), TooMuchData("")):
        assert delay_before_retry(1, error, 0.5) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (90, "90 s"), (91, "2 min"), (720, "12 min"), (7201, "3 h")],
)
def test_a_wait_in_words_is_rounded_up(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("usage", "pause"),
    [
        (Usage(), 0),
        (Usage(utilisation=95), 0),
        (Usage(utilisation=96), 30),
        (Usage(utilisation=5, wait=60), 60),
        (Usage(utilisation=118, wait=7200), 120),
    ],
)
def test_there_is_a_pause_before_a_quota_is_full(usage, pause):
    assert pause_for(usage) == pause


@pytest.mark.anyio
async def test_a_pause_holds_up_its_own_ad_account_only(throttle, waits, notices):
    throttle.read(ONE, httpx.Headers({BUC: TWO.replace("access", "")}))

    await passed(throttle, OTHER)
    assert waits == []

    await passed(throttle, ONE, notice=notices.append)
    await passed(throttle, ONE)
    assert waits == [30.5]
    assert notices == [
        "97 % of Meta's quota for ad account act_1 is used. Waiting 31 s."
    ]


@pytest.mark.anyio
async def test_a_full_app_holds_up_every_ad_account(throttle, waits):
    throttle.read(ONE, httpx.Headers({"X-App-Usage": '{"call_count":99}'}))

    await passed(throttle, Quota("another app", "1"))
    assert waits == []

    await passed(throttle, OTHER)
    assert waits == [30.5]


@pytest.mark.anyio
async def test_nothing_is_sent_while_the_wait_is_too_long(throttle, waits):
    refused = RateLimited("Slow (try again in 12 min)", code=17, retry_after=720)
    assert throttle.delay_after(ONE, 1, refused) is None

    await passed(throttle, OTHER)
    with pytest.raises(RateLimited, match=r"^Slow \(try again in 12 min\)$") as caught:
        await passed(throttle, ONE)

    assert (caught.value.code, caught.value.retry_after, waits) == (17, 720, [])


@pytest.mark.parametrize(
    ("code", "quota", "held_up"),
    [
        (4, ONE, True),  # of the app
        (17, ONE, False),  # of ad account 1 or its user
        (17, Quota("app"), False),  # of a user, met while listing
        (4, Quota("app"), True),
    ],
)
@pytest.mark.anyio
async def test_a_throttle_holds_up_whom_it_concerns(
    throttle, waits, code, quota, held_up
):
    throttle.delay_after(quota, 1, RateLimited("", code=code, retry_after=60))

    await passed(throttle, OTHER)

    assert waits == [60.5] * held_up


@pytest.mark.parametrize(
    ("delay", "spent", "told"), [(1, 1, False), (5, 0, True), (0.5, 60, True)]
)
@pytest.mark.anyio
async def test_silence_is_broken(throttle, notices, delay, spent, told):
    failure = Failure("No answer.", delay, spent)

    await passed(throttle, ONE, failure, notice=notices.append)

    assert len(notices) == told
