"""The side door, and every error on request."""

import json

import httpx
import pytest

from metaconnect.sandbox.faults import BY_ACCOUNT, FAULTS

from .conftest import error

FIRST = "act_101000000000000"
ENVELOPES = {name: f["error"] for name, f in FAULTS.items() if "error" in f}


def test_every_error_and_switch_is_listed_with_a_line(meta):
    listed = meta.get("/_sandbox/scenarios").json()
    assert {each["error"] for each in listed["errors"]} == set(FAULTS)
    assert all(each["about"] for each in listed["errors"] + listed["switches"])
    assert {each["switch"] for each in listed["switches"]} >= {
        "auto_approve",
        "expires_in",
        "require_proof",
        "latency_ms",
    }


def test_no_two_errors_share_an_account():
    accounts = [f["account"] for f in FAULTS.values() if "account" in f]
    assert len(accounts) == len(set(accounts)) == len(BY_ACCOUNT)
    assert all(len(account) == 18 and account[0] == "9" for account in accounts)


@pytest.mark.parametrize("name", ENVELOPES)
def test_an_account_fails_with_its_error(get, name):
    response = get(f"/act_{FAULTS[name]['account']}/insights")
    assert response.status_code == FAULTS[name]["status"]
    wanted = ENVELOPES[name]
    given = response.json()["error"]
    assert (given.get("code"), given.get("error_subcode")) == (
        wanted.get("code"),
        wanted.get("error_subcode"),
    )
    assert "{" not in given["message"]


def test_the_number_of_an_account_spells_code_and_subcode(get):
    assert error(get("/act_900000000000190463/insights")) == (190, 463)
    assert error(get("/act_900000800002446079/insights")) == (80000, 2446079)
    node = get("/act_900000000000190463", fields="name,currency").json()
    assert node["name"] == "Always fails: 190/463"


@pytest.mark.parametrize("name", ENVELOPES)
def test_any_path_can_be_made_to_fail_once(get, sandbox, name):
    sandbox.plan("/me", name)
    assert get("/me").json()["error"].get("code") == ENVELOPES[name].get("code")
    assert get("/me").is_success


def test_a_planned_error_waits_for_its_path_and_counts_down(get, control):
    control("next", path="/me/adaccounts", error="2", times=2)
    assert get("/me").is_success
    assert error(get("/me/adaccounts")) == (2, None)
    assert get("/me/adaccounts").status_code == 503
    assert get("/me/adaccounts").is_success


def test_a_planned_error_may_come_later_or_for_one_method_only(
    get, meta, control, token
):
    path = "/act_101000000000000/insights"
    control("next", path=path, error="1", method="POST")
    control("next", path=path, error="2", after=2)
    assert [error_or_none(get(path)) for _ in range(4)] == [None, None, (2, None), None]
    posted = meta.post(path, data={"access_token": token})
    assert error(posted) == (1, 99)


def error_or_none(response):
    return None if response.is_success else error(response)


def test_planned_errors_of_one_path_come_in_order(get, control):
    control("next", path="/me", error="4")
    control("next", path="*", error="17", times=0)
    codes = [error(get("/me"))[0] for _ in range(4)]
    assert codes == [4, 17, 17, 17]
    control("reset")


@pytest.mark.parametrize(
    ("name", "header", "place"),
    [
        ("80000", "x-business-use-case-usage", "business"),
        ("17", "x-business-use-case-usage", "business"),
        ("4", "x-app-usage", "app"),
    ],
)
def test_a_throttle_says_how_long_in_its_headers(get, control, name, header, place):
    control("switches", regain_minutes=7)
    control("next", error=name)
    response = get(f"/{FIRST}/insights")
    assert response.status_code == 400
    usage = json.loads(response.headers[header])
    if place == "business":
        usage = usage["101000000000000"][0]
        assert usage["estimated_time_to_regain_access"] == 7
    assert usage["call_count"] == 100


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("html-gateway", 502, "<h1>502 Bad Gateway</h1>"),
        ("html-400", 400, "<h1>400 Bad Request</h1>"),
        ("html-200", 200, "<title>Welcome</title>"),
        ("body-false", 200, "false"),
        ("body-null", 200, "null"),
        ("body-list", 200, "[]"),
        ("body-empty", 200, ""),
        ("body-cut", 200, '{"data":['),
        ("200-error", 200, '"code":1'),
        ("service-unavailable", 200, "Service Unavailable"),
    ],
)
def test_answers_that_are_no_answers(get, control, name, status, text):
    control("next", path="/me", error=name)
    for response in (get("/me"), get(f"/act_{FAULTS[name]['account']}/insights")):
        assert response.status_code == status
        assert text in response.text


