from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from metaconnect.errors import AuthorizationDenied
from metaconnect.oauth.authorization import (
    authorization_code,
    no_response,
    response_params,
)
from metaconnect.oauth.pending import PendingAuthorization
from metaconnect.oauth.state import State

from .conftest import authorization_request

DENIAL = {
    "error": "access_denied",
    "error_code": "200",
    "error_description": "Permissions error",
    "error_reason": "user_denied",
}


def query_at(url) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def query_of(request) -> dict[str, list[str]]:
    return query_at(request.url)


def test_the_url_carries_the_parameters_of_the_manual_flow():
    request = authorization_request()

    assert request.url.startswith("https://www.facebook.com/v26.0/dialog/oauth?")
    assert query_of(request) == {
        "client_id": ["1234567890"],
        "redirect_uri": ["http://localhost:8765/callback"],
        "state": [request.state],
        "response_type": ["code"],
        "scope": ["ads_read,business_management"],
    }


def test_a_configuration_takes_the_place_of_the_scopes():
    query = query_of(authorization_request(config_id="987"))

    assert query["config_id"] == ["987"]
    assert query["response_type"] == ["code"]
    assert "scope" not in query


def test_a_rerequest_says_so():
    assert "auth_type" not in query_of(authorization_request())
    assert query_of(authorization_request(rerequest=True))["auth_type"] == ["rerequest"]


def test_states_have_256_bits_and_differ():
    states = {authorization_request().state for _ in range(100)}

    assert len(states) == 100
    assert {len(state) for state in states} == {43}  # 32 bytes in base64url


def test_neither_repr_nor_str_holds_the_state():
    request = authorization_request()

    (started,) = query_at(request.pending.start())["state"]

    assert request.state not in f"{request!r} {request} {request.pending!r}"
    assert started not in f"{request!r} {request} {request.pending!r}"
    assert "acme" in repr(request)


def test_a_response_is_claimed_once():
    request = authorization_request()
    response = {"state": request.state, "code": "CODE"}

    assert [request.pending.claim(response) for _ in range(3)] == [True, False, False]


def test_of_many_threads_one_claims():
    request = authorization_request()
    together = threading.Barrier(16)
    claims: list[bool] = []

    def claim() -> None:
        together.wait()
        claims.append(request.pending.claim({"state": request.state}))

    threads = [threading.Thread(target=claim) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claims) == [False] * 15 + [True]


@pytest.mark.parametrize("state", ["", "wrong", "é", "\udcff", "\x00", "x" * 10**6])
def test_a_wrong_state_claims_nothing_and_spends_nothing(state):
    request = authorization_request()

    assert not request.pending.claim({"state": state, "code": "FORGED"})
    assert not request.pending.claim({"state": request.state + state[:1] + "x"})
    assert not request.pending.claim({"code": "FORGED"})
    assert request.pending.claim({"state": request.state})


def test_an_expired_state_claims_nothing():
    request = authorization_request(lifetime=0)

    assert not request.pending.claim({"state": request.state})


def test_the_start_page_leads_to_the_same_dialog_with_another_state():
    request = authorization_request(config_id="987", rerequest=True)
    shown, started = query_of(request), query_at(request.pending.start())

    assert started.pop("state") != shown.pop("state")
    assert started == shown


@pytest.mark.parametrize("first_shown", [True, False])
def test_either_state_claims_and_only_one_of_them(first_shown):
    request = authorization_request()
    (started,) = query_at(request.pending.start())["state"]
    states = [request.state, started] if first_shown else [started, request.state]

    assert [request.pending.claim({"state": s}) for s in states] == [True, False]
    assert all(request.pending.owns({"state": s}) for s in states)
    assert not request.pending.owns({"state": "wrong"})


def test_the_start_page_asked_twice_loses_its_state_and_not_the_other():
    request = authorization_request()
    (started,) = query_at(request.pending.start())["state"]

    assert [request.pending.start() for _ in range(2)] == [None, None]
    assert not request.pending.claim({"state": started})
    assert not request.pending.is_revoked
    assert request.pending.claim({"state": request.state})


def test_a_login_with_one_state_is_over_when_that_is_revoked():
    state = State(60)
    pending = PendingAuthorization("https://project.example/authorize", state)

    assert pending.start() == "https://project.example/authorize"
    assert not pending.is_revoked
    assert pending.start() is None
    assert pending.is_revoked
    assert not pending.claim({"state": state.value})


def test_of_many_threads_one_is_given_the_start_pages_url():
    request = authorization_request()
    together = threading.Barrier(16)
    given: list[str | None] = []

    def start() -> None:
        together.wait()
        given.append(request.pending.start())

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert given.count(None) == 15


def test_a_timeout_lists_the_usual_reasons_and_keeps_the_client():
    timeout = no_response(300, "two words")

    for words in ("300 seconds", "URL Blocked", "Invalid Scopes", "Live"):
        assert words in str(timeout)
    assert "metaconnect connect --paste --client 'two words'" in timeout.hint


def test_the_code_is_returned():
    assert authorization_code({"code": "CODE", "state": "x"}, "acme") == "CODE"


def test_a_denial_is_quoted_and_accuses_nobody():
    with pytest.raises(AuthorizationDenied) as denied:
        authorization_code(DENIAL, "acme")

    assert "Permissions error (user_denied)" in str(denied.value)
    assert "you cancelled" not in f"{denied.value} {denied.value.hint}".lower()
    assert "Development mode" in denied.value.hint
    assert "metaconnect connect --client acme" in denied.value.hint
    assert denied.value.exit_code == 4


@pytest.mark.parametrize("name", ["error", "error_code", "error_reason"])
def test_an_error_counts_before_a_code(name):
    with pytest.raises(AuthorizationDenied):
        authorization_code({name: "1", "code": "CODE"}, "acme")


@pytest.mark.parametrize("params", [{}, {"state": "x"}, {"code": "", "error": ""}])
def test_neither_code_nor_error_has_its_own_message(params):
    with pytest.raises(AuthorizationDenied, match="neither a code nor an error"):
        authorization_code(params, "acme")


def test_what_is_quoted_is_one_short_line_without_control_characters():
    nasty = "\x1b]0;title\x07\x1b[2J line\nnext\u202e\x9b31m " + "long " * 1000
    with pytest.raises(AuthorizationDenied) as denied:
        authorization_code({"error": nasty, "error_description": nasty}, "acme")

    assert str(denied.value).isprintable()
    assert len(str(denied.value)) < 500


def test_a_parameter_sent_twice_is_no_response():
    assert response_params("code=a&state=") == {"code": "a", "state": ""}
    with pytest.raises(ValueError, match="more than once"):
        response_params("code=a&code=b")
