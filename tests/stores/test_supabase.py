"""The store in Supabase keeps the contract, on whatever tables it finds."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from metaconnect.errors import (
    ClientNotFound,
    ConnectionChanged,
    NotConnected,
)
from metaconnect.models import AccessToken, Client, Connection
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.store import SupabaseStore

from .contract import StoreContract

SHAPES = {
    "our own tables": {},
    "bigint ids": {"id_type": "bigint"},
    "text ids": {"id_type": "text"},
    "five columns": {"minimal": True},
    "five columns, bigint ids": {"minimal": True, "id_type": "bigint"},
}


def store_of(stack, user):
    """The store as *user* sees it."""
    token = stack.access_token(user)
    return SupabaseStore(
        SupabaseProject(stack.url, stack.publishable_key), lambda: token
    )


@pytest.fixture(params=SHAPES.values(), ids=SHAPES)
def stack(request, make_stack):
    return make_stack(**request.param)


@pytest.fixture
def owner(stack):
    return stack.add_user("owner@example.com")


@pytest.fixture
def clients(stack, owner):
    return (stack.add_client("Acme", owner), stack.add_client("Bäckerei", owner))


@pytest.fixture
def store(stack, owner):
    return store_of(stack, owner)


@pytest.fixture
def connection(clients):
    token = AccessToken(
        value="EAA" + "t" * 300, expires_at=datetime(2027, 1, 22, 12, tzinfo=UTC)
    )
    return Connection(
        client_id=clients[0],
        token=token,
        user_facebook_id="1234567890",
        ad_account_id="act_10",
    )


def sent(stack):
    """What was asked since the last call, as (method, path)."""
    log = [(r.method, r.path.removeprefix("/rest/v1/")) for r in stack.requests]
    stack.requests.clear()
    return log


class TestSupabaseStore(StoreContract):
    pass


two_shapes = pytest.mark.parametrize(
    "stack",
    [{}, {"minimal": True}],
    ids=["our own tables", "five columns"],
    indirect=True,
)


@two_shapes
class TestTheDashboardsRow:
    def test_it_is_one_row_a_client_updated_in_place(self, stack, store, connection):
        for account in ("act_10", "act_20", "30"):
            store.save(replace(connection, ad_account_id=account))

        rows = stack.sql("select client_id::text, ad_account_id from meta_tokens")
        assert rows == [(connection.client_id, "act_30")]

    def test_the_expiry_is_utc(self, stack, store, connection):
        store.save(connection)

        ((moment,),) = stack.sql(
            "select (token_expires_at at time zone 'utc')::text from meta_tokens"
        )
        assert moment == "2027-01-22 12:00:00"

    def test_an_account_without_act_is_read_and_replaced_all_the_same(
        self, stack, store, connection
    ):
        store.save(replace(connection))
        stack.sql("alter table meta_tokens disable trigger user")
        if not stack.dashboard.minimal:
            stack.sql(
                "alter table meta_tokens"
                " drop constraint meta_tokens_ad_account_id_check"
            )
        try:
            stack.sql("update meta_tokens set ad_account_id = '123'")
            stored = store.get(connection.client_id)
            assert stored.ad_account_id == "act_123"
            assert store.replace(stored, stored).ad_account_id == "act_123"
        finally:
            stack.sql("truncate meta_tokens")
            stack.sql("alter table meta_tokens enable trigger user")
            if not stack.dashboard.minimal:
                stack.sql(
                    "alter table meta_tokens"
                    " add constraint meta_tokens_ad_account_id_check"
                    " check (ad_account_id ~ '^act_[0-9]{1,32}$')"
                )

    def test_each_version_of_the_row_can_be_told_from_the_next(self, store, connection):
        first = store.save(connection)
        second = store.replace(first, replace(first, ad_account_id="act_20"))

        with pytest.raises(ConnectionChanged):
            store.replace(first, replace(first, ad_account_id="act_30"))
        assert store.get(connection.client_id) == second

    def test_a_new_token_alone_is_never_overwritten(self, store, connection):
        first = store.save(connection)
        store.save(replace(connection, token=replace(first.token, value="EAAnewer")))

        # Five columns cannot tell that it is new: no filter may hold a token.
        with suppress(ConnectionChanged):
            store.replace(first, replace(first, ad_account_id="act_30"))
        assert store.get(connection.client_id).token.value == "EAAnewer"

    def test_another_persons_row_is_as_good_as_none(self, stack, store, connection):
        store.save(connection)
        stranger = store_of(stack, stack.add_user("stranger@example.com"))

        assert stranger.clients() == []
        assert stranger.only() is None
        with pytest.raises(NotConnected):
            stranger.get(connection.client_id)
        with pytest.raises(NotConnected, match="not yours to disconnect"):
            stranger.delete(connection.client_id)
        with pytest.raises(ClientNotFound, match="not yours to see"):
            stranger.check(connection.client_id)
        with pytest.raises(ClientNotFound, match="not yours to change"):
            stranger.save(replace(connection, token=AccessToken(value="EAAevil")))
        with pytest.raises(ConnectionChanged, match="no longer yours"):
            stranger.replace(store.get(connection.client_id), connection)
        assert store.get(connection.client_id).token == connection.token

    def test_the_service_role_sees_everything_and_misses_what_is_not_there(
        self, stack, clients, connection
    ):
        project = SupabaseProject(stack.url, stack.secret_key, stack.publishable_key)
        store = SupabaseStore(project, lambda: stack.secret_key)
        store.check(clients[1])
        store.save(connection)
        assert store.only() == store.get(clients[0])

        nobody = {"uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "bigint": "99999"}
        client_id = nobody.get(stack.dashboard.id_type, "nobody")
        with pytest.raises(ClientNotFound, match="There is no client"):
            store.save(replace(connection, client_id=client_id))


@two_shapes
class TestAllAtOnce:
    def test_every_connection_comes_in_one_request(
        self, stack, store, clients, connection
    ):
        assert store.connections() == []
        saved = [store.save(replace(connection, client_id=c)) for c in clients]
        sent(stack)

        assert sorted(store.connections(), key=repr) == sorted(saved, key=repr)
        assert sent(stack) == [("GET", "meta_tokens")]

    def test_also_where_there_are_more_than_a_page(self, stack, owner, store, clients):
        stack.gateway.max_rows = 3
        for number in range(7):
            stack.add_token(stack.add_client(f"client {number}", owner))

        assert len({c.client_id for c in store.connections()}) == 7

    def test_threads_share_the_store(self, store, connection):
        store.save(connection)
        with ThreadPoolExecutor(8) as threads:
            read = list(
                threads.map(lambda _: store.get(connection.client_id), range(24))
            )
        assert set(map(repr, read)) == {repr(store.get(connection.client_id))}


def test_a_store_is_known_by_its_projects_url(stack, store):
    assert store.name == stack.url


@two_shapes
class TestRequests:
    def test_reading_is_one_request(self, stack, store, connection):
        store.save(connection)
        sent(stack)

        store.get(connection.client_id)
        assert sent(stack) == [("GET", "meta_tokens")]
        store.only()
        assert sent(stack) == [("GET", "meta_tokens")]

    def test_saving_is_one_request_once_the_table_is_known(
        self, stack, store, connection
    ):
        store.check(connection.client_id)
        sent(stack)

        saved = store.save(connection)
        assert sent(stack) == [("POST", "meta_tokens")]
        store.replace(saved, saved)
        assert sent(stack) == [("PATCH", "meta_tokens")]
        store.delete(connection.client_id)
        assert sent(stack) == [("DELETE", "meta_tokens")]

    def test_a_check_writes_nothing(self, stack, store, connection):
        stored = store.save(connection)
        store.check(connection.client_id)

        assert store.get(connection.client_id) == stored
        assert stack.sql("select count(*) from meta_tokens") == [(1,)]

    def test_no_secret_is_in_a_url_or_a_log(
        self, stack, owner, store, connection, caplog
    ):
        caplog.set_level(logging.DEBUG)
        store.check(connection.client_id)
        saved = store.save(connection)
        store.replace(saved, replace(saved, ad_account_id="act_20"))
        store.delete(connection.client_id)

        assert "/rest/v1/meta_tokens" in caplog.text
        for secret in (
            connection.token.value,
            stack.publishable_key,
            stack.access_token(owner).split(".")[0],
        ):
            assert secret not in caplog.text

    def test_the_token_is_not_echoed_by_a_write(self, stack, store, connection, caplog):
        caplog.set_level(logging.INFO, "httpx")
        saved = store.save(connection)
        store.replace(saved, saved)
        store.delete(connection.client_id)

        selects = re.findall(r"[?&]select=([^& ]*)", caplog.text)
        assert len(selects) >= 3
        assert all("access_token" not in select for select in selects)
        assert "*" not in "".join(selects).replace("%2A", "*")


@two_shapes
class TestClients:
    def test_they_come_by_name(self, store, clients):
        assert store.clients() == [
            Client(id=clients[0], name="Acme"),
            Client(id=clients[1], name="Bäckerei"),
        ]

    def test_more_than_one_page_is_read_to_its_end(self, stack, owner, store, clients):
        stack.gateway.max_rows = 3
        for number in range(6):
            stack.add_client(f"client {number}", owner)

        assert len({client.id for client in store.clients()}) == 8
        assert len(sent(stack)) == 3

    def test_a_thousand_and_one_are_all_there(self, stack, owner, store):
        stack.sql(
            "insert into clients (name, owner_id)"
            f" select 'client ' || n, '{owner}' from generate_series(1, 1001) n"
        )

        assert len(store.clients()) == 1001

    def test_one_page_is_one_request(self, stack, store, clients):
        store.clients()

        assert sent(stack) == [("GET", "clients")]


@two_shapes
def test_an_id_of_another_kind_is_no_client(stack, store, connection):
    for attempt in (store.check, store.get, store.delete):
        with pytest.raises(ClientNotFound, match="no client 'acme': invalid id format"):
            attempt("acme")
    with pytest.raises(ClientNotFound, match="no client 'acme': invalid id format"):
        store.save(replace(connection, client_id="acme"))
