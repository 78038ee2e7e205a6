"""One request: what is sent, what is said, and what every odd answer becomes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import traceback

import httpx
import pytest

from metaconnect.errors import (
    ConfigError,
    GraphError,
    NetworkError,
    RateLimited,
    ServiceUnavailable,
    TokenRejected,
)
from metaconnect.graph.http import open_http
from metaconnect.graph.tokens import extend_token, inspect_token
from metaconnect.models import AccessToken, MetaHost

pytestmark = pytest.mark.anyio

THROTTLED = {"error": {"code": 17, "message": "(#17) User request limit reached"}}
DOWN = {"error": {"code": 2, "message": "down", "is_transient": True}}


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
