"""What the corpus does not hold: rare codes, odd shapes, secrets, hints."""

from __future__ import annotations

import pytest

from metaconnect.errors import (
    ConfigError,
    GraphError,
    InvalidRequest,
    PermissionMissing,
    RateLimited,
    ServiceUnavailable,
    TokenRejected,
)
from metaconnect.graph.errors import error_from, holds_error
from metaconnect.graph.usage import Usage
from metaconnect.redact import LONGEST, clean, redact


def refused(code=100, subcode=None, message="no", **more):
    error = {"code": code, "message": message, **more}
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, refused(190), TokenRejected),
        (401, refused(102), TokenRejected),
        (400, refused("190"), TokenRejected),
        (400, refused(190, is_transient=True), TokenRejected),
        (400, refused(4), RateLimited),
        (400, refused(341), RateLimited),
        (403, refused(613, 1487742), RateLimited),
        (400, refused(80000, 2446079), RateLimited),
        (400, refused(80014), RateLimited),
        (429, {}, RateLimited),
        (429, None, RateLimited),
        (500, refused(1, 99), ServiceUnavailable),
        (400, refused(1), ServiceUnavailable),
        (400, refused(2, 1504043), ServiceUnavailable),
        (400, refused(2, 1504041), InvalidRequest),
        (400, refused(2, 1504042), InvalidRequest),
        (400, refused(960), ServiceUnavailable),
        (400, refused(100, 1504018), ServiceUnavailable),
        (400, refused(100, 3191001), PermissionMissing),
        (400, refused(100, message="(#100) Missing permissions"), PermissionMissing),
        (400, refused(270), PermissionMissing),
        (403, refused(200, message="(#200) Provide valid app ID"), ConfigError),
        (400, refused(2500, message="Unknown path components: /me"), ConfigError),
        (400, refused(100, is_transient=True), ServiceUnavailable),
        (400, refused(2642), InvalidRequest),
        (400, refused(424242), GraphError),
        (503, refused(424242), ServiceUnavailable),
        (400, {"error": "invalid_request"}, GraphError),
        (400, {"error": None}, ServiceUnavailable),
        (400, {"error": {}}, GraphError),
        (404, [], ServiceUnavailable),
        (400, refused(None, message=None), GraphError),
        (400, refused(True, message=7, error_data="{"), GraphError),
    ],
)
def test_the_class_follows_the_code(status, body, expected):
    assert type(error_from(status, body)) is expected


def test_a_job_that_failed_is_data_and_no_error_of_the_request():
    assert not holds_error({"async_status": "Job Failed", "error_message": "x"})
    assert holds_error({"error": {"code": 1}})


def test_a_throttle_says_for_how_long():
    error = error_from(400, refused(17, message="Slow down"), Usage(wait=700))

    assert str(error) == "Slow down (try again in 12 min)"
    assert error.retry_after == 700


def test_only_a_throttle_asks_for_patience():
    assert error_from(400, refused(100), Usage(wait=700)).retry_after is None


def test_a_strangers_text_is_one_clean_line_of_bounded_length():
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


def test_a_secret_that_is_known_is_masked_whatever_it_looks_like():
    body = refused(message="who is plain/secret or plain%2Fsecret?")

    assert str(error_from(400, body, secrets=["plain/secret", "or"])) == (
        "who is *** or ***?"
    )
