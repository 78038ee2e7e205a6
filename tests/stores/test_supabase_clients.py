"""Clients are added and removed in the dashboard's own table."""

import pytest

from metaconnect.errors import ClientNotFound, ConfigError, UsageError
from metaconnect.stores.supabase.clients import ClientAdmin
from metaconnect.stores.supabase.project import SupabaseProject


@pytest.fixture(params=["uuid", "bigint", "text"])
def stack(request, make_stack):
    return make_stack(id_type=request.param)


@pytest.fixture
def owner(stack):
    return stack.add_user("owner@example.com")


@pytest.fixture
def admin(stack, owner):
    return admin_of(stack, owner)


def admin_of(stack, user):
    token = stack.access_token(user)
    return ClientAdmin(SupabaseProject(stack.url, stack.publishable_key), lambda: token)


def test_a_new_client_is_ones_own_and_has_an_id(stack, owner, admin):
    acme = admin.add_client("Acme")

    assert acme.name == "Acme"
    assert admin.clients() == [acme]
    rows = stack.sql("select id::text, owner_id::text from clients")
    assert rows == [(acme.id, owner)]


def test_a_client_goes_by_id_or_by_name_and_takes_its_connection_along(stack, admin):
    acme, other = admin.add_client("Acme"), admin.add_client("Other")
    stack.add_token(acme.id)

    assert admin.remove_client(acme.id) == acme
    assert stack.sql("select count(*) from meta_tokens") == [(0,)]
    assert admin.remove_client("Other") == other
    assert admin.clients() == []


def test_a_name_that_two_clients_have_removes_neither(admin):
    ids = {admin.add_client("Acme").id, admin.add_client("Acme").id}

    with pytest.raises(UsageError, match="2 clients are called 'Acme'") as failure:
        admin.remove_client("Acme")
    assert all(client_id in str(failure.value) for client_id in ids)
    assert len(admin.clients()) == 2


def test_nobody_removes_what_is_not_theirs(stack, owner, admin):
    acme = admin.add_client("Acme")
    stranger = admin_of(stack, stack.add_user("stranger@example.com"))

    with pytest.raises(ClientNotFound, match="no client 'Acme'"):
        stranger.remove_client("Acme")
    assert admin.clients() == [acme]


def test_a_mere_member_is_told_that_it_is_not_theirs(make_stack):
    stack = make_stack()
    client_id = stack.add_client("Acme", stack.add_user("owner@example.com"))
    member = stack.add_user("editor@example.com")
    stack.add_member(client_id, member, "editor")

    with pytest.raises(ClientNotFound, match="not yours to remove"):
        admin_of(stack, member).remove_client("Acme")


def test_a_name_that_the_table_refuses_is_the_callers_mistake(make_stack):
    stack = make_stack()
    admin = admin_of(stack, stack.add_user("owner@example.com"))

    with pytest.raises(UsageError, match="clients_name_check"):
        admin.add_client("   ")


def test_the_service_role_is_nobody_to_own_a_client(make_stack):
    stack = make_stack()
    project = SupabaseProject(stack.url, stack.secret_key)

    with pytest.raises(ConfigError) as failure:
        ClientAdmin(project, lambda: stack.secret_key).add_client("Acme")
    assert "log in" in failure.value.hint


def test_a_table_that_calls_names_otherwise_is_listed_by_id(stack, owner, admin):
    client_id = stack.add_client("Acme", owner)
    stack.ddl("alter table clients rename name to title")
    try:
        (client,) = admin.clients()
    finally:
        stack.ddl("alter table clients rename title to name")
    assert (client.id, client.name) == (client_id, client_id)
