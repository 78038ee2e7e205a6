"""`check` tries everything that a save will need, and writes nothing."""

from datetime import UTC, datetime

import pytest

from metaconnect.errors import ClientNotFound, MetaconnectError, TablesMissing
from metaconnect.models import AccessToken, Connection

from .shapes import SHAPES, changed
from .test_supabase import store_of


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
