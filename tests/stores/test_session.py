"""The Supabase session of this machine: kept, refreshed, ended."""

import json
import logging
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from metaconnect.errors import ConfigError, NotSignedIn, StoreError, UsageError
from metaconnect.stores.secrets import open_secret_store
from metaconnect.stores.supabase.errors import AUTH_CODES, JWTRejected, from_auth
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.session import SessionManager
from metaconnect.stores.supabase.store import SupabaseStore
from tests.stack import faults

EMAIL, PASSWORD = "owner@example.com", "pretend-password"


@pytest.fixture
def owner(stack):
    return stack.add_user(EMAIL, PASSWORD)


@pytest.fixture
def secrets(tmp_path):
    return open_secret_store(tmp_path, "file")


@pytest.fixture
def manager(stack, owner, secrets, tmp_path):
    return manager_of(stack, secrets, tmp_path)


@pytest.fixture
def session(stack, manager):
    session = manager.sign_in_with_password(EMAIL, PASSWORD)
    stack.requests.clear()
    return session


def manager_of(stack, secrets, folder, *, key=None):
    project = SupabaseProject(stack.url, key or stack.publishable_key)
    return SessionManager(project, lambda: secrets, folder)


def make_old(stack, secrets):
    """Let the stored session end in half a minute."""
    name = f"supabase session {stack.url}"
    facts = json.loads(secrets.get(name))
    secrets.set(name, json.dumps({**facts, "expires_at": time.time() + 30}))


def asked(stack):
    return [request.path for request in stack.requests]


class TestRestoring:
    def test_without_a_session_nobody_is_asked(self, stack, manager):
        for attempt in (
            manager.current,
            manager.bearer,
            manager.user,
            manager.sign_out,
        ):
            with pytest.raises(NotSignedIn) as failure:
                attempt()
            assert "metaconnect login" in failure.value.hint
            assert failure.value.exit_code == 4
        assert stack.requests == []

    def test_another_process_restores_it_without_a_request(
        self, stack, session, secrets, tmp_path
    ):
        assert manager_of(stack, secrets, tmp_path).current() == session
        assert stack.requests == []

    def test_a_read_is_one_request_to_the_data_api_and_none_to_auth(
        self, stack, manager, owner, session
    ):
        client_id = stack.add_client("Acme", owner)
        stack.add_token(client_id, "EAAsecret")
        project = SupabaseProject(stack.url, stack.publishable_key)

        store = SupabaseStore(project, manager.bearer)
        assert store.get(client_id).token.value == "EAAsecret"
        assert asked(stack) == ["/rest/v1/meta_tokens"]

    def test_restoring_imports_neither_supabase_nor_httpx(
        self, stack, session, tmp_path
    ):
        script = RESTORE + "print({'supabase', 'supabase_auth', 'httpx', 'postgrest'}"
        script += " & set(sys.modules))"
        answer = run(script, stack.url, tmp_path).communicate(timeout=30)[0]

        assert answer == f"{session.access_token}\nset()\n"

    def test_a_project_has_its_own_session(self, manager, session, secrets, tmp_path):
        other = SupabaseProject("https://other.supabase.co", "key")

        with pytest.raises(NotSignedIn):
            SessionManager(other, lambda: secrets, tmp_path).current()

    def test_a_damaged_session_is_none(self, stack, manager, session, secrets):
        for text in ("{half", "[]", '{"access_token": "x"}'):
            secrets.set(f"supabase session {stack.url}", text)
            with pytest.raises(NotSignedIn, match="cannot be read"):
                manager.current()

    def test_auth_says_who_is_signed_in(self, stack, manager, owner, session):
        assert (manager.user().id, manager.user().email) == (owner, EMAIL)

        stack.end_sessions(owner)
        with pytest.raises(NotSignedIn, match="has ended"):
            manager.user()
        with pytest.raises(NotSignedIn, match="not signed in"):
            manager.current()


