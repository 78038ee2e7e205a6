"""The Login dialog, as a browser meets it."""

import re
from html import unescape
from pathlib import Path

import pytest

from metaconnect.sandbox.faults import FAULTS

from .conftest import ALL, CALLBACK, answer, asked

README = Path(__file__).parents[2] / "README.md"


def test_the_page_says_who_asks_for_what_and_that_it_is_a_sandbox(dialog):
    page = dialog.open()
    assert page.status_code == 200
    assert asked(page) == list(ALL)
    for text in ("Jane Doe", "Metaconnect Sandbox App", "pretend Meta"):
        assert text in page.text
    assert 'id="continue"' in page.text
    assert 'id="cancel"' in page.text
    assert 'value="public_profile" checked disabled' in page.text


def test_the_page_fetches_nothing_and_cannot_be_framed(dialog):
    page = dialog.open()
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "://" not in page.text


def test_continue_redirects_with_a_code_the_state_and_metas_odd_fragment(dialog):
    response = dialog.press(dialog.open(state="a b&c=<ü>"), "continue")
    given = answer(response)
    assert given["state"] == "a b&c=<ü>"
    assert given["code"].startswith("AQ")
    assert len(given["code"]) > 200
    assert response.headers["location"].startswith(CALLBACK + "?code=")
    assert response.headers["location"].endswith("#_=_")


def test_cancel_redirects_with_the_denial_that_meta_sends(dialog):
    response = dialog.press(dialog.open(), "cancel")
    assert response.headers["location"] == (
        f"{CALLBACK}?error=access_denied&error_code=200"
        "&error_description=Permissions+error&error_reason=user_denied"
        "&state=STATE#_=_"
    )


def test_without_a_state_none_comes_back(dialog):
    assert "state" not in answer(dialog.press(dialog.open(state=None), "continue"))


def test_a_query_of_the_redirect_uri_is_kept(dialog):
    page = dialog.open(redirect_uri=CALLBACK + "?from=here")
    given = answer(dialog.press(page, "continue"))
    assert given["from"] == "here"
    assert "code" in given


def test_an_unticked_permission_is_declined_and_skipped_until_rerequest(
    dialog, sandbox
):
    page = dialog.open()
    assert "code" in answer(dialog.press(page, "continue", untick=["ads_read"]))
    assert sandbox.permissions["ads_read"] == "declined"
    assert "ads_read" not in asked(dialog.open())
    assert "ads_read" in asked(dialog.open(auth_type="rerequest"))
    dialog.press(dialog.open(auth_type="rerequest"), "continue")
    assert sandbox.permissions["ads_read"] == "granted"


def test_a_form_sent_twice_has_expired(dialog):
    page = dialog.open()
    dialog.press(page, "continue")
    assert "expired" in dialog.press(page, "continue").text


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8765/callback",
        "http://[::1]:8765/callback",
        "http://0.0.0.0:8765/callback",
        "http://example.com/callback",
        "http://localhost.example.com/",
        "http://localhost:99999/",
        "http://user@localhost/",
        "http://localhost:8765/#here",
        "ftp://localhost/",
        "localhost:8765/callback",
        "javascript:alert(1)",
        "https://",
        "",
    ],
)
def test_a_redirect_uri_that_meta_refuses_is_a_dead_end(dialog, uri):
    page = dialog.open(redirect_uri=uri)
    assert page.status_code == 200
    assert "URL Blocked" in page.text
    assert "not whitelisted in the app&#x27;s Client OAuth Settings" in page.text


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost/",
        "http://localhost:1/a/b",
        "https://app.example.com/api/auth/meta/callback",
        "https://www.facebook.com/connect/login_success.html",
        "https://localhost:8443/callback",
    ],
)
def test_a_redirect_uri_that_meta_accepts_gets_the_page(dialog, uri):
    assert asked(dialog.open(redirect_uri=uri)) == list(ALL)


LISTED = "https://app.example.com/callback"


