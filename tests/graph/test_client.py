"""One request: what is sent, what is said, and what every odd answer becomes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import traceback
from datetime import UTC, datetime

import httpx
import pytest

from metaconnect.errors import (
    ConfigError,
    NetworkError,
    ServiceUnavailable,
    TokenRejected,
)
from metaconnect.graph.accounts import get_ad_account, list_ad_accounts, me
from metaconnect.graph.http import open_http
from metaconnect.graph.tokens import (
    exchange_code,
    extend_token,
    granted_permissions,
    inspect_token,
)
from metaconnect.models import AccessToken, MetaHost

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_the_token_travels_in_a_header_and_never_in_the_url(meta, graph, token):
    meta.will_answer({"id": "1"})

    assert await graph.get("/me", token, fields="id,name", limit=5, after=None) == {
        "id": "1"
    }

    (request,) = meta.requests
    assert request.headers["authorization"] == f"Bearer {token.value}"
    assert request.headers["user-agent"].startswith("metaconnect/")
    assert request.target == "/v26.0/me?fields=id%2Cname&limit=5"


async def test_the_proof_goes_along_when_the_app_secret_is_known(
    meta, client, token, app
):
    meta.will_answer({})

    async with client(app=app) as graph:
        await graph.get("/me", token)

    proof = hmac.new(
        app.app_secret.encode(), token.value.encode(), hashlib.sha256
    ).hexdigest()
    assert meta.requests[0].params == {"appsecret_proof": proof}


async def test_a_form_is_posted_in_the_body(meta, graph):
    meta.will_answer({"access_token": "x"})

    form = {"code": "c", "client_secret": "s"}
    await graph.request("POST", "/oauth/access_token", form=form)

    (request,) = meta.requests
    assert (request.method, request.target) == ("POST", "/v26.0/oauth/access_token")
    assert request.form == {"code": "c", "client_secret": "s"}


@pytest.mark.parametrize("method", ["DELETE", "POST"])
async def test_any_verb_carries_the_token_and_its_proof(
    meta, client, token, app, method
):
    meta.will_answer({"success": True})
    form = {"fields": ["id"]} if method == "POST" else None

    async with client(app=app) as graph:
        await graph.request(method, "/me/permissions", token=token, form=form)

    (request,) = meta.requests
    assert (request.method, request.path) == (method, "/v26.0/me/permissions")
    assert request.headers["authorization"] == f"Bearer {token.value}"
    sent = request.form if form else request.params
    assert set(sent) == {"appsecret_proof", *(form or ())}
    assert sent.get("fields") == ('["id"]' if form else None)


async def test_nothing_is_asked_of_what_meta_removed(meta, client, token, app):
    """https://developers.facebook.com/docs/graph-api/changelog/version26.0"""
    meta.will_answer({"id": "1", "data": [], "access_token": "EAAnew", "expires_in": 9})

    async with client(app=app) as graph:
        await me(graph, token)
        await list_ad_accounts(graph, token)
        await get_ad_account(graph, token, "1")
        await granted_permissions(graph, token)
        await exchange_code(graph, app, "code", "http://localhost/", NOW)
        await extend_token(graph, app, token, NOW)

    assert len(meta.requests) == 6
    for request in meta.requests:
        removed = {"pretty", "debug", "date_format", "ids"}
        assert not removed & {*request.params, *request.form}
        assert not {"if-none-match", "if-modified-since"} & request.headers.keys()


async def test_a_secret_in_what_meta_says_is_masked_before_it_is_cut(
    meta, client, token, app, notices
):
    meta.will_answer(
        b"x " * 38 + token.value.encode(),
        headers={"X-Ad-Api-Version-Warning": f"no {app.app_secret}, no {token.value}"},
    )

    async with client(app=app) as graph:
        with pytest.raises(ServiceUnavailable) as caught:
            await graph.get("/me", token)

    assert str(caught.value).endswith("x x ***")
    assert notices[0].endswith("no ***, no ***")


async def test_a_long_body_is_not_quoted(meta, graph, token):
    meta.will_answer(b"x" * 100_000)

    with pytest.raises(ServiceUnavailable, match="100,000 bytes"):
        await graph.get("/me", token)


async def test_digits_survive_the_decoding(meta, graph, token):
    meta.will_answer(b'{"spend":274.030,"id":123456789012345678901}')

    body = await graph.get("/x", token)

    assert (str(body["spend"]), body["id"]) == ("274.030", 123456789012345678901)


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"false",
        b"[]",
        b"3",
        b'"Service Unavailable"',
        b"",
        b"<html>hi</html>",
        b"\xff\xfe",
        b'{"a":1,}',
        b"[" * 100_000,
    ],
)
async def test_a_body_that_is_no_object_is_metas_failure_and_no_crash(
    meta, graph, token, body
):
    meta.will_answer(body)

    with pytest.raises(ServiceUnavailable) as caught:
        await graph.get("/me", token)

    assert len(str(caught.value)) < 200


