"""Login for Business with a system user: its token, edges and ad accounts."""

import pytest

from .conftest import answer, error

FOREVER = "200000000000001"
SIXTY_DAYS = "200000000000060"
SYSTEM_USER = "122100000000000099"


@pytest.fixture
def login(dialog, exchange):
    def login(config_id, **press):
        page = dialog.open(scope=None, config_id=config_id)
        code = answer(dialog.press(page, "continue", **press))["code"]
        return exchange(code=code).json()

    return login


@pytest.fixture
def ask(meta):
    def ask(token, path, **params):
        bearer = {"Authorization": f"Bearer {token}"}
        return meta.get(f"/v26.0{path}", params=params, headers=bearer)

    return ask


def test_its_token_never_expires_and_says_so_to_debug_token(login, debug):
    body = login(FOREVER)
    assert "expires_in" not in body
    data = debug(body["access_token"]).json()["data"]
    assert (data["type"], data["expires_at"]) == ("SYSTEM_USER", 0)
    assert data["user_id"] == SYSTEM_USER
    assert data["scopes"] == ["ads_read", "ads_management", "business_management"]


def test_it_can_have_60_days(login, debug):
    body = login(SIXTY_DAYS)
    assert body["expires_in"] == 5183944
    data = debug(body["access_token"]).json()["data"]
    assert (data["type"], data["expires_at"] > 0) == ("SYSTEM_USER", True)


def test_another_configuration_gives_a_user_token(login, debug):
    body = login("777")
    assert body["expires_in"] == 5400
    assert debug(body["access_token"]).json()["data"]["type"] == "USER"


def test_its_permissions_are_its_own(login, debug, sandbox):
    token = login(FOREVER, untick=["ads_management"])["access_token"]
    scopes = debug(token).json()["data"]["scopes"]
    assert scopes == ["ads_read", "business_management"]
    assert sandbox.permissions == {}


def test_it_has_no_permissions_edge(login, ask):
    token = login(FOREVER)["access_token"]
    response = ask(token, "/me/permissions")
    assert error(response) == (100, None)
    assert "node type (SystemUser)" in response.json()["error"]["message"]


def test_me_is_the_system_user(login, ask):
    token = login(FOREVER)["access_token"]
    assert ask(token, "/me").json()["id"] == SYSTEM_USER


def test_only_the_assigned_ad_accounts_can_be_read(login, ask):
    token = login(FOREVER)["access_token"]
    own = ask(token, f"/{SYSTEM_USER}/assigned_ad_accounts").json()["data"]
    assert ask(token, "/me/assigned_ad_accounts").json()["data"] == own
    listed = ask(token, "/me/adaccounts", limit=100).json()["data"]
    assert len(own) == 3
    assert len(listed) == 30
    assert ask(token, f"/{own[0]['id']}/insights").is_success
    assert error(ask(token, f"/{listed[3]['id']}/insights")) == (200, None)


def test_assigned_ad_accounts_of_somebody_else_are_100_33(login, ask, token):
    assert error(ask(token, f"/{SYSTEM_USER}/assigned_ad_accounts")) == (100, 33)


def test_a_person_has_assigned_ad_accounts_too(get):
    rows = get("/me/assigned_ad_accounts", limit=100).json()["data"]
    assert rows == get("/me/adaccounts", limit=100).json()["data"]


def test_the_long_lived_exchange_changes_nothing(login, exchange):
    token = login(FOREVER)["access_token"]
    grant = {"grant_type": "fb_exchange_token", "fb_exchange_token": token}
    again = exchange(**grant).json()
    assert again == {"access_token": token, "token_type": "bearer"}


def test_it_is_renewed_for_60_days_only_when_told_so(login, exchange, sandbox):
    token = login(SIXTY_DAYS)["access_token"]
    grant = {"grant_type": "fb_exchange_token", "fb_exchange_token": token}
    sandbox.advance(1000)
    assert exchange(**grant).json()["expires_in"] == 5183944 - 1000
    renewed = exchange(**grant, set_token_expires_in_60_days="true").json()
    assert renewed["access_token"] != token
    assert renewed["expires_in"] == 5183944


def test_scope_is_an_error_page_where_a_configuration_is_wanted(dialog, control):
    control("switches", business_login=True)
    assert "Invalid Scopes: ads_read" in dialog.open().text
