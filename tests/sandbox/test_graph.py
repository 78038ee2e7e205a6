"""The person, the ad accounts, versions and headers."""

import base64
import re

import pytest

from .conftest import error

FIRST = "act_101000000000000"


def test_me_is_the_person(get):
    assert get("/me").json() == {"id": "122100000000000001", "name": "Jane Doe"}
    fields = get("/me", fields="first_name").json()
    assert fields == {"first_name": "Jane", "id": "122100000000000001"}


def test_a_field_that_is_none_is_refused_in_metas_words(get):
    assert get("/me", fields="id,foo").json()["error"]["message"] == (
        "(#100) Tried accessing nonexisting field (foo) on node type (User)"
    )
    assert get(f"/{FIRST}", fields="foo").json()["error"]["message"] == (
        "(#100) Tried accessing nonexisting field (foo) on node type (AdAccount)"
    )
    assert error(get("/me", fields="a=b&c")) == (2500, None)


def test_without_a_token_me_answers_2500_and_the_rest_104(meta):
    assert error(meta.get("/v26.0/me")) == (2500, None)
    assert error(meta.get(f"/v26.0/{FIRST}")) == (104, None)


@pytest.mark.parametrize("value", ["garbage", "EAAnever", "ü"])
def test_a_token_that_was_never_issued_is_190(meta, value):
    response = meta.get("/v26.0/me", params={"access_token": value})
    assert response.status_code == 400
    assert error(response) == (190, None)
    assert '"invalid_token"' in response.headers["www-authenticate"]


def test_the_token_may_come_in_header_query_or_form(meta, token):
    bearer = {"Authorization": f"Bearer {token}"}
    assert meta.get("/me", headers=bearer).is_success
    assert meta.get("/me", params={"access_token": token}).is_success
    posted = meta.post(f"/{FIRST}/insights", data={"access_token": token})
    assert posted.json()["report_run_id"].isdecimal()


def test_ad_accounts_come_25_a_page_with_their_ids_only(get):
    body = get("/me/adaccounts").json()
    assert len(body["data"]) == 25
    assert body["data"][0] == {"account_id": FIRST.removeprefix("act_"), "id": FIRST}


def test_the_next_url_holds_the_token_and_the_last_page_has_none(get, meta, token):
    first = get("/me/adaccounts", fields="name").json()
    assert token in first["paging"]["next"]
    last = meta.get(first["paging"]["next"]).json()
    assert len(last["data"]) == 5
    assert set(last["data"][0]) == {"name", "id"}
    assert "next" not in last["paging"]
    assert last["paging"]["cursors"]["after"]
    back = meta.get(last["paging"]["previous"]).json()
    assert back["data"] == first["data"]


def test_cursors_lead_over_every_account_once(get):
    ids, params = [], {"limit": 7}
    while True:
        body = get("/me/adaccounts", **params).json()
        ids += [row["id"] for row in body["data"]]
        if "next" not in body["paging"]:
            break
        params["after"] = body["paging"]["cursors"]["after"]
    assert len(ids) == len(set(ids)) == 30


def test_a_page_that_ends_with_the_list_has_no_next(get):
    assert "next" not in get("/me/adaccounts", limit=30).json()["paging"]
    assert "next" in get("/me/adaccounts", limit=29).json()["paging"]


@pytest.mark.parametrize("after", ["nonsense", "%%%", "", "LTk5"])
def test_a_bad_cursor_is_2642(get, after):
    assert error(get("/me/adaccounts", after=after)) == (2642, None)


def test_a_cursor_behind_the_end_gives_no_rows_and_no_paging(get):
    after = base64.b64encode(b"99").decode().replace("=", "ZD")
    assert get("/me/adaccounts", after=after).json() == {"data": []}


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_bad_limit_is_refused(get, limit):
    assert error(get("/me/adaccounts", limit=limit)) == (100, None)


