"""A web page cannot drive the sandbox, and every answer says what it is."""

import asyncio

import httpx
import pytest

from metaconnect.sandbox import Sandbox, create_app


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "LOCALHOST"])
def test_its_own_names_are_answered(meta, running, name):
    host = {"Host": f"{name}:{running.port}"}
    assert meta.get("/_sandbox/switches", headers=host).is_success


@pytest.mark.parametrize("path", ["/me", "/dialog/oauth", "/_sandbox/requests"])
@pytest.mark.parametrize(
    "host",
    ["evil.example:{port}", "localhost", "localhost:1", "localhost.evil.example", ""],
)
def test_another_host_is_refused_everywhere(meta, running, path, host):
    response = meta.get(path, headers={"Host": host.format(port=running.port)})
    assert response.status_code == 421
    assert running.sandbox.requests == []


def test_the_ipv6_address_is_an_own_name(meta, running):
    host = {"Host": f"[::1]:{running.port}"}
    assert meta.get("/_sandbox/switches", headers=host).is_success


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/json"]
)
def test_what_a_page_can_post_without_asking_is_refused(meta, sandbox, kind):
    response = meta.post(
        "/_sandbox/switches",
        content=b'{"auto_approve": true}',
        headers={"Content-Type": kind},
    )
    assert response.status_code == 415
    assert sandbox.switches.auto_approve is False


def test_json_with_a_charset_is_json(meta, sandbox):
    kind = {"Content-Type": "Application/JSON; charset=utf-8"}
    body = b'{"auto_approve": true}'
    assert meta.post("/_sandbox/switches", content=body, headers=kind).is_success
    assert sandbox.switches.auto_approve is True


def test_a_page_that_asks_first_is_not_allowed(meta):
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = meta.options("/_sandbox/switches", headers=asked)
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "path", ["/me", "/dialog/oauth", "/_sandbox/switches", "/_sandbox/nothing"]
)
def test_every_answer_says_that_it_is_invented(meta, path):
    assert meta.get(path).headers["x-metaconnect-sandbox"] == "1"
    misdirected = meta.get(path, headers={"Host": "evil.example"})
    assert misdirected.headers["x-metaconnect-sandbox"] == "1"


def test_in_process_the_host_may_be_without_a_port():
    async def asked():
        transport = httpx.ASGITransport(create_app(Sandbox()))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get("http://localhost/_sandbox/switches")

    assert asyncio.run(asked()).is_success
