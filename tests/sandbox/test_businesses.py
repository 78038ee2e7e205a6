"""The businesses of the person, and their ad accounts."""

import pytest

from .conftest import error

GROUP, AGENCY = "900100000000001", "900100000000002"
EDGES = ("owned_ad_accounts", "client_ad_accounts")


def names(response):
    return {row["name"] for row in response.json()["data"]}


def test_the_person_works_in_those_that_own_ad_accounts(get):
    found = get("/me/businesses").json()["data"]
    listed = get("/me/adaccounts", fields="business", limit=100).json()["data"]

    assert found == [
        {"id": GROUP, "name": "Alpenglow Group"},
        {"id": AGENCY, "name": "Nordwind Agentur"},
    ]
    owners = [row["business"] for row in listed if "business" in row]
    assert all(owner in found for owner in owners)


@pytest.mark.parametrize("business", [GROUP, AGENCY])
def test_what_it_owns_says_the_same(get, business):
    options = {"fields": "name,business", "limit": 100}
    owned = get(f"/{business}/owned_ad_accounts", **options).json()["data"]
    listed = get("/me/adaccounts", **options).json()["data"]

    assert owned == [
        row for row in listed if row.get("business", {}).get("id") == business
    ]
    assert len(owned) > 2


def test_what_others_share_is_owned_by_none_or_another(get):
    shared = get(f"/{AGENCY}/client_ad_accounts", fields="name,business")

    assert names(shared) == {
        "Fish & <b>Chips</b> Ltd",
        "Alpenglow Outdoor US",
        "Alpenglow Outdoor UK",
    }
    for row in shared.json()["data"]:
        assert row.get("business", {}).get("id") != AGENCY
    assert get(f"/{GROUP}/client_ad_accounts").json() == {"data": []}


def test_ad_accounts_come_with_their_ids_and_25_a_page(get):
    body = get(f"/{AGENCY}/owned_ad_accounts", limit=3).json()

    assert set(body["data"][0]) == {"account_id", "id"}
    assert len(body["data"]) == 3
    assert "next" in body["paging"]


def test_as_many_as_the_switch_says(get, control):
    control("switches", ad_accounts=1)

    assert len(get(f"/{GROUP}/owned_ad_accounts").json()["data"]) == 1
    assert get(f"/{AGENCY}/owned_ad_accounts").json() == {"data": []}


@pytest.mark.parametrize("edge", EDGES)
def test_no_such_business(get, edge):
    assert error(get(f"/1/{edge}")) == (100, 33)


@pytest.mark.parametrize("path", ["/me/businesses", *(f"/{GROUP}/{e}" for e in EDGES)])
def test_business_management_is_needed(meta, sandbox, path):
    token = sandbox.issue_token(scopes=("ads_read",))

    response = meta.get(path, params={"access_token": token})

    assert response.status_code == 403
    assert "Requires business_management" in response.json()["error"]["message"]


def test_a_system_user_has_none(meta, sandbox):
    token = sandbox.issue_token(
        kind="SYSTEM_USER", scopes=("ads_read", "business_management")
    )

    response = meta.get("/me/businesses", params={"access_token": token})

    assert error(response) == (100, None)
    assert "(SystemUser)" in response.json()["error"]["message"]


def test_a_field_that_is_none_is_refused(get):
    assert error(get("/me/businesses", fields="id,foo")) == (100, None)
