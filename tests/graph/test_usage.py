"""The usage headers: minutes here, seconds there, and nonsense anywhere."""

from __future__ import annotations

import pytest

from metaconnect.errors import (
    InvalidRequest,
    NetworkError,
    RateLimited,
    ServiceUnavailable,
)
from metaconnect.graph.retry import delay_before_retry, in_words
from metaconnect.graph.usage import Usage, usage_of

BUC = "X-Business-Use-Case-Usage"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Usage()),
        (
            {"X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":118}'},
            Usage(utilisation=118),
        ),
        (
            {
                "x-ad-account-usage": '{"acc_id_util_pct":9.67,'
                '"reset_time_duration":100,"ads_api_access_tier":"standard_access"}'
            },
            Usage(utilisation=9.67, wait=100),
        ),
        (
            {
                BUC: '{"1":[{"type":"ads_insights","call_count":97,'
                '"estimated_time_to_regain_access":3}],"2":[{"total_time":5,'
                '"estimated_time_to_regain_access":1}]}'
            },
            Usage(utilisation=97, wait=180),
        ),
        (
            {"x-fb-ads-insights-throttle": '{"app_id_util_pct":100}'},
            Usage(utilisation=100),
        ),
        ({"Retry-After": "30"}, Usage(wait=30)),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, Usage()),
    ],
)
def test_each_header_is_read_in_its_own_unit(headers, expected):
    assert usage_of(headers) == expected


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
    assert usage_of({BUC: text, "retry-after": text}).wait in (None, 3)


def test_what_meta_says_is_waited_for_when_it_is_bearable():
    assert delay_before_retry(1, RateLimited("", retry_after=120), 0) == 120
    assert delay_before_retry(1, RateLimited("", retry_after=121), 0) is None


@pytest.mark.parametrize("error", [NetworkError(""), ServiceUnavailable("")])
def test_each_wait_is_longer_than_the_one_before(error):
    for jitter in (0.0, 0.5, 1.0):
        delays = [
            delay_before_retry(attempt, error, jitter) for attempt in (1, 2, 3, 4)
        ]
        assert delays == sorted(delays)
        assert 0 < delays[0] < delays[-1] <= 8
    assert delay_before_retry(5, error, 0.5) is None


def test_a_throttle_is_waited_for_longer_than_a_failure():
    throttled = delay_before_retry(1, RateLimited(""), 0.5)

    assert throttled > delay_before_retry(1, ServiceUnavailable(""), 0.5)


def test_what_a_retry_cannot_mend_is_not_retried():
    assert delay_before_retry(1, InvalidRequest(""), 0.5) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (90, "90 s"), (91, "2 min"), (720, "12 min"), (7201, "3 h")],
)
def test_a_wait_in_words_is_rounded_up(seconds, words):
    assert in_words(seconds) == words
