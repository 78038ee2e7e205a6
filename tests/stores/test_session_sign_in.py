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
def keeper(stack, owner, tmp_path):
    project = SupabaseProject(stack.url, stack.publishable_key)
    return SessionManager(project, open_secret_store(tmp_path, "file"), tmp_path)


def test_a_password_gives_a_session(keeper, owner):
    session = keeper.sign_in_with_password(EMAIL, PASSWORD)

    assert (session.user_id, session.email) == (owner, EMAIL)
    assert 3500 < session.expires_at - time.time() <= 3600
    assert keeper.current() == session


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD)]
)
def test_a_wrong_password_is_said_and_not_repeated(keeper, email, password):
    with pytest.raises(NotSignedIn, match="Wrong e-mail") as failure:
        keeper.sign_in_with_password(email, password)
    assert password not in str(failure.value) + failure.value.hint


def test_a_failed_sign_in_leaves_the_session_that_is_there(keeper):
    session = keeper.sign_in_with_password(EMAIL, PASSWORD)
    with pytest.raises(NotSignedIn):
        keeper.sign_in_with_password(EMAIL, "wrong")
    assert keeper.current() == session


def test_an_emailed_code_gives_a_session_once(stack, keeper, owner):
    keeper.send_code(EMAIL)
    session = keeper.verify_code(EMAIL, stack.auth.one_time_code)

    assert session.user_id == owner
    assert keeper.current() == session
    with pytest.raises(NotSignedIn, match="wrong, or it has expired"):
        keeper.verify_code(EMAIL, stack.auth.one_time_code)


def test_no_code_and_no_user_for_an_unknown_address(stack, keeper):
    with pytest.raises(NotSignedIn, match="No user has that"):
        keeper.send_code("nobody@example.com")
    assert stack.sql("select count(*) from auth.users") == [(1,)]


def test_a_browser_provider_gives_a_session(stack, keeper, owner):
    stack.auth.provider_email = EMAIL
    login = keeper.authorization("google", REDIRECT)
    answer = httpx.get(login.url, trust_env=False).headers["location"]

    assert answer.startswith(REDIRECT)
    (code,) = parse_qs(urlsplit(answer).query)["code"]
    session = keeper.exchange(code, login.code_verifier)
    assert session.user_id == owner
    assert keeper.current() == session


def test_a_code_is_no_use_with_another_logins_verifier(stack, keeper):
    stack.auth.provider_email = EMAIL
    login = keeper.authorization("google", REDIRECT)
    other = keeper.authorization("google", REDIRECT)
    assert login.code_verifier != other.code_verifier
    answer = httpx.get(login.url, trust_env=False).headers["location"]
    (code,) = parse_qs(urlsplit(answer).query)["code"]

    with pytest.raises(NotSignedIn, match="was not completed"):
        keeper.exchange(code, other.code_verifier)


def test_the_verifier_is_not_in_the_url_and_long_enough(keeper):
    login = keeper.authorization("google", REDIRECT)

    assert login.code_verifier not in login.url + repr(login)
    assert 43 <= len(login.code_verifier) <= 128  # RFC 7636, section 4.1