class TestRefreshing:
    def test_a_session_that_is_about_to_end_is_refreshed_and_kept(
        self, stack, manager, session, secrets
    ):
        make_old(stack, secrets)
        fresh = manager.current()

        assert fresh.refresh_token != session.refresh_token
        assert fresh.expires_at - time.time() > 3500
        assert manager.current() == fresh
        assert asked(stack) == ["/auth/v1/token"]

    def test_a_session_that_was_ended_is_forgotten(
        self, stack, manager, owner, session, secrets
    ):
        make_old(stack, secrets)
        stack.end_sessions(owner)

        with pytest.raises(NotSignedIn, match="has ended"):
            manager.current()
        with pytest.raises(NotSignedIn, match="not signed in"):
            manager.current()
        assert asked(stack) == ["/auth/v1/token"]

    @pytest.mark.parametrize(
        "fault", [faults.unavailable, faults.captive_portal, faults.drop, faults.paused]
    )
    def test_trouble_on_the_way_keeps_the_session(
        self, stack, manager, session, secrets, fault
    ):
        make_old(stack, secrets)
        stack.faults.add(fault, times=1)

        with pytest.raises(StoreError) as failure:
            manager.current()
        assert failure.value.exit_code == 7
        assert manager.current().user_id == session.user_id

    def test_processes_at_once_spend_one_refresh_token(self, stack, secrets, session):
        make_old(stack, secrets)
        stack.faults.add(faults.delay(0.5), service="auth", times=1)
        folder = secrets._path.parent
        runs = [run(RESTORE, stack.url, folder) for _ in range(3)]
        answers = {process.communicate(timeout=30)[0] for process in runs}

        assert asked(stack) == ["/auth/v1/token"]
        assert len(answers) == 1
        assert answers != {f"{session.access_token}\n"}

    def test_a_token_that_is_rejected_is_refreshed_once_and_for_all_threads(
        self, stack, manager, session
    ):
        rejected = session.access_token
        with ThreadPoolExecutor(4) as threads:
            renewed = set(threads.map(manager.renew, [rejected] * 4))

        assert asked(stack) == ["/auth/v1/token"]
        assert renewed == {manager.bearer()}

    def test_a_read_outlives_a_rotated_signing_key(
        self, stack, manager, owner, session
    ):
        client_id = stack.add_client("Acme", owner)
        stack.add_token(client_id, "EAAsecret")
        stack.faults.add(faults.jwt_rejected, service="rest", times=1)
        project = SupabaseProject(stack.url, stack.publishable_key)

        store = SupabaseStore(project, manager.bearer, manager.renew)
        assert store.get(client_id).token.value == "EAAsecret"
        assert asked(stack) == [
            "/rest/v1/meta_tokens",
            "/auth/v1/token",
            "/rest/v1/meta_tokens",
        ]

    def test_auth_rejects_a_token_once_and_the_session_stays(
        self, stack, manager, session
    ):
        stack.faults.add(faults.bad_jwt, service="auth", times=1)

        assert manager.user().email == EMAIL
        assert asked(stack) == ["/auth/v1/user", "/auth/v1/token", "/auth/v1/user"]

    def test_auth_rejects_every_token_and_the_session_stays(
        self, stack, manager, session, monkeypatch
    ):
        def refuse(token):
            raise JWTRejected("The Supabase session is not accepted.")

        monkeypatch.setattr(manager._auth, "user", refuse)
        with pytest.raises(NotSignedIn):
            manager.user()
        assert manager.current().user_id == session.user_id
        assert asked(stack) == ["/auth/v1/token"]


def test_the_secret_store_may_be_chosen_after_the_manager_is_made(
    stack, owner, tmp_path
):
    chosen = []
    project = SupabaseProject(stack.url, stack.publishable_key)
    manager = SessionManager(project, lambda: chosen[-1], tmp_path)
    chosen.append(open_secret_store(tmp_path, "file"))

    session = manager.sign_in_with_password(EMAIL, PASSWORD)
    assert manager.current() == session


class TestSigningOut:
    def test_of_this_machine_only(self, stack, manager, session, tmp_path):
        elsewhere = manager_of(
            stack, open_secret_store(tmp_path / "b", "file"), tmp_path / "b"
        )
        elsewhere.sign_in_with_password(EMAIL, PASSWORD)
        manager.sign_out()

        with pytest.raises(NotSignedIn):
            manager.current()
        assert elsewhere.user().email == EMAIL
        with pytest.raises(NotSignedIn):
            refresh(stack, session)

    def test_everywhere(self, stack, manager, session, tmp_path):
        elsewhere = manager_of(
            stack, open_secret_store(tmp_path / "b", "file"), tmp_path / "b"
        )
        elsewhere.sign_in_with_password(EMAIL, PASSWORD)
        manager.sign_out(everywhere=True)

        for one in (manager, elsewhere):
            with pytest.raises(NotSignedIn):
                one.user()

    def test_offline_this_machine_forgets_it_and_says_so(self, stack, manager, session):
        stack.faults.add(faults.unavailable)

        with pytest.raises(StoreError, match="has forgotten the session") as failure:
            manager.sign_out()
        assert "--everywhere" in failure.value.hint
        with pytest.raises(NotSignedIn):
            manager.current()

    def test_offline_everywhere_can_be_tried_again(self, stack, manager, session):
        stack.faults.add(faults.unavailable, times=1)

        with pytest.raises(StoreError):
            manager.sign_out(everywhere=True)
        manager.sign_out(everywhere=True)
        with pytest.raises(NotSignedIn):
            refresh(stack, session)

    def test_a_session_that_has_ended_already_is_no_trouble(
        self, stack, manager, owner, session, secrets
    ):
        make_old(stack, secrets)
        stack.end_sessions(owner)
        manager.sign_out()

        with pytest.raises(NotSignedIn, match="not signed in"):
            manager.current()