def test_the_accounts_are_as_various_as_life(get):
    fields = "name,account_status,currency,timezone_name,business{name}"
    rows = get("/me/adaccounts", fields=fields, limit=100).json()["data"]
    assert rows[0]["account_status"] == 1
    assert {row["account_status"] for row in rows} >= {1, 2, 3, 7, 9, 100, 101}
    assert {row["currency"] for row in rows} >= {"EUR", "USD", "JPY", "KRW"}
    names = " ".join(row["name"] for row in rows)
    for text in ("Müller & Söhne", "東京", "مقهى", "🐾", "<b>"):
        assert text in names
    assert rows[0]["business"] == {"name": "Alpenglow Group"}
    assert any("business" not in row for row in rows)


@pytest.mark.parametrize("number", [0, 1, 26, 61])
def test_there_can_be_any_number_of_accounts(get, control, number):
    control("switches", ad_accounts=number)
    body = get("/me/adaccounts", limit=100).json()
    assert len(body["data"]) == number
    assert ("paging" in body) == bool(number)


def test_one_account_by_id(get):
    row = get(f"/{FIRST}", fields="name,currency,timezone_name").json()
    assert row == {
        "name": "Alpenglow Outdoor",
        "currency": "EUR",
        "timezone_name": "Europe/Berlin",
        "id": FIRST,
    }


def test_an_unknown_id_is_100_33_and_an_account_of_others_200(get):
    for wrong in ("act_1", "101000000000000", "nobody"):
        assert error(get(f"/{wrong}/insights")) == (100, 33)
    other = get("/act_101000000237570/insights")
    assert other.status_code == 403
    assert error(other) == (200, None)


def test_unticked_permissions_are_missed(get, sandbox):
    sandbox.grant([], ["business_management"])
    assert error(get("/me/adaccounts", fields="business")) == (200, None)
    assert get("/me/adaccounts").is_success
    sandbox.grant([], ["ads_read", "ads_management"])
    assert get("/me/adaccounts").status_code == 403
    assert "has NOT grant" in get(f"/{FIRST}/insights").json()["error"]["message"]
    assert get("/me").is_success


def test_paths_work_without_a_version_and_with_a_slash_at_the_end(meta, token):
    params = {"access_token": token}
    plain = meta.get("/me", params=params)
    assert plain.json() == meta.get("/v26.0/me/", params=params).json()
    assert plain.headers["facebook-api-version"] == "v21.0"


@pytest.mark.parametrize(
    ("asked", "path", "served", "warned"),
    [
        ("v26.0", "/me", "v26.0", False),
        ("v26.0", f"/{FIRST}/insights", "v26.0", False),
        ("v25.0", f"/{FIRST}", "v25.0", False),
        ("v24.0", f"/{FIRST}/insights", "v26.0", True),
        ("v19.0", "/me", "v21.0", False),
        ("v19.0", "/me/adaccounts", "v26.0", True),
    ],
)
def test_old_versions_are_served_as_newer_ones(
    meta, token, asked, path, served, warned
):
    response = meta.get(f"/{asked}{path}", params={"access_token": token})
    assert response.is_success
    assert response.headers["facebook-api-version"] == served
    warning = response.headers.get("x-ad-api-version-warning")
    assert (warning is not None) == warned
    assert not warned or asked in warning


def test_a_version_of_the_future_is_an_unknown_path(meta, token):
    response = meta.get("/v99.0/me", params={"access_token": token})
    assert response.status_code == 400
    assert response.json()["error"]["message"] == "Unknown path components: /me"
    assert error(response) == (2500, None)


def test_answers_carry_metas_headers(get):
    headers = get("/me").headers
    assert headers["content-type"] == "application/json; charset=UTF-8"
    for name in ("x-fb-request-id", "x-fb-trace-id", "x-fb-rev", "x-fb-debug"):
        assert headers[name]
    assert "server" not in headers


def test_json_is_ascii_with_slashes_escaped(get):
    text = get("/me/adaccounts", fields="name,timezone_name").text
    assert text.isascii()
    assert "Europe\\/Berlin" in text


def test_an_edge_that_is_not_there_is_an_unknown_path(get, meta):
    assert error(get(f"/{FIRST}/campaigns/deep")) == (2500, None)
    assert error(meta.put("/v26.0/me")) == (2500, None)


def test_error_traces_are_the_same_after_a_reset(meta, control):
    first = meta.get("/me").json()
    control("reset")
    assert meta.get("/me").json() == first
    assert re.fullmatch(r"A\w{22}", first["error"]["fbtrace_id"])
