"""Rows and tables that another program wrote are read for what they mean."""

import time
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from metaconnect.errors import ConnectionChanged, NotConnected, TablesMissing
from metaconnect.models import AccessToken, Connection

from .test_supabase import store_of


@pytest.fixture
def stack(make_stack):
    return make_stack(minimal=True)


@pytest.fixture
def clients(stack):
    return [stack.add_client("Acme", stack.add_user("owner@example.com"))]


@pytest.fixture
def store(stack, clients):
    ((owner,),) = stack.sql("select id::text from auth.users")
    return store_of(stack, owner)


@pytest.fixture
def in_new_york(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


def test_a_row_without_a_token_is_no_connection(stack, store, clients):
    stack.sql("insert into meta_tokens (client_id) values (%s)", clients[0])

    with pytest.raises(NotConnected, match="has no token"):
        store.get(clients[0])


def test_infinity_is_never(stack, store, clients):
    stack.add_token(clients[0])
    stack.sql("update meta_tokens set token_expires_at = 'infinity'")

    stored = store.get(clients[0])
    assert stored.token.expires_at is None
    used = replace(stored, ad_account_id="act_20")
    assert store.replace(stored, used).ad_account_id == "act_20"
    with pytest.raises(ConnectionChanged):
        store.replace(stored, used)


def test_a_date_without_a_zone_is_utc(stack, store, clients, in_new_york):
    token = AccessToken(value="EAA", expires_at=datetime(2027, 1, 22, 12, tzinfo=UTC))
    connection = Connection(client_id=clients[0], token=token, user_facebook_id="100")
    stack.ddl("alter table meta_tokens rename token_expires_at to kept")
    stack.ddl("alter table meta_tokens add token_expires_at timestamp")
    try:
        saved = store.save(connection)
        assert saved.token.expires_at == connection.token.expires_at
        store.replace(saved, saved)
    finally:
        stack.ddl("alter table meta_tokens drop token_expires_at")
        stack.ddl("alter table meta_tokens rename kept to token_expires_at")


def test_two_rows_of_a_client_are_refused(stack, store, clients):
    stack.ddl("alter table meta_tokens drop constraint meta_tokens_client_id_key")
    try:
        stack.add_token(clients[0])
        stack.add_token(clients[0])
        with pytest.raises(TablesMissing, match="several rows") as failure:
            store.get(clients[0])
        assert "unique (client_id)" in failure.value.hint
    finally:
        stack.sql("truncate meta_tokens")
        stack.ddl("alter table meta_tokens add unique (client_id)")


def test_a_row_without_a_token_is_no_connection_of_all(make_stack):
    stack = make_stack(minimal=True)
    owner = stack.add_user("owner@example.com")
    for name in ("Acme", "Other"):
        client_id = stack.add_client(name, owner)
        stack.sql("insert into meta_tokens (client_id) values (%s)", client_id)
    stack.sql(
        "update meta_tokens set access_token = 'EAA' where client_id = %s", client_id
    )

    (connection,) = store_of(stack, owner).connections()
    assert connection.client_id == client_id


def test_our_own_table_keeps_everything_a_connection_has(make_stack):
    stack = make_stack()
    owner = stack.add_user("owner@example.com")
    store = store_of(stack, owner)
    details = {
        "user_name": "Ada",
        "ad_account_name": "Acme Ads",
        "currency": "EUR",
        "timezone_name": "Europe/Berlin",
        "graph_url": "https://graph.facebook.com",
        "app_id": "1000",
    }
    connection = Connection(
        client_id=stack.add_client("Acme", owner),
        token=AccessToken(value="EAAx"),
        user_facebook_id="100",
        ad_account_id="act_1",
        **details,
    )
    saved = store.save(connection)
    assert {name: getattr(saved, name) for name in details} == details
    assert store.get(connection.client_id) == saved

    used = replace(saved, ad_account_id="act_2", ad_account_name="B", currency=None)
    assert store.replace(saved, used).currency is None
    columns = "ad_account_name, currency, timezone_name, user_name"
    (row,) = stack.sql(f"select {columns} from meta_connections")
    assert row == ("B", None, "Europe/Berlin", "Ada")