class TestTrouble:
    def test_a_wrong_api_key_names_the_setting(self, stack, owner, secrets, tmp_path):
        manager = manager_of(stack, secrets, tmp_path, key="wrong")

        with pytest.raises(ConfigError, match="API key") as failure:
            manager.sign_in_with_password(EMAIL, PASSWORD)
        assert "SUPABASE_KEY" in failure.value.hint

    def test_too_many_tries_are_to_wait(self, stack, manager):
        stack.faults.add(faults.rate_limited)

        with pytest.raises(StoreError, match="too often") as failure:
            manager.send_code(EMAIL)
        assert "Wait" in failure.value.hint

    def test_a_mailer_for_members_only_is_a_setting_to_mend(self):
        error = from_auth("email_address_not_authorized", "not authorized")

        assert isinstance(error, ConfigError)
        assert "SMTP" in error.hint

    def test_an_answer_that_is_json_but_no_session_is_not_understood(
        self, stack, manager
    ):
        from starlette.responses import JSONResponse

        stack.faults.add(lambda: JSONResponse({"welcome": "to our Wi-Fi"}))

        with pytest.raises(StoreError, match="not in the expected form"):
            manager.sign_in_with_password(EMAIL, PASSWORD)

    def test_a_lock_that_cannot_be_made_is_said(self, stack, secrets, tmp_path):
        (tmp_path / "file").write_text("where the folder should be")
        manager = manager_of(stack, secrets, tmp_path / "file")
        stack.add_user(EMAIL, PASSWORD)

        with pytest.raises(StoreError, match="cannot be written"):
            manager.sign_in_with_password(EMAIL, PASSWORD)

    @pytest.mark.parametrize("code", [*AUTH_CODES, "unexpected_failure", None])
    def test_every_code_has_a_sentence(self, code):
        error = from_auth(code, "words")

        assert "{" not in str(error) + error.hint
        assert str(error).endswith(".")
        assert error.hint or isinstance(error, UsageError)

    def test_no_secret_is_in_a_url_a_log_or_a_repr(
        self, stack, manager, secrets, session, caplog
    ):
        caplog.set_level(logging.DEBUG)
        again = manager.sign_in_with_password(EMAIL, PASSWORD)
        make_old(stack, secrets)
        fresh = manager.current()
        manager.user()
        manager.sign_out()

        assert "/auth/v1/token" in caplog.text
        shown = caplog.text + repr(manager) + repr([session, again, fresh])
        for one in (session, again, fresh):
            assert one.access_token not in shown
            assert one.refresh_token not in shown
        assert PASSWORD not in shown
        assert stack.publishable_key not in shown


RESTORE = """
import sys
from pathlib import Path
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.session import SessionManager
from metaconnect.stores.secrets import open_secret_store

url, key, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
secrets = open_secret_store(folder, "file")
manager = SessionManager(SupabaseProject(url, key), lambda: secrets, folder)
print(manager.bearer())
"""


def run(script, url, folder):
    from tests.stack.keys import PUBLISHABLE_KEY

    command = [sys.executable, "-W", "error", "-c", script, url, PUBLISHABLE_KEY]
    return subprocess.Popen([*command, str(folder)], stdout=subprocess.PIPE, text=True)


def refresh(stack, session):
    """Use the refresh token as a thief of it would."""
    from metaconnect.stores.supabase.sign_in import AuthServer

    project = SupabaseProject(stack.url, stack.publishable_key)
    return AuthServer(project).by_refresh_token(session.refresh_token)
