"""The token endpoint, debug_token, permissions and revocation."""

import hashlib
import hmac

import pytest

from .conftest import error


def test_a_code_gives_a_short_lived_token_and_that_a_long_lived_one(dialog, exchange):
    short = exchange(code=dialog.code()).json()
    assert short["access_token"].startswith("EAA")
    assert short["token_type"] == "bearer"
    assert short["expires_in"] == 5400
    long = exchange(
        grant_type="fb_exchange_token", fb_exchange_token=short["access_token"]
    ).json()
    assert long["expires_in"] == 5183944
    assert long["access_token"] != short["access_token"]


def test_parameters_may_come_in_the_query_too(dialog, meta, server):
    params = {
        "client_id": server.app_id,
        "client_secret": server.app_secret,
        "redirect_uri": "http://localhost:8765/callback",
        "code": dialog.code(),
    }
    response = meta.get("/oauth/access_token", params=params)
    assert response.json()["access_token"].startswith("EAA")


def test_a_code_works_once(dialog, exchange):
    code = dialog.code()
    assert exchange(code=code).is_success
    again = exchange(code=code)
    assert again.status_code == 400
    assert error(again) == (100, 36009)
    assert again.headers["www-authenticate"] == (
        'OAuth "Facebook Platform" "invalid_code" '
        '"This authorization code has been used."'
    )


def test_a_code_expires(dialog, exchange, sandbox):
    code = dialog.code()
    sandbox.advance(601)
    assert error(exchange(code=code)) == (100, 36007)


def test_another_redirect_uri_is_refused_and_consumes_the_code(dialog, exchange):
    code = dialog.code()
    slash = exchange(code=code, redirect_uri="http://localhost:8765/callback/")
    assert error(slash) == (100, 36008)
    assert "identical to the one you used" in slash.json()["error"]["message"]
    assert error(exchange(code=code)) == (100, 36009)


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"client_secret": "wrong"}, 1, "Error validating client secret."),
        ({"client_secret": None}, 1, "Missing client_secret parameter."),
        ({"client_id": "1"}, 101, "Invalid application ID."),
        ({"client_id": None}, 101, "Missing client_id parameter."),
        ({"code": "nonsense"}, 100, "Invalid verification code format."),
        ({"code": None}, 1, "Missing authorization code"),
        ({"redirect_uri": None}, 191, "Missing redirect_uri parameter."),
        ({"grant_type": "implicit"}, 100, "Invalid grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused_in_metas_words(
    dialog, exchange, changed, code, message
):
    response = exchange(**{"code": dialog.code(), **changed})
    assert response.status_code == 400
    assert error(response)[0] == code
    assert message in response.json()["error"]["message"]


def test_an_expired_token_cannot_be_extended(exchange, sandbox):
    token = sandbox.issue_token(expires_in=60)
    sandbox.advance(61)
    response = exchange(grant_type="fb_exchange_token", fb_exchange_token=token)
    assert error(response) == (190, 463)
    assert response.json()["error"]["message"] == (
        "Error validating access token: Session has expired on "
        "Monday, 23-Nov-26 04:01:00 PST. The current time is "
        "Monday, 23-Nov-26 04:01:01 PST."
    )


def test_extending_can_leave_a_long_lived_token_as_it_is(exchange, sandbox, control):
    token = sandbox.issue_token()
    control("switches", extend_long_lived=False)
    sandbox.advance(1000)
    same = exchange(grant_type="fb_exchange_token", fb_exchange_token=token).json()
    assert same["access_token"] == token
    assert same["expires_in"] == 5183944 - 1000


def test_expires_in_can_be_missing_or_zero(dialog, exchange, control, debug):
    control("switches", expires_in="missing")
    body = exchange(code=dialog.code()).json()
    assert "expires_in" not in body
    assert debug(body["access_token"]).json()["data"]["expires_at"] > 0
    control("switches", expires_in=0)
    assert exchange(code=dialog.code()).json()["expires_in"] == 0


def test_a_token_that_never_expires_has_expires_at_0(
    dialog, exchange, control, debug, sandbox
):
    control("switches", never_expires=True)
    body = exchange(code=dialog.code()).json()
    assert "expires_in" not in body
    sandbox.advance(10**9)
    data = debug(body["access_token"]).json()["data"]
    assert data["is_valid"] is True
    assert data["expires_at"] == data["data_access_expires_at"] == 0


def test_debug_token_tells_app_person_expiry_and_permissions(debug, token, server):
    data = debug(token).json()["data"]
    assert data["app_id"] == server.app_id
    assert data["type"] == "USER"
    assert data["is_valid"] is True
    assert data["expires_at"] - data["issued_at"] == 5183944
    assert set(data["scopes"]) >= {"public_profile", "ads_read"}
    assert {"scope": "ads_read"} in data["granular_scopes"]


