"""Whatever Supabase, its gateway or the network answers has a name and a next step."""

import socket
import traceback
from contextlib import contextmanager

import pytest
from starlette.responses import JSONResponse, RedirectResponse

from metaconnect.errors import (
    ClientNotFound,
    ConfigError,
    MetaconnectError,
    NotSignedIn,
    StoreError,
    TablesMissing,
)
from metaconnect.models import AccessToken, Connection
from metaconnect.redact import LONGEST, clean
from metaconnect.stores.supabase import http
from metaconnect.stores.supabase.errors import (
    POSTGREST_CODES,
    APIProblem,
    from_data_api,
)
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.rows import COLUMNS, DETAILS
from metaconnect.stores.supabase.store import SupabaseStore
from tests.stack import faults


@pytest.fixture
def owner(stack):
    return stack.add_user("owner@example.com")


@pytest.fixture
def client_id(stack, owner):
    return stack.add_client("Acme", owner)


@pytest.fixture
def store(stack, owner):
    return store_at(stack, bearer=stack.access_token(owner))


@pytest.fixture
def connection(client_id):
    return Connection(
        client_id=client_id,
        token=AccessToken(value="EAAsecret123"),
        user_facebook_id="100",
    )


def store_at(stack, *, url=None, key=None, bearer):
    project = SupabaseProject(url or stack.url, key or stack.publishable_key)
    return SupabaseStore(project, lambda: bearer)


@contextmanager
def changed(stack, change, undo):
    """The stack is shared: put its schema back, whatever happens."""
    stack.ddl(change)
    try:
        yield
    finally:
        stack.ddl(undo)


class TestWhatTheNetworkAnswers:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            (faults.captive_portal, StoreError, "web page"),
            (faults.unavailable, StoreError, "HTTP 503"),
            (faults.bad_gateway, StoreError, "HTTP 502"),
            (faults.paused, StoreError, "paused"),
            (faults.drop, StoreError, "cannot be reached"),
        ],
    )
    def test_a_fault_is_the_stores_and_is_not_tried_again(
        self, stack, store, connection, fault, error, words
    ):
        stack.faults.add(fault)

        for attempt in (
            lambda: store.get(connection.client_id),
            lambda: store.save(connection),
            store.clients,
            lambda: store.check(connection.client_id),
        ):
            stack.requests.clear()
            with pytest.raises(error, match=words) as failure:
                attempt()
            assert failure.value.hint
            assert failure.value.exit_code == 7
            assert len(stack.requests) == 1

    def test_json_that_is_no_list_of_rows_is_not_understood(self, stack, store):
        stack.faults.add(lambda: JSONResponse({"welcome": "to our Wi-Fi"}))

        with pytest.raises(StoreError, match="not in the expected form"):
            store.only()

    def test_a_redirect_gets_neither_the_key_nor_the_token(
        self, stack, store, connection
    ):
        stack.faults.add(lambda: RedirectResponse("/rest/v1/elsewhere", 307))

        with pytest.raises(StoreError, match="web page"):
            store.save(connection)
        assert [request.path for request in stack.requests] == ["/rest/v1/meta_tokens"]

    def test_a_server_that_is_slow_is_given_up(
        self, stack, store, client_id, monkeypatch
    ):
        monkeypatch.setattr(http, "READ", 0.2)
        stack.faults.add(faults.delay(0.6))

        with pytest.raises(StoreError, match=r"no answer within 0\.2 s"):
            store.get(client_id)

    def test_a_port_where_nobody_listens_is_unreachable(self, stack, client_id):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            with pytest.raises(StoreError, match="cannot be reached") as failure:
                store_at(stack, url=url, bearer="x").get(client_id)
        assert "SUPABASE_URL" in failure.value.hint

    def test_an_address_that_is_no_project_is_a_setting_to_mend(self, stack, client_id):
        store = store_at(stack, url=f"{stack.url}/elsewhere", bearer="x")

        with pytest.raises(StoreError, match="web page") as failure:
            store.get(client_id)
        assert "SUPABASE_URL" in failure.value.hint

    def test_certificates_that_are_not_there_are_a_setting_to_mend(
        self, stack, client_id, monkeypatch
    ):
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
        store = store_at(stack, url="https://127.0.0.1:1", bearer="x")

        with pytest.raises(ConfigError) as failure:
            store.get(client_id)
        assert "SSL_CERT_FILE" in failure.value.hint