async def test_a_success_that_holds_an_error_is_an_error(meta, graph, token):
    meta.will_answer({"error": {"code": 190, "message": "Invalid OAuth access token."}})

    with pytest.raises(TokenRejected):
        await graph.get("/me", token)


async def test_a_damaged_content_encoding_is_metas_failure(meta, graph, token):
    meta.will_answer(b"not gzip", headers={"Content-Encoding": "gzip"})

    with pytest.raises(ServiceUnavailable):
        await graph.get("/me", token)


async def test_a_redirect_is_an_error_and_the_token_stays_here(meta, graph, token):
    meta.will_answer({}, 302, {"Location": f"{meta.url}/elsewhere?t=1"})

    with pytest.raises(ServiceUnavailable, match="redirect"):
        await graph.get("/me", token)

    assert {request.path for request in meta.requests} == {"/v26.0/me"}


async def test_another_version_is_mentioned_once(meta, graph, token, notices):
    warning = "The call has been auto-upgraded to v27.0.\x1b[31m"
    headers = {"facebook-api-version": "v27.0", "X-Ad-Api-Version-Warning": warning}
    meta.will_answer({}, headers=headers)

    await graph.get("/me", token)
    await graph.get("/me", token)

    (notice,) = notices
    assert "v26.0" in notice
    assert "v27.0" in notice
    assert "\x1b" not in notice


async def test_the_version_asked_for_is_not_mentioned(meta, graph, token, notices):
    meta.will_answer({}, headers={"facebook-api-version": "v26.0"})

    await graph.get("/me", token)

    assert notices == []


async def test_a_closed_port_is_a_network_error(client, token, waits):
    host = MetaHost(graph_url="http://127.0.0.1:9")

    async with client(host=host) as graph:
        with pytest.raises(NetworkError, match=r"127\.0\.0\.1 cannot be reached"):
            await graph.get("/me", token)

    assert len(waits) == 4


async def test_a_silent_host_is_a_network_error(httpx_mock, client, token):
    httpx_mock.add_exception(httpx.ReadTimeout("slow"), is_reusable=True)

    async with client(host=MetaHost(), http=httpx.AsyncClient()) as graph:
        with pytest.raises(NetworkError, match="did not answer in time"):
            await graph.get("/me", token)


@pytest.mark.parametrize("value", ["", "two words", "line\nbreak", "schlüssel", "\x00"])
async def test_a_damaged_token_is_not_sent_nor_quoted(meta, graph, value):
    with pytest.raises(TokenRejected) as caught:
        await graph.get("/me", AccessToken(value=value))

    assert meta.requests == []
    assert not value or value not in "".join(traceback.format_exception(caught.value))


async def test_a_proxy_cannot_take_a_loopback_request(meta, client, token, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    meta.will_answer({"id": "1"})

    async with client() as graph:
        assert await graph.get("/me", token) == {"id": "1"}


async def test_a_proxy_that_cannot_be_used_is_a_setting(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "gopher://person:pass-word@127.0.0.1:9")

    with pytest.raises(ConfigError) as caught:
        open_http(MetaHost())

    assert "pass-word" not in "".join(traceback.format_exception(caught.value))


async def test_no_secret_reaches_a_log_or_a_traceback(meta, client, token, app, caplog):
    caplog.set_level(logging.DEBUG)
    echo = f"Malformed access token {token.value} of {app.app_secret}"
    headers = {
        "WWW-Authenticate": f'OAuth "Facebook Platform" "invalid_token" "{echo}"',
        "Location": "https://elsewhere.example/?x=LEAKED-BY-A-HEADER",
    }
    meta.will_answer({"error": {"code": 190, "message": echo}}, 400, headers)
    code = "AQB-code-0123456789"
    calls = (
        lambda graph: graph.get("/me", token),
        lambda graph: graph.request("POST", "/x", form={"code": code}),
        lambda graph: inspect_token(graph, app, token),
        lambda graph: extend_token(graph, app, token, None),
    )

    said = []
    async with client(app=app) as graph:
        for call in calls:
            with pytest.raises((TokenRejected, ConfigError)) as caught:
                await call(graph)
            said.append("".join(traceback.format_exception(caught.value)))

    everything = caplog.text + "".join(said)
    assert "debug_token" in caplog.text  # the calls were logged,
    assert "receive_response_headers" in caplog.text  # the headers too
    proof = meta.requests[0].params["appsecret_proof"]
    for secret in (token.value, app.app_secret, proof, code, "LEAKED"):
        assert secret not in everything


async def test_the_client_shows_no_secret(client, app):
    async with client(app=app) as graph:
        assert app.app_secret not in repr(graph)