def test_debug_token_of_a_dead_token_is_a_200_with_subcode(debug, token, control):
    control("switches", token_error="190/460")
    response = debug(token)
    assert response.status_code == 200
    data = response.json()["data"]
    assert data["is_valid"] is False
    assert data["error"]["code"] == 190
    assert data["error"]["subcode"] == 460


def test_debug_token_of_garbage_is_a_200_too(debug):
    data = debug("garbage").json()["data"]
    assert data["is_valid"] is False
    assert data["scopes"] == []
    assert data["error"]["code"] == 190


def test_debug_token_wants_an_app_token(meta, token, server):
    params = {"input_token": token}
    assert error(meta.get("/debug_token", params=params)) == (100, None)
    bearer = {"Authorization": f"Bearer {token}"}
    assert error(meta.get("/debug_token", params=params, headers=bearer)) == (100, None)
    wrong = {"Authorization": f"Bearer {server.app_id}|wrong"}
    assert error(meta.get("/debug_token", params=params, headers=wrong)) == (190, None)
    right = {"Authorization": f"Bearer {server.app_id}|{server.app_secret}"}
    assert meta.get("/debug_token", params=params, headers=right).is_success


def test_debug_token_does_not_tell_of_another_app(debug, control):
    other = control("tokens", app_id="999")["access_token"]
    response = debug(other)
    assert response.status_code == 400
    assert "did not match the Viewing App" in response.json()["error"]["message"]


def test_deleting_the_permissions_kills_the_token(meta, token, get, debug):
    response = meta.delete("/v26.0/me/permissions", params={"access_token": token})
    assert response.json() == {"success": True}
    assert error(get("/me")) == (190, 458)
    assert debug(token).json()["data"]["error"]["subcode"] == 458


def test_deleting_one_permission_declines_it(meta, token, get):
    params = {"access_token": token}
    gone = meta.delete("/v26.0/me/permissions/ads_management", params=params)
    assert gone.json() == {"success": True}
    rows = get("/me/permissions").json()["data"]
    assert {"permission": "ads_management", "status": "declined"} in rows
    assert {"permission": "ads_read", "status": "granted"} in rows


def test_a_revoked_token_is_dead_and_the_others_live(meta, server, token, sandbox, get):
    other = sandbox.issue_token()
    params = {
        "client_id": server.app_id,
        "client_secret": server.app_secret,
        "revoke_token": other,
    }
    assert meta.get("/v26.0/oauth/revoke", params=params).json() == {"success": True}
    assert error(meta.get("/me", params={"access_token": other})) == (190, 466)
    assert get("/me").is_success


def proof(server, message):
    key = server.app_secret.encode()
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def test_appsecret_proof_is_checked_when_given(get, server, token):
    assert get("/me", appsecret_proof=proof(server, token)).is_success
    wrong = get("/me", appsecret_proof=proof(server, "another"))
    assert error(wrong) == (100, None)
    assert wrong.json()["error"]["type"] == "GraphMethodException"
    assert "Invalid appsecret_proof" in wrong.json()["error"]["message"]


def test_a_proof_with_a_time_lives_five_minutes(get, server, token, sandbox):
    time = str(int(sandbox.now().timestamp()))
    given = {
        "appsecret_proof": proof(server, f"{token}|{time}"),
        "appsecret_time": time,
    }
    assert get("/me", **given).is_success
    sandbox.advance(301)
    assert error(get("/me", **given)) == (100, None)


def test_a_proof_can_be_required(get, server, token, control):
    control("switches", require_proof=True)
    assert "require an appsecret_proof" in get("/me").json()["error"]["message"]
    assert get("/me", appsecret_proof=proof(server, token)).is_success


def test_tokens_differ_at_every_login(dialog, exchange):
    tokens = {exchange(code=dialog.code()).json()["access_token"] for _ in range(3)}
    assert len(tokens) == 3


def test_a_token_may_be_dead_from_the_start(control, debug):
    token = control("tokens", dead=459)["access_token"]

    data = debug(token).json()["data"]
    assert data["is_valid"] is False
    assert data["error"]["subcode"] == 459


def test_ad_accounts_may_be_left_unticked(control, debug, meta):
    control("switches", ticked="act_101000000182137, 101000000190056")
    token = control("tokens", scopes=["ads_read", "business_management"])

    data = debug(token["access_token"]).json()["data"]
    assert data["granular_scopes"] == [
        {"scope": "ads_read", "target_ids": ["101000000182137", "101000000190056"]},
        {"scope": "business_management"},
    ]
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    status = {
        number: meta.get(f"/v26.0/act_{number}", headers=headers).status_code
        for number in (101000000182137, 101000000000000)
    }
    assert status == {101000000182137: 200, 101000000000000: 403}
