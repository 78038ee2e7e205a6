"""The token endpoint and debug_token, over a real socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from metaconnect.errors import (
    CheckpointRequired,
    ConfigError,
    ServiceUnavailable,
    TokenRejected,
)
from metaconnect.graph.tokens import (
    access_token_in,
    exchange_code,
    extend_token,
    inspect_token,
    long_lived_token,
    token_info_in,
    with_true_expiry,
)
from metaconnect.models import AccessToken

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_the_code_is_posted_with_the_redirect_uri(meta, graph, app):
    meta.will_answer({"access_token": "EAAnew", "expires_in": 60})

    token = await exchange_code(graph, app, "the-code", "http://localhost:1/cb", NOW)

    (request,) = meta.requests
    assert (request.method, request.path) == ("POST", "/v26.0/oauth/access_token")
    assert request.params == {}
    assert request.form == {
        "client_id": app.app_id,
        "client_secret": app.app_secret,
        "redirect_uri": "http://localhost:1/cb",
        "code": "the-code",
    }
    assert token == AccessToken(value="EAAnew", expires_at=NOW + timedelta(seconds=60))


async def test_a_token_is_extended_as_meta_documents_it(meta, graph, app, token):
    meta.will_answer({"access_token": "EAAlong", "expires_in": 5183944})

    extended = await extend_token(graph, app, token, NOW)

    (request,) = meta.requests
    assert (request.method, request.path) == ("GET", "/v26.0/oauth/access_token")
    assert request.params == {
        "grant_type": "fb_exchange_token",
        "client_id": app.app_id,
        "client_secret": app.app_secret,
        "fb_exchange_token": token.value,
    }
    assert extended.expires_at == NOW + timedelta(seconds=5183944)


@pytest.mark.parametrize("answer", [{}, {"expires_in": 0}, {"expires_in": None}])
@pytest.mark.parametrize(("ends", "expected"), [(0, None), (1800000000, 1800000000)])
async def test_a_missing_expiry_is_asked_of_debug_token(
    meta, graph, app, token, answer, ends, expected
):
    meta.will_answer({"access_token": "EAAlong", **answer})
    meta.will_answer({"data": {"is_valid": True, "expires_at": ends}})

    extended = await extend_token(graph, app, token, NOW)

    request = meta.requests[1]
    assert (request.path, request.params) == (
        "/v26.0/debug_token",
        {"input_token": "EAAlong"},
    )
    bearer = f"Bearer {app.app_id}|{app.app_secret}"
    assert request.headers["authorization"] == bearer
    if expected is not None:
        expected = datetime.fromtimestamp(expected, UTC)
    assert extended == AccessToken(value="EAAlong", expires_at=expected)


async def test_a_known_expiry_is_not_asked_for(meta, graph, app):
    token = AccessToken(value="EAA", expires_at=NOW)

    assert await with_true_expiry(graph, app, token) is token
    assert meta.requests == []


async def test_a_code_that_fails_is_not_tried_again(meta, graph, app):
    meta.will_answer(b"<html>busy</html>", 503)

    with pytest.raises(ServiceUnavailable):
        await exchange_code(graph, app, "c", "http://localhost/", NOW)

    assert len(meta.requests) == 1


async def test_an_expired_token_cannot_be_extended(meta, graph, app, token):
    error = {"code": 190, "error_subcode": 463, "message": "Session has expired"}
    meta.will_answer({"error": error}, 400)

    with pytest.raises(TokenRejected):
        await extend_token(graph, app, token, NOW)


async def test_a_rejection_by_debug_token_itself_blames_the_app(
    meta, graph, app, token
):
    meta.will_answer({"error": {"code": 190, "message": "Invalid OAuth token"}}, 400)

    with pytest.raises(ConfigError) as caught:
        await inspect_token(graph, app, token)

    assert "META_APP_SECRET" in caught.value.hint
    assert caught.value.code == 190


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 7}])
def test_a_success_without_a_token_is_metas_failure(body):
    with pytest.raises(ServiceUnavailable):
        access_token_in(body, NOW)


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (60, 60),
        ("60", 60),
        (60.5, 60.5),
        ("5183944", 5183944),
        (0, None),
        (-5, None),
        ("never", None),
        ("nan", None),
        (1e300, None),
        ([], None),
    ],
)
def test_an_expiry_comes_as_number_or_text(expires_in, seconds):
    token = access_token_in({"access_token": "x", "expires_in": expires_in}, NOW)

    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert token.expires_at == expected


@pytest.mark.parametrize("data", [None, [], "x"])
async def test_debug_token_without_data_is_metas_failure(meta, graph, app, token, data):
    meta.will_answer({"data": data})

    with pytest.raises(ServiceUnavailable):
        await inspect_token(graph, app, token)


async def test_odd_values_of_debug_token_do_no_harm(meta, graph, app, token):
    odd = {"is_valid": "yes", "expires_at": 1e300, "scopes": None, "app_id": 12}
    odd["granular_scopes"] = [None, {"scope": "ads_read", "target_ids": None}]
    meta.will_answer({"data": odd})

    info = await inspect_token(graph, app, token)

    assert (info.is_valid, info.expires_at, info.app_id) == (False, None, "12")
    assert (info.scopes, info.granular_scopes) == ((), {"ads_read": ()})


EXTENDED = {"access_token": "EAAlong", "expires_in": 60}


async def test_a_persons_token_is_exchanged_for_a_long_lived_one(
    meta, graph, app, token
):
    meta.will_answer({"data": {"is_valid": True, "type": "USER", "expires_at": 1}})
    meta.will_answer(EXTENDED)

    kept, info = await long_lived_token(graph, app, token, NOW)

    assert kept == AccessToken(value="EAAlong", expires_at=NOW + timedelta(seconds=60))
    assert not info.is_system_user


@pytest.mark.parametrize(
    ("data", "expires_at"),
    [
        ({"type": "SYSTEM_USER", "expires_at": 0}, None),
        ({"type": "SYSTEM_USER", "expires_at": 5}, datetime.fromtimestamp(5, UTC)),
        ({"type": "USER", "expires_at": 0}, None),
    ],
)
async def test_a_token_that_is_not_for_the_exchange_is_kept_as_it_is(
    meta, graph, app, token, data, expires_at
):
    scopes = ["ads_read", "business_management"]
    meta.will_answer({"data": {"is_valid": True, "scopes": scopes, **data}})

    kept, info = await long_lived_token(graph, app, token, NOW)

    assert kept == AccessToken(value=token.value, expires_at=expires_at)
    assert info.is_system_user == (data["type"] == "SYSTEM_USER")
    assert info.permissions == dict.fromkeys(scopes, "granted")
    assert [r.path for r in meta.requests] == ["/v26.0/debug_token"]


@pytest.mark.parametrize("code", [100, 190, 10])
async def test_an_app_that_may_not_inspect_tokens_exchanges_all(
    meta, graph, app, token, code
):
    meta.will_answer({"error": {"code": code, "message": "no"}}, 400)
    meta.will_answer(EXTENDED)

    kept, info = await long_lived_token(graph, app, token, NOW)

    assert (kept.value, info) == ("EAAlong", None)


async def test_a_checkpoint_met_on_inspection_is_told(meta, graph, app, token):
    error = {"code": 190, "subcode": 459, "message": "checkpoint"}
    meta.will_answer({"data": {"is_valid": False, "error": error}})

    with pytest.raises(CheckpointRequired):
        await long_lived_token(graph, app, token, NOW)


@pytest.mark.parametrize("data", [{}, {"expires_at": None}, {"expires_at": "soon"}])
def test_an_expiry_that_is_not_said_is_not_never(data):
    assert token_info_in({"data": data}).is_extendable
