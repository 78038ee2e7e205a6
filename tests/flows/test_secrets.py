"""Every secret of a run is masked from the moment it is known."""

import pytest

from metaconnect import redact
from metaconnect.errors import StoreError
from metaconnect.settings import Settings
from metaconnect.stores.supabase.project import SupabaseProject, api_headers
from metaconnect.stores.supabase.sign_in import AuthServer, Session

# As a person chooses them: nothing about them tells that they are secrets.
PASSWORD = "correct horse battery"
TOKEN = "a-token-of-no-known-form"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(redact, "_remembered", {})


@pytest.fixture
def auth():
    return AuthServer(SupabaseProject("http://127.0.0.1:9", "sb_publishable_key"))


def is_masked(secret):
    return secret not in redact.redact(f"It was {secret}, they said.")


@pytest.mark.parametrize(
    "setting", ["meta_app_secret", "supabase_key", "service_role_key"]
)
def test_settings(setting):
    Settings(**{setting: PASSWORD})

    assert is_masked(PASSWORD)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_session_however_it_was_read(kind):
    tokens = {"access_token": "another-one", "refresh_token": "another-one"}
    Session(**tokens | {kind: TOKEN}, expires_at=0, user_id="1", email="")

    assert is_masked(TOKEN)


def test_what_authorizes_a_request():
    api_headers("sb_publishable_key", TOKEN)

    assert is_masked(TOKEN)


def test_what_a_person_types_to_sign_in(auth):
    for sign_in in (auth.by_password, auth.by_code):
        with pytest.raises(StoreError):
            sign_in("jane@example.com", PASSWORD)

        assert is_masked(PASSWORD)
        redact._remembered.clear()


def test_what_proves_a_sign_in_in_the_browser(auth):
    with pytest.raises(StoreError):
        auth.by_authorization_code("the-code-of-it", "the-verifier-of-it")

    assert is_masked("the-code-of-it")
    assert is_masked("the-verifier-of-it")