class TestWhoAsks:
    def test_an_expired_session_is_no_session(self, stack, owner, client_id):
        expired = stack.access_token(owner, expires_in=-60)

        with pytest.raises(NotSignedIn) as failure:
            store_at(stack, bearer=expired).get(client_id)
        assert "metaconnect login" in failure.value.hint

    def test_garbage_for_a_token_is_no_session(self, stack, client_id):
        with pytest.raises(NotSignedIn):
            store_at(stack, bearer="garbage").get(client_id)

    def test_a_wrong_api_key_names_the_setting(self, stack, owner, client_id):
        store = store_at(stack, key="wrong", bearer=stack.access_token(owner))

        with pytest.raises(ConfigError, match="API key") as failure:
            store.get(client_id)
        assert "SUPABASE_KEY" in failure.value.hint

    def test_a_service_key_that_the_database_refuses_names_the_setting(self):
        error = from_data_api(
            APIProblem("PGRST301", "Expected 3 parts"), table="t", by_key=True
        )

        assert isinstance(error, ConfigError)
        assert "SUPABASE_SERVICE_ROLE_KEY" in error.hint

    @pytest.mark.parametrize("by_key", [False, True])
    def test_no_advice_grants_a_table_that_is_open_to_all_users(self, by_key):
        problem = APIProblem("42501", "permission denied for table clients")
        hint = from_data_api(problem, table="clients", by_key=by_key).hint

        if by_key:
            assert hint.endswith("grant all on public.clients to service_role;")
        else:
            secured = hint.index("enable row level security;")
            assert hint.index("--service-role") < secured < hint.index("grant ")

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            ('invalid input syntax for type uuid: "acme"', "invalid id format"),
            ('invalid input syntax for type bigint: "act_1"', "another type"),
        ],
    )
    def test_an_id_is_told_from_another_columns_value(self, message, words):
        problem = APIProblem("22P02", message)

        error = from_data_api(problem, table="meta_tokens", client_id="acme")
        assert words in str(error)

    def test_a_rejected_token_is_renewed_once_and_the_request_sent_again(
        self, stack, owner, connection
    ):
        asked = []

        def renew(rejected):
            asked.append(rejected)
            return stack.access_token(owner)

        project = SupabaseProject(stack.url, stack.publishable_key)
        store = SupabaseStore(project, lambda: "eyJ.old.token", renew)
        assert store.save(connection).token == connection.token
        assert asked == ["eyJ.old.token"]

    def test_a_renewed_token_that_is_rejected_too_is_the_end(self, stack, client_id):
        asked = []
        project = SupabaseProject(stack.url, stack.publishable_key)
        store = SupabaseStore(
            project, lambda: "x.y.z", lambda t: asked.append(t) or "a"
        )

        with pytest.raises(NotSignedIn, match="is not accepted"):
            store.get(client_id)
        assert asked == ["x.y.z"]
        assert len(stack.requests) == 2

    def test_without_a_session_nothing_is_asked(self, stack, client_id):
        def nobody():
            raise NotSignedIn("You are not signed in to Supabase.")

        project = SupabaseProject(stack.url, stack.publishable_key)
        with pytest.raises(NotSignedIn):
            SupabaseStore(project, nobody).get(client_id)
        assert stack.requests == []

    def test_a_viewer_hears_it_before_the_browser_opens(self, stack, client_id):
        viewer = stack.add_user("viewer@example.com")
        stack.add_member(client_id, viewer, "viewer")
        store = store_at(stack, bearer=stack.access_token(viewer))

        with pytest.raises(ClientNotFound, match="to see, not to change"):
            store.check(client_id)

    def test_an_editor_may_save_and_not_disconnect(self, stack, client_id, connection):
        editor = stack.add_user("editor@example.com")
        stack.add_member(client_id, editor, "editor")
        store = store_at(stack, bearer=stack.access_token(editor))

        store.check(client_id)
        store.save(connection)
        with pytest.raises(MetaconnectError, match="not yours to disconnect"):
            store.delete(client_id)
        assert store.get(client_id).token == connection.token


