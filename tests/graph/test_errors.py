"""What the corpus does not hold: rare codes, odd shapes, hints."""

from __future__ import annotations

import pytest

from metaconnect.errors import (
    AuthError,
    CheckpointRequired,
    ConfigError,
    GraphError,
    InvalidRequest,
    PermissionMissing,
    RateLimited,
    ServiceUnavailable,
    TokenRejected,
    TooMuchData,
    for_client,
)
from metaconnect.graph.errors import error_from, holds_error


def refused(code=100, subcode=None, message="no", **more):
    error = {"code": code, "message": message, **more}
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


REDUCE = "Please reduce the amount of data you're asking for, then retry"
DELETED = "Error validating application. Application has been deleted."


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
        (500, refused(1, message=REDUCE), TooMuchData),
        (500, refused(1, message=REDUCE, is_transient=True), TooMuchData),
        (400, refused(2, 1504038, is_transient=True), TooMuchData),
        (400, refused(100, 1504018), TooMuchData),
        (400, refused(100, 1487534), TooMuchData),
        (400, refused(-3, 1504045), TooMuchData),
        (400, refused(190, 459), CheckpointRequired),
        (400, refused(190, 490), CheckpointRequired),
        (400, refused(102, 459), CheckpointRequired),
        (400, refused(104), TokenRejected),
        (400, refused(104, message="Incorrect signature"), ConfigError),
        (400, refused(190, message=DELETED), ConfigError),
        (400, refused(368, 1390008, is_transient=True), GraphError),
        (400, refused(None, type="OAuthException"), AuthError),
        (503, refused(None, type="OAuthException"), ServiceUnavailable),
        (400, refused(100, 3191001), PermissionMissing),
        (400, refused(100, message="(#100) Missing permissions"), PermissionMissing),
        (400, refused(270), PermissionMissing),
        (403, refused(200, message="API access blocked."), GraphError),
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


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (refused(102, 463), "has expired"),
        (refused(190, 460), "or Meta ended the session"),
        (refused(190, 467), "or Meta ended the session"),
        (refused(200, message="API access blocked."), "Meta restricts the app"),
        (refused(270), "access level"),
        (refused(272), "must be admin"),
        (refused(274), "must be admin"),
        (refused(2, 1504041), "no data for these metrics or breakdowns"),
        (refused(2635, message="latest version: v27.0"), "META_API_VERSION=v27.0"),
        (refused(2635), "a version that Meta still serves"),
        (
            refused(error_data={"blame_field_specs": [["a", "b"], "{c}"]}),
            "Meta names: a.b, {c}",
        ),
    ],
)
def test_the_hint_says_what_mends_it(body, hint):
    assert hint in error_from(400, body).hint


@pytest.mark.parametrize("code", [270, 272, 273, 274])
def test_no_hint_blames_an_unticked_permission_for_the_app_or_a_role(code):
    assert "--rerequest" not in error_from(400, refused(code)).hint


@pytest.mark.parametrize(
    "error",
    [
        refused(190, 463),
        refused(190, 459),
        refused(191),
        refused(2, is_transient=True),
        refused(10),
        refused(1, 99),
        refused(100, 36009),
        refused(80000, 2446079),
    ],
)
def test_every_class_keeps_what_meta_said(error):
    error["error"]["fbtrace_id"] = "AbC123"

    facts = error_from(400, error).as_dict()

    assert facts["code"] == error["error"]["code"]
    assert facts.get("subcode") == error["error"].get("error_subcode")
    assert facts["fbtrace_id"] == "AbC123"


@pytest.mark.parametrize("code", [17, 2])
def test_what_passes_says_for_how_long_to_wait(code):
    error = error_from(400, refused(code, message="Slow down"), wait=700)

    assert str(error) == "Slow down (try again in 12 min)"
    assert error.retry_after == 700


def test_only_what_passes_asks_to_wait():
    assert error_from(400, refused(100), wait=700).retry_after is None


@pytest.mark.parametrize(
    "value", ["EAAGm0PX4ZCpsBAKZC", "a" * 5000, "x\x1b[31m\n", 5, None, ["x"]]
)
def test_a_trace_id_is_masked_and_short(value):
    found = error_from(400, refused(fbtrace_id=value)).fbtrace_id or ""

    assert "EAA" not in found
    assert len(found) <= 60
    assert not found or found.isprintable()


@pytest.mark.parametrize("code", [10**30, -(10**30), "9" * 5000, 1.5, [1]])
def test_a_code_that_is_no_code_counts_as_not_sent(code):
    assert error_from(400, refused(code)).code is None


def test_the_commands_of_a_hint_name_the_client():
    error = for_client(error_from(403, refused(200)), "o'brien & co")

    client = "--client 'o'\"'\"'brien & co'"
    assert f"metaconnect connect {client} --rerequest" in error.hint
    assert error.hint.endswith(f"metaconnect accounts list {client}")


def test_a_client_that_is_named_is_not_named_again():
    hint = "Try:  metaconnect connect --resume --client acme"
    error = AuthError("no", hint=hint)

    assert for_client(for_client(error, "acme"), "acme").hint == hint


@pytest.mark.parametrize("hint", ["Sign in with:  metaconnect login", "Try later."])
def test_other_hints_are_left_alone(hint):
    assert for_client(AuthError("no", hint=hint), "acme").hint == hint
