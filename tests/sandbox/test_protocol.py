"""What Meta removed from every version on 2026-10-27 is neither sent nor taken."""

import pytest

from .conftest import error

FIRST = "act_101000000000000"


@pytest.mark.parametrize("version", ["", "/v21.0", "/v25.0", "/v26.0"])
@pytest.mark.parametrize("name", ["pretty", "debug", "date_format"])
@pytest.mark.parametrize("path", ["/me", "/me/adaccounts", f"/{FIRST}/insights"])
def test_a_removed_parameter_is_refused_in_every_version(
    meta, token, version, name, path
):
    params = {"access_token": token, name: "0"}
    response = meta.get(version + path, params=params)
    assert response.status_code == 400
    assert error(response) == (100, None)
    assert name in response.json()["error"]["message"]


def test_several_objects_by_ids_are_refused(get):
    assert error(get("/", ids=FIRST)) == (100, None)


def test_there_are_no_etags(get, meta, token, server):
    bearer = {"Authorization": f"Bearer {token}"}
    assert "etag" not in get("/me").headers
    conditional = meta.get("/me", headers={**bearer, "If-None-Match": '"1"'})
    assert error(conditional) == (100, None)


def test_debug_token_is_exempt(meta, token, server):
    params = {
        "input_token": token,
        "access_token": f"{server.app_id}|{server.app_secret}",
        "pretty": "0",
    }
    assert meta.get("/debug_token", params=params).is_success


def test_no_url_of_a_page_holds_a_removed_parameter(get):
    for path in ("/me/adaccounts", f"/{FIRST}/insights"):
        paging = get(path, limit=1, time_increment=1).json()["paging"]
        assert "limit=1" in paging["next"]
        assert "pretty" not in paging["next"]
