"""The ways into a Supabase session: password, e-mailed code, browser provider."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from metaconnect.errors import NotSignedIn
from metaconnect.stores.secrets import open_secret_store
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.session import SessionManager

EMAIL, PASSWORD = "owner@example.com", "pretend-password"
REDIRECT = "http://127.0.0.1:45678/callback?state=xyz"


@pytest.fixture
def owner(stack):
    return stack.add_user(EMAIL, PASSWORD)


@pytest.fixture
def manager(stack, owner, tmp_path):
    project = SupabaseProject(stack.url, stack.publishable_key)
    secrets = open_secret_store(tmp_path, "file")
    return SessionManager(project, lambda: secrets, tmp_path)


def test_a_password_gives_a_session(manager, owner):
    session = manager.sign_in_with_password(EMAIL, PASSWORD)

    assert (session.user_id, session.email) == (owner, EMAIL)
    assert 3500 < session.expires_at - time.time() <= 3600
    assert manager.current() == session


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD)]
)
def test_a_wrong_password_is_said_and_not_repeated(manager, email, password):
    with pytest.raises(NotSignedIn, match="Wrong e-mail") as failure:
        manager.sign_in_with_password(email, password)
    assert password not in str(failure.value) + failure.value.hint


def test_a_failed_sign_in_leaves_the_session_that_is_there(manager):
    session = manager.sign_in_with_password(EMAIL, PASSWORD)
    with pytest.raises(NotSignedIn):
        manager.sign_in_with_password(EMAIL, "wrong")
    assert manager.current() == session


def test_an_emailed_code_gives_a_session_once(stack, manager, owner):
    manager.send_code(EMAIL)
    session = manager.verify_code(EMAIL, stack.auth.one_time_code)

    assert session.user_id == owner
    assert manager.current() == session
    with pytest.raises(NotSignedIn, match="wrong, or it has expired"):
        manager.verify_code(EMAIL, stack.auth.one_time_code)


def test_no_code_and_no_user_for_an_unknown_address(stack, manager):
    with pytest.raises(NotSignedIn, match="No user has that"):
        manager.send_code("nobody@example.com")
    assert stack.sql("select count(*) from auth.users") == [(1,)]


def test_a_browser_provider_gives_a_session(stack, manager, owner):
    stack.auth.provider_email = EMAIL
    login = manager.authorization("google", REDIRECT)
    answer = httpx.get(login.url, trust_env=False).headers["location"]

    assert answer.startswith(REDIRECT)
    (code,) = parse_qs(urlsplit(answer).query)["code"]
    session = manager.exchange(code, login.code_verifier)
    assert session.user_id == owner
    with pytest.raises(NotSignedIn):
        manager.current()
    manager.keep(session)
    assert manager.current() == session


def test_a_code_is_no_use_with_another_logins_verifier(stack, manager):
    stack.auth.provider_email = EMAIL
    login = manager.authorization("google", REDIRECT)
    other = manager.authorization("google", REDIRECT)
    assert login.code_verifier != other.code_verifier
    answer = httpx.get(login.url, trust_env=False).headers["location"]
    (code,) = parse_qs(urlsplit(answer).query)["code"]

    with pytest.raises(NotSignedIn, match="was not completed"):
        manager.exchange(code, other.code_verifier)


def test_the_verifier_is_not_in_the_url_and_long_enough(manager):
    login = manager.authorization("google", REDIRECT)

    assert login.code_verifier not in login.url + repr(login)
    assert 43 <= len(login.code_verifier) <= 128  # RFC 7636, section 4.1