class TestWhatTheDatabaseLacks:
    def test_a_missing_table_is_named(self, stack, store, connection):
        for table in ("meta_tokens", "clients"):
            rename = f"alter table {table} rename to away"
            with changed(stack, rename, f"alter table away rename to {table}"):
                with pytest.raises(
                    TablesMissing, match=f"{table} does not exist"
                ) as failure:
                    store.check(connection.client_id)
                assert "metaconnect init" in failure.value.hint

    def test_every_missing_column_is_named_at_once(self, stack, store, connection):
        change = (
            "alter table meta_tokens rename token_expires_at to a;"
            "alter table meta_tokens rename user_facebook_id to b"
        )
        undo = (
            "alter table meta_tokens rename a to token_expires_at;"
            "alter table meta_tokens rename b to user_facebook_id"
        )
        stack.add_token(connection.client_id)
        with changed(stack, change, undo):
            for attempt in (
                lambda: store.check(connection.client_id),
                lambda: store.save(connection),
                lambda: store.get(connection.client_id),
            ):
                with pytest.raises(TablesMissing) as failure:
                    attempt()
                lacking = "lacks user_facebook_id, token_expires_at."
                assert lacking in str(failure.value)
                assert "add column token_expires_at timestamptz" in failure.value.hint

    def test_a_missing_unique_constraint_comes_with_its_cure(
        self, stack, store, connection
    ):
        name = "meta_tokens_client_id_key"
        drop = f"alter table meta_tokens drop constraint {name}"
        cure = f"alter table meta_tokens add constraint {name} unique (client_id)"
        with changed(stack, drop, cure):
            for attempt in (
                lambda: store.check(connection.client_id),
                lambda: store.save(connection),
            ):
                with pytest.raises(
                    TablesMissing, match="no unique constraint"
                ) as failure:
                    attempt()
                assert "add unique (client_id)" in failure.value.hint

    @pytest.mark.parametrize("right", ["select", "insert", "update"])
    def test_a_missing_grant_comes_with_its_cure(self, stack, store, connection, right):
        columns = ", ".join((*COLUMNS, *DETAILS, "updated_at"))
        listed = "" if right == "select" else f"({columns})"
        with changed(
            stack,
            f"revoke {right} on meta_tokens from authenticated",
            f"grant {right} {listed} on meta_tokens to authenticated",
        ):
            for attempt in (
                lambda: store.check(connection.client_id),
                lambda: store.save(connection),
            ):
                with pytest.raises(ConfigError, match="no right") as failure:
                    attempt()
                assert "grant select, insert" in failure.value.hint

    def test_a_rule_of_the_table_is_quoted_without_the_row(self, stack, connection):
        rule = "alter table meta_tokens add constraint no_pets check ({})"
        drop = "alter table meta_tokens drop constraint no_pets"
        # The service role: to others PostgreSQL does not show the row itself.
        store = store_at(stack, key=stack.secret_key, bearer=stack.secret_key)
        with (
            changed(stack, rule.format("access_token not like 'EAA%'"), drop),
            pytest.raises(ConfigError, match="no_pets") as failure,
        ):
            store.save(connection)
        shown = "".join(traceback.format_exception(failure.value))
        assert connection.token.value not in shown + failure.value.hint


class TestTheTable:
    @pytest.mark.parametrize(
        "code", [*POSTGREST_CODES, "08006", "57P01", "PGRST002", "?", None]
    )
    def test_every_code_has_a_sentence_and_a_next_step(self, code):
        error = from_data_api(
            APIProblem(code or "", "words"), table="meta_tokens", client_id="a"
        )

        assert "{" not in str(error) + error.hint
        assert str(error).endswith(".")
        assert error.hint

    def test_a_strangers_words_are_said_without_secrets(self):
        words = "row (EAAsecret123, eyJhbGciOi.eyJzdWIi.sig)\x1b[2J\nnext line"

        assert clean(words) == "row (***, ***) next line"
        assert len(clean("a " * 1000)) == LONGEST