def test_the_connection_can_be_cut(get, control):
    control("next", path="/me", error="drop")
    with pytest.raises(httpx.TransportError):
        get("/me")
    with pytest.raises(httpx.TransportError):
        get(f"/act_{FAULTS['drop']['account']}/insights")
    assert get("/me").is_success


def test_an_answer_can_be_late(get, control):
    control("switches", latency_ms=120)
    assert get("/me").elapsed.total_seconds() >= 0.12


def test_every_token_can_be_made_to_fail(get, control):
    control("switches", token_error="190/459")
    assert error(get("/me")) == (190, 459)
    control("switches", token_error="")
    assert get("/me").is_success


def test_requests_are_listed_without_any_value(dialog, exchange, meta, get, token):
    exchange(code=dialog.code())
    get("/me", fields="id")
    text = meta.get("/_sandbox/requests").text
    listed = json.loads(text)["requests"]
    assert [(each["method"], each["path"]) for each in listed] == [
        ("GET", "/v26.0/dialog/oauth"),
        ("POST", "/v26.0/dialog/oauth/answer"),
        ("POST", "/v26.0/oauth/access_token"),
        ("GET", "/v26.0/me"),
    ]
    assert listed[2]["form"] == ["client_id", "client_secret", "redirect_uri", "code"]
    assert listed[3]["query"] == ["fields"]
    assert "authorization" in listed[3]["headers"]
    for secret in (token, "badc0ffee", "EAA", "AQ"):
        assert secret not in text


def test_reset_forgets_tokens_switches_plans_and_requests(get, control, meta):
    control("switches", require_proof=True)
    control("next", path="/me", error="4", times=0)
    control("reset")
    assert error(get("/me")) == (190, None)
    assert meta.get("/_sandbox/switches").json()["require_proof"] is False
    assert len(meta.get("/_sandbox/requests").json()["requests"]) == 1


def test_the_clock_can_be_moved(get, control):
    assert control("clock", advance=5183945)["now"].startswith("2027-01-22")
    assert error(get("/me")) == (190, 463)
    assert control("clock", now="2026-11-23T12:00:00+00:00")["now"]
    assert get("/me").is_success


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("next", {"error": "no such"}),
        ("next", {}),
        ("next", {"error": "4", "times": "twice"}),
        ("next", {"error": "4", "times": -1}),
        ("next", {"error": "4", "path": "me"}),
        ("next", {"error": "4", "method": "PUT"}),
        ("next", {"error": "4", "after": -1}),
        ("switches", {"no_such": True}),
        ("switches", {"auto_approve": "yes"}),
        ("switches", {"latency_ms": True}),
        ("switches", {"expires_in": "soon"}),
        ("switches", {"token_error": "no such"}),
        ("tokens", {"type": "ROBOT"}),
        ("tokens", {"expires_in": "never"}),
        ("tokens", {"scopes": "ads_read"}),
        ("tokens", {"dead": "no such"}),
        ("clock", {"advance": "later"}),
        ("clock", {"now": "noon"}),
        ("clock", {"now": "2026-11-23"}),
        ("next", []),
    ],
)
def test_a_control_request_without_sense_is_refused_and_changes_nothing(
    meta, get, path, body
):
    before = meta.get("/_sandbox/switches").json()
    response = meta.post(f"/_sandbox/{path}", json=body)
    assert response.status_code == 400
    assert response.json()["error"]
    assert meta.get("/_sandbox/switches").json() == before
    assert get("/me").is_success


def test_a_control_path_that_is_not_there_is_a_404(meta):
    assert meta.get("/_sandbox/nothing").status_code == 404
    assert meta.get("/_sandbox/reset").status_code == 405