@pytest.mark.parametrize(
    "uri",
    [
        CALLBACK,
        "https://other.example.com/callback",
        LISTED + "/",
        LISTED + "?from=here",
        LISTED.replace("https", "http"),
    ],
)
def test_a_redirect_uri_that_is_not_listed_is_a_dead_end(dialog, control, uri):
    control("switches", redirect_uris=f"https://first.example/ {LISTED}")

    page = dialog.open(redirect_uri=uri)

    assert page.status_code == 200
    assert "URL Blocked" in page.text
    assert asked(dialog.open(redirect_uri=LISTED)) == list(ALL)


def test_listing_an_address_by_number_does_not_help(dialog, control):
    uri = "http://127.0.0.1:8765/callback"
    control("switches", redirect_uris=uri)

    assert "URL Blocked" in dialog.open(redirect_uri=uri).text


@pytest.mark.parametrize("client_id", [None, "", "123"])
def test_an_unknown_app_is_a_dead_end(dialog, client_id):
    assert "Invalid App ID" in dialog.open(client_id=client_id).text


def test_unknown_permissions_are_named_and_escaped(dialog):
    page = dialog.open(scope="ads_read <b>fly</b>,roas")
    assert "Invalid Scopes: &lt;b&gt;fly&lt;/b&gt;, roas" in page.text


def test_permissions_may_be_separated_by_spaces(dialog):
    assert asked(dialog.open(scope="ads_read email")) == ["ads_read", "email"]


def test_a_configuration_takes_the_place_of_scope(dialog, control):
    assert asked(dialog.open(scope=None, config_id="777")) == list(ALL)
    control("switches", business_login=True)
    assert "Invalid Scopes: ads_read" in dialog.open().text
    assert asked(dialog.open(scope=None, config_id="777")) == list(ALL)


def test_a_token_in_the_fragment_is_not_to_be_had(dialog):
    assert "something went wrong" in dialog.open(response_type="token").text


def test_granted_scopes_are_told_when_asked_for(dialog):
    page = dialog.open(response_type="code,granted_scopes")
    given = answer(dialog.press(page, "continue", untick=["ads_management"]))
    assert "ads_read" in given["granted_scopes"].split(",")
    assert given["denied_scopes"] == "ads_management"


def test_auto_approve_redirects_at_once(dialog, control, sandbox):
    control("switches", auto_approve=True, decline="ads_management")
    given = answer(dialog.open())
    assert given["code"]
    assert given["state"] == "STATE"
    assert sandbox.permissions["ads_management"] == "declined"


def test_auto_approve_does_not_excuse_a_bad_redirect_uri(dialog, control):
    control("switches", auto_approve=True)
    assert "URL Blocked" in dialog.open(redirect_uri="http://127.0.0.1/").text


def test_the_dialog_can_fail_silently_or_deny_by_itself(dialog, control):
    control("next", path="/dialog/oauth", error="dialog-silent")
    control("next", path="/dialog/oauth", error="dialog-denied")
    assert answer(dialog.open()) == {"state": "STATE"}
    assert answer(dialog.open())["error_reason"] == "user_denied"
    assert asked(dialog.open())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page-cant-load-url", "Can&#x27;t Load URL"),
        ("page-app-not-setup", "still in development mode"),
        ("page-app-not-active", "not currently accessible"),
        ("page-feature-unavailable", "currently unavailable"),
        ("page-insecure", "Insecure Login Blocked"),
    ],
)
def test_the_other_dead_ends_can_be_asked_for(dialog, control, name, text):
    control("next", path="/dialog/oauth", error=name)
    assert text in dialog.open().text


def test_the_readme_names_the_dead_ends_in_the_same_words(dialog, control):
    not_of_the_app = {"page-went-wrong", "page-expired"}
    shown = set()
    for name in {n for n, f in FAULTS.items() if "page" in f} - not_of_the_app:
        control("next", path="/dialog/oauth", error=name)
        heading = re.search("<h1>(.*?)</h1>", dialog.open().text)[1]
        shown.add(unescape(heading).partition(":")[0])

    named = re.findall(
        r"^\| in the browser: `([^`]+)`", README.read_text(), re.MULTILINE
    )

    assert len(shown) > 6
    assert sorted(named) == sorted(shown)
