"""URLs and keys that must be refused before anything is sent."""

import json
import socket
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import httpx
import pytest

from metaconnect.errors import ConfigError
from metaconnect.loopback import is_loopback
from metaconnect.settings.checks import base_url, key_role

PROJECT = "https://project.example"


def jwt(claims):
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"eyJhbGciOiJIUzI1NiJ9.{urlsafe_b64encode(body).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1]evil.example",
        "http://[::1]@evil.example",
        "http://[::1]:80@evil.example",
        "https://graph.facebook.com\\@evil.example",
        "https://graph.facebook.com\\.evil.example",
        "https://graph.facebook.com\n.evil.example",
        "https://graph.facebook.com\t",
        "https://graph.facebook.com /",
        "https://graph.facebook.com\0",
        "https://a..b",
        "https://.example",
        "https://-a.example",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 130 + "example",
        "https://xn--a.example",
        "https://xn--.example",
        "https://münchen.example",
        "https://gr\N{CYRILLIC SMALL LETTER A}ph.facebook.com",
        "https://1.2.3.4.5",
        "https://999.1.1.1",
        "http://0x7f000001.1",
        "http://[::1%25eth0]",
        "http://[::ffff:8.8.8.8]",
        "https://[v1.a]",
        "https://graph.example:",
        "https://graph.example:0",
        "https://graph.example:１",
        "https://graph.example/a?b",
        "https://graph.example/#",
        "//graph.example",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_url_that_is_not_what_it_looks_like_is_refused(url):
    with pytest.raises(ConfigError, match="META_GRAPH_URL must be an https address"):
        base_url("META_GRAPH_URL", url)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Graph.Facebook.COM:443/", "https://graph.facebook.com"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
        ("https://my_project.example/rest/v1/", "https://my_project.example/rest/v1"),
        ("http://127.0.0.2:80", "http://127.0.0.2"),
        ("http://LOCALHOST:54321", "http://localhost:54321"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://kong", "https://kong"),
    ],
)
def test_what_is_taken_is_one_url_to_every_reader(url, normal):
    taken = base_url("SUPABASE_URL", url)

    assert taken == normal
    assert httpx.URL(taken).raw_host.decode() == urlsplit(taken).hostname
    # The encoding that `getaddrinfo` applies: no host that fails there.
    assert urlsplit(taken).hostname.encode("idna")
    assert httpx.URL(taken).host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8765/callback", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:1/x", True),
        ("http://[::1", False),
        ("http://localhost.evil.example", False),
        ("https://graph.facebook.com", False),
        ("http://0.0.0.0", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_this_machine_only(url, expected):
    assert is_loopback(url) is expected
    if expected and socket.has_ipv6:
        for *_, address in socket.getaddrinfo(urlsplit(url).hostname, 80):
            assert address[0].startswith("127.") or address[0] == "::1"


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("sb_secret_abc", "service_role"),
        ("sb_publishable_abc", "anon"),
        (jwt({"role": "service_role"}), "service_role"),
        (jwt({"role": "anon", "ref": "service_role"}), "anon"),
        (jwt({"role": ["anon"]}), None),
        (jwt(["role"]), None),
        (jwt(b"[" * 5000), None),
        (jwt(b"\xff"), None),
        ("a.b.c", None),
        ("a.é.c", None),
        ("text", None),
    ],
)
def test_the_role_of_a_key(key, role):
    assert key_role(key) == role


@pytest.mark.parametrize(
    "key", ["sb_publishable_abc", jwt({"role": "anon"}), jwt({"role": "authenticated"})]
)
@pytest.mark.parametrize("name", ["SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY"])
def test_a_publishable_key_is_no_service_key(load, name, key):
    environ = {"SUPABASE_URL": PROJECT, name: key, "METACONNECT_SERVICE_ROLE": "1"}

    with pytest.raises(ConfigError, match=f"{name} is a publishable key") as failure:
        _ = load(environ).supabase
    assert key not in f"{failure.value} {failure.value.hint}"


@pytest.mark.parametrize(
    "key", ["schlüssel", "two words", "a\tb", "a\x7f", "a${OTHER}", "a$bcd"]
)
@pytest.mark.parametrize(
    "name", ["SUPABASE_ANON_KEY", "SUPABASE_SECRET_KEY", "META_APP_SECRET"]
)
def test_a_key_that_no_header_can_hold_is_named_and_not_shown(load, name, key):
    settings = load(
        {
            "SUPABASE_URL": PROJECT,
            "META_APP_ID": "1",
            "METACONNECT_SERVICE_ROLE": str(int(name == "SUPABASE_SECRET_KEY")),
            name: key,
        }
    )
    with pytest.raises(ConfigError, match=name) as failure:
        _ = settings.meta_app if name == "META_APP_SECRET" else settings.supabase
    assert key not in f"{failure.value} {failure.value.hint}"


@pytest.mark.parametrize(
    "uri", ["${HOST}/callback", "$HOST/callback", "${NEXT_PUBLIC_BASE_URL}/callback"]
)
def test_a_reference_in_a_redirect_uri_is_named(load, uri):
    with pytest.raises(ConfigError, match="META_REDIRECT_URI refers to"):
        load({"META_REDIRECT_URI": uri}).redirect_uri_for(paste=True)


@pytest.mark.parametrize(
    "reference", ["${NEXT_PUBLIC_BASE_URL}", "$NEXT_PUBLIC_BASE_URL"]
)
def test_a_redirect_uri_may_refer_to_the_dashboards_own_address(load, reference):
    environ = {
        "NEXT_PUBLIC_BASE_URL": "https://dash.example/",
        "META_REDIRECT_URI": f"{reference}/api/auth/meta/callback",
    }
    assert load(environ).redirect_uri_for(paste=False) == (
        "https://dash.example/api/auth/meta/callback"
    )
