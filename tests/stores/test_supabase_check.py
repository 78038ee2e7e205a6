"""`check` tries everything that a save will need, and writes nothing."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from metaconnect.errors import (
    ClientNotFound,
    ConfigError,
    MetaconnectError,
    TablesMissing,
)
from metaconnect.models import AccessToken, Connection

from .test_supabase import store_of


def retyped(column, kind):
    """A view needs the column: another one takes its name."""
    return (
        (
            f"alter table meta_tokens rename {column} to kept;"
            f"alter table meta_tokens add {column} {kind}"
        ),
        (
            f"alter table meta_tokens drop {column};"
            f"alter table meta_tokens rename kept to {column}"
        ),
    )


# What a dashboard's own table may be like. Each: how to make it so, how to undo it,
# the error (None: a save works) and what it says.
SHAPES = {
    "as most are": ("select 1", "select 1", None, ""),
    "with a column that must be filled": (
        (
            "alter table meta_tokens add team int not null default 1;"
            "alter table meta_tokens alter team drop default"
        ),
        "alter table meta_tokens drop team",
        ConfigError,
        "team",
    ),
    "without a unique client_id": (
        "alter table meta_tokens drop constraint meta_tokens_client_id_key",
        "alter table meta_tokens add unique (client_id)",
        TablesMissing,
        "no unique constraint",
    ),
    "with a row for each ad account": (
        (
            "alter table meta_tokens drop constraint meta_tokens_client_id_key,"
            " add constraint each unique (client_id, ad_account_id)"
        ),
        "alter table meta_tokens drop constraint each, add unique (client_id)",
        ConfigError,
        "for each client and ad account",
    ),
    "that may only be read": (
        'alter policy "own tokens" on meta_tokens with check (false)',
        (
            'alter policy "own tokens" on meta_tokens with check (client_id in'
            " (select c.id from clients c where c.owner_id = (select auth.uid())))"
        ),
        ClientNotFound,
        "to see, not to change",
    ),
    "without the right to update": (
        "revoke update on meta_tokens from authenticated",
        "grant update on meta_tokens to authenticated",
        ConfigError,
        "no right",
    ),
    "with numbers for ad accounts": (
        *retyped("ad_account_id", "bigint"),
        TablesMissing,
        "another type",
    ),
    "with small numbers for users": (
        *retyped("user_facebook_id", "int"),
        TablesMissing,
        "another type",
    ),
    "with room for short tokens": (
        *retyped("access_token", "varchar(100)"),
        TablesMissing,
        "another type",
    ),
    "with a Unix time for the expiry": (
        *retyped("token_expires_at", "bigint"),
        TablesMissing,
        "another type",
    ),
    "with a time without a zone": (
        *retyped("token_expires_at", "timestamp"),
        None,
        "",
    ),
    "with a rule about values": (
        "alter table meta_tokens add constraint c check (length(access_token) < 9)",
        "alter table meta_tokens drop constraint c",
        None,
        "",
    ),
    "with a trigger about values": (
        (
            "create function refuse() returns trigger language plpgsql as $$ begin"
            " if length(new.access_token) > 50 then raise exception 'no'; end if;"
            " return new; end $$;"
            "create trigger refuse before insert on meta_tokens"
            " for each row execute function refuse()"
        ),
        "drop function refuse cascade",
        None,
        "",
    ),
    "with a trigger that drops rows": (
        (
            "create function skip() returns trigger language plpgsql as"
            " $$ begin return null; end $$;"
            "create trigger skip before insert on meta_tokens"
            " for each row execute function skip()"
        ),
        "drop function skip cascade",
        ConfigError,
        "did not store",
    ),
    "with some of our columns": (
        "alter table meta_tokens add currency text, add updated_at timestamptz",
        "alter table meta_tokens drop currency, drop updated_at",
        None,
        "",
    ),
    "with a column of our name and another type": (
        "alter table meta_tokens add app_id uuid",
        "alter table meta_tokens drop app_id",
        None,
        "",
    ),
    "with a column of our name and no right to it": (
        (
            "alter table meta_tokens add currency text;"
            "revoke insert on meta_tokens from authenticated;"
            "grant insert (client_id, access_token, user_facebook_id, ad_account_id,"
            " token_expires_at) on meta_tokens to authenticated"
        ),
        (
            "alter table meta_tokens drop currency;"
            "grant insert on meta_tokens to authenticated"
        ),
        None,
        "",
    ),
}


@contextmanager
def changed(stack, change, undo):
    """The stack is shared: put its schema back, whatever happens."""
    stack.ddl(change)
    try:
        yield
    finally:
        stack.sql("delete from meta_tokens")
        stack.ddl(undo)


@pytest.fixture
def stack(make_stack):
    return make_stack(minimal=True)


@pytest.fixture
def owner(stack):
    return stack.add_user("owner@example.com")


@pytest.fixture
def client_id(stack, owner):
    return stack.add_client("Acme", owner)


@pytest.fixture
def store(stack, owner):
    return store_of(stack, owner)


@pytest.fixture
def connection(client_id):
    return Connection(
        client_id=client_id,
        token=AccessToken(
            value="EAAshort", expires_at=datetime(2027, 1, 1, tzinfo=UTC)
        ),
        user_facebook_id="100",
        ad_account_id="act_10",
        currency="JPY",
    )


def content(stack):
    return stack.sql("select to_jsonb(t) from meta_tokens t")


@pytest.mark.parametrize(
    ("change", "undo", "error", "words"), SHAPES.values(), ids=SHAPES
)
def test_a_check_foretells_a_save(stack, store, connection, change, undo, error, words):
    with changed(stack, change, undo):
        if error:
            with pytest.raises(error, match=words) as failure:
                store.check(connection.client_id)
            assert failure.value.hint
            assert content(stack) == []
            return
        for _ in ("the first", "the next"):
            before = content(stack)
            store.check(connection.client_id)
            assert content(stack) == before
            saved = store.save(connection)
            assert saved.token == connection.token
            assert store.get(connection.client_id) == saved


def test_each_optional_column_is_used_where_it_is(stack, store, connection):
    change, undo, *_ = SHAPES["with some of our columns"]
    with changed(stack, change, undo):
        saved = store.save(connection)

        assert saved.currency == "JPY"
        assert saved.user_name is None
        assert stack.sql("select currency from meta_tokens") == [("JPY",)]


def test_the_columns_are_looked_up_once(stack, store, connection):
    store.check(connection.client_id)
    stack.requests.clear()

    store.save(connection)
    store.save(connection)
    assert [request.method for request in stack.requests] == ["POST", "POST"]


def test_without_a_right_to_our_columns_the_dates_are_read_all_the_same(
    make_stack,
):
    stack = make_stack()
    owner = stack.add_user("owner@example.com")
    store = store_of(stack, owner)
    client_id = stack.add_client("Acme", owner)
    right = "insert (currency) on meta_tokens {} authenticated"
    with changed(
        stack, f"revoke {right.format('from')}", f"grant {right.format('to')}"
    ):
        store.check(client_id)
        token = AccessToken(value="EAAx")
        saved = store.save(
            Connection(client_id=client_id, token=token, user_facebook_id="1")
        )
        assert saved.updated_at


def test_another_name_of_the_expiry_can_be_renamed(stack, store, connection):
    rename = "alter table meta_tokens rename token_expires_at to expires_at"
    undo = "alter table meta_tokens rename expires_at to token_expires_at"
    stack.add_token(connection.client_id)
    with changed(stack, rename, undo):
        for attempt in (
            lambda: store.check(connection.client_id),
            lambda: store.get(connection.client_id),
        ):
            with pytest.raises(
                TablesMissing, match="lacks token_expires_at"
            ) as failure:
                attempt()
            advice = "rename column expires_at to token_expires_at;"
            assert advice in failure.value.hint


def test_a_client_whose_owner_is_not_found_comes_with_the_insert(make_stack):
    """The dashboard shows the client; our policies have nobody to go by."""
    stack = make_stack()
    owner = stack.add_user("owner@example.com")
    client_id = stack.add_client("Acme", owner)
    colleague = stack.add_user("colleague@example.com")
    stack.ddl(
        "create policy everybody on clients for select to authenticated using (true)"
    )
    try:
        store = store_of(stack, colleague)
        with pytest.raises(ClientNotFound, match="to see, not to change") as failure:
            store.check(client_id)
        hint = failure.value.hint
        stack.sql(hint[hint.index("insert into") :])
        store.check(client_id)
    finally:
        stack.ddl("drop policy everybody on clients")


def test_two_rows_for_two_ad_accounts_are_said_to_be_by_design(stack, store, client_id):
    change, undo, *_ = SHAPES["with a row for each ad account"]
    with changed(stack, change, undo):
        for account in ("act_1", "act_2"):
            stack.add_token(client_id)
            stack.sql(
                "update meta_tokens set ad_account_id = %s where ad_account_id is null",
                account,
            )
        with pytest.raises(TablesMissing, match="several rows") as failure:
            store.get(client_id)
        assert "METACONNECT_STORE=local" in failure.value.hint


def test_a_deleted_user_is_told_from_a_missing_client(make_stack):
    stack = make_stack()
    owner = stack.add_user("owner@example.com")
    client_id = stack.add_client("Acme", owner)
    editor = stack.add_user("editor@example.com")
    store = store_of(stack, editor)
    # No policy stands in the way: what is left is created_by, which has no user.
    stack.sql("delete from auth.users where id = %s", editor)
    stack.ddl("create policy all_in on meta_tokens to authenticated using (true)")
    try:
        token = AccessToken(value="EAAx")
        with pytest.raises(MetaconnectError, match="has been deleted") as failure:
            store.save(
                Connection(client_id=client_id, token=token, user_facebook_id="1")
            )
        assert failure.value.exit_code == 4
    finally:
        stack.ddl("drop policy all_in on meta_tokens")
