"""No token is stored where the publishable key alone could read it."""

import pytest

from metaconnect.errors import ConfigError, TokensExposed
from metaconnect.models import AccessToken, Connection
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.store import SupabaseStore

from .shapes import changed
from .test_supabase import store_of

TABLES = ("clients", "client_members", "meta_tokens")
OPEN = (
    "alter table {table} disable row level security;"
    "grant select, insert, update on {table} to anon"
)
CLOSE = "alter table {table} enable row level security; revoke all on {table} from anon"


@pytest.fixture
def client_id(stack):
    return stack.add_client("Acme", stack.add_user("owner@example.com"))


@pytest.fixture
def store(stack, client_id):
    ((owner,),) = stack.sql("select id::text from auth.users")
    return store_of(stack, owner)


@pytest.fixture
def connection(client_id):
    token = AccessToken(value="EAAsecret")
    return Connection(client_id=client_id, token=token, user_facebook_id="100")


def service(stack, publishable_key):
    project = SupabaseProject(stack.url, stack.secret_key, publishable_key)
    return SupabaseStore(project, lambda: stack.secret_key)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_strangers_use_is_refused_also_while_it_is_empty(
    stack, store, client_id, table
):
    with changed(stack, OPEN.format(table=table), CLOSE.format(table=table)):
        for one in (store, service(stack, stack.publishable_key)):
            with pytest.raises(TokensExposed, match=f"the table {table}:") as failure:
                one.check(client_id)
            assert failure.value.exit_code == 3
    fix = failure.value.hint
    assert f"alter table public.{table} enable row level security;" in fix
    assert f"revoke all on public.{table} from anon;" in fix


def test_a_policy_for_everybody_is_refused(stack, store, client_id):
    stack.add_token(client_id)
    opened = (
        "grant select on meta_tokens to anon;"
        "create policy open on meta_tokens for select using (true)"
    )
    closed = "revoke select on meta_tokens from anon; drop policy open on meta_tokens"
    with changed(stack, opened, closed), pytest.raises(TokensExposed):
        store.check(client_id)


def test_a_token_that_proves_visible_is_taken_back(stack, store, connection):
    """Strangers may read and not write: while the table is empty nothing tells."""
    opened = (
        "grant select on meta_tokens to anon;"
        "create policy open on meta_tokens for select using (true)"
    )
    closed = "revoke select on meta_tokens from anon; drop policy open on meta_tokens"
    with changed(stack, opened, closed):
        store.check(connection.client_id)
        with pytest.raises(TokensExposed):
            store.save(connection)
        assert stack.sql("select count(*) from meta_tokens") == [(0,)]


def test_older_default_grants_behind_row_level_security_are_no_exposure(
    stack, store, connection
):
    grants = "grant all on clients, client_members, meta_tokens to anon"
    undo = "revoke all on clients, client_members, meta_tokens from anon"
    with changed(stack, grants, undo):
        store.check(connection.client_id)
        assert store.save(connection) == store.get(connection.client_id)


def test_the_probe_carries_the_publishable_key_alone(stack, store, client_id):
    stack.requests.clear()
    store.check_exposure(client_id)

    assert [(r.method, r.status) for r in stack.requests] == [("GET", 401)] * 3


def test_the_service_role_needs_the_publishable_key_for_it(stack, client_id):
    for key in (None, stack.secret_key):
        with pytest.raises(ConfigError, match="publishable key is missing") as failure:
            service(stack, key).check(client_id)
        assert "SUPABASE_KEY" in failure.value.hint


def test_a_publishable_key_that_is_refused_proves_nothing(stack, client_id):
    with pytest.raises(ConfigError, match="API key"):
        service(stack, "wrong").check(client_id)


def test_connect_stops_before_the_browser_opens(shell, stack, meta, client_id):
    shell.env |= {
        "SUPABASE_URL": stack.url,
        "SUPABASE_KEY": stack.publishable_key,
        "SUPABASE_SERVICE_ROLE_KEY": stack.secret_key,
    }
    words = {"table": "meta_tokens"}
    with changed(stack, OPEN.format(**words), CLOSE.format(**words)):
        done = shell.run("connect", "--client", client_id, "--service-role")

    assert done.returncode == 3, done.stderr
    assert "alter table public.meta_tokens enable row level security;" in done.stderr
    assert meta.sandbox.requests == []
