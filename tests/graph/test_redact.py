"""No secret, and nothing that drives a terminal, in what is repeated."""

from __future__ import annotations

import logging

import pytest

from metaconnect import redact as redaction
from metaconnect.errors import MetaconnectError
from metaconnect.redact import (
    LONGEST,
    clean,
    mask_secrets_in_logs,
    redact,
    remember_secret,
)


def test_text_of_others_is_one_clean_line_of_bounded_length():
    text = "a\x1b[31mred\x1b[0m\x1b]0;title\x07\nb\t\u202ec\x00" + " long" * 500

    cleaned = clean(text)

    assert cleaned.startswith("ared b c long long")
    assert cleaned.isprintable()
    assert len(cleaned) == LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "Malformed access token EAABsbCS1iHgBO0ZCx",
        "Malformed access token S3cr3t",
        "Error with EAAGm0PX4ZCpsBAKZC-_x0 and more",
        "token 1234567890|abcdefABCDEF_-123456",
        "x?access_token=S3cr3t&y=1",
        "x?input_token=S3cr3t",
        "Authorization: Bearer S3cr3t",
        "got aB3" + "d" * 40,
    ],
)
def test_what_looks_like_a_token_is_masked(text):
    masked = redact(text)

    assert "***" in masked
    assert not any(part in masked for part in ("EAA", "S3cr3t", "ABCDEF", "ddd"))


@pytest.mark.parametrize(
    "text",
    [
        "(#100) configurable_audience_overlap_with_conv_exposure_impressions",
        "Object with ID 'act_177057932317550' does not exist",
        "https://developers.facebook.com/docs/marketing-api/reference/ads-insights/",
        "Invalid OAuth access token.",
        "Session has expired on Tuesday, 01-Aug-23 10:12:14 PDT.",
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    ["is plain/secret?", "is plain%2Fsecret?", "is 'plain/secret'?"],
)
def test_a_secret_that_is_remembered_is_masked_whatever_it_looks_like(text):
    assert redact(text) == text

    remember_secret("plain/secret")

    assert "secret" not in redact(text)
    assert "secret" not in clean(text)


def test_a_secret_is_masked_as_repr_and_forms_write_it():
    remember_secret("it's a \\ secret")

    for text in (repr("it's a \\ secret"), "p=it%27s+a+%5C+secret"):
        assert "secret" not in redact(text)


def test_a_short_secret_is_masked_as_a_word_of_its_own_only():
    remember_secret("hidden")
    remember_secret("code")

    assert redact("hidden, unhidden, code") == "***, unhidden, code"


@pytest.mark.parametrize("nothing", ["", None])
def test_no_secret_is_no_secret(nothing):
    remember_secret(nothing)

    assert redact("ab") == "ab"


def test_a_secret_that_begins_another_leaves_no_rest_of_it():
    remember_secret("secret-one")
    remember_secret("secret-one-and-more")

    assert redact("secret-one-and-more secret-one") == "*** ***"


def test_the_secrets_used_last_are_remembered():
    def use(first, last):
        for number in range(first, last):
            remember_secret(f"secret-number-{number}")

    use(1, 500)
    remember_secret("the app's secret")
    use(500, 1000)
    remember_secret("the app's secret")
    use(1000, 1999)

    assert len(redaction._remembered) == 1000
    assert redact("the app's secret, secret-number-1998") == "***, ***"


def test_a_secret_at_the_cut_is_masked_before_it_is_cut():
    remember_secret("plain/secret")

    assert clean("x" * 70 + " plain/secret", longest=75) == "x" * 70 + " ***"
    assert clean("x" * 70 + " EAAGm0PX4ZCpsBAKZC", longest=75) == "x" * 70 + " ***"


def test_a_very_long_text_is_read_in_part_and_ends_with_a_whole_word():
    remember_secret("plain/secret")
    text = "plain/secret " * 1259 + "x" * 14 + " plain/secret" + "y" * 100_000

    assert "plain" not in clean(text, longest=100_000)
    assert clean("x" * 20_000) == ""


def test_text_made_to_be_slow_is_masked_in_time():
    """A pattern that starts over at each word would take minutes for these."""
    for text in ("-eyJ" * 100_000, "1-" * 100_000, "a1B-" * 100_000):
        redact(text)


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "httpcore.http2"])
def test_a_log_record_of_the_http_libraries_is_masked(caplog, name):
    mask_secrets_in_logs()
    remember_secret("plain/secret")

    with caplog.at_level(logging.DEBUG, logger=name):
        logging.getLogger(name).debug("GET %s", "https://x/?a=plain%2Fsecret")

    assert caplog.messages == ["GET https://x/?a=***"]


def test_an_error_of_another_program_is_masked_when_it_is_printed():
    remember_secret("plain/secret")

    assert redact(repr(MetaconnectError("no plain/secret"))).count("***") == 1
