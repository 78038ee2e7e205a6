"""Whatever a dashboard has already: built upon, warned of, or refused."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from metaconnect.errors import ConfigError
from metaconnect.stores.supabase import schema

from .sql import add_user, as_owner, sign_in


def apply(dsn):
    """Run the migrations as `init --apply` does; return what it tells."""
    heard = []
    schema.apply(make_conninfo(dsn, user="postgres"), heard.append)
    return heard


def may_save(database, user):
    """Whether *user* may store a token of the only client, and how it is told."""
    insert = (
        "insert into meta_tokens (client_id, access_token, user_facebook_id)"
        " select id, 'EAApretend', '100' from clients"
    )
    with psycopg.connect(database) as connection:
        connection.execute("grant select on clients to authenticated")
        connection.execute("alter table clients disable row level security")
        sign_in(connection, user)
        try:
            return connection.execute(insert).rowcount == 1
        except psycopg.errors.InsufficientPrivilege:
            return False
        finally:
            connection.rollback()


def make_clients(database, columns, **values):
    as_owner(
        database,
        "create table clients (id uuid primary key default gen_random_uuid(),"
        f" {columns});"
        "alter table clients enable row level security",
    )
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    with psycopg.connect(database) as connection:
        insert = f"insert into clients ({names}) values ({places})"
        connection.execute(insert, tuple(values.values()))


USER = "uuid references auth.users (id)"
OWNED = {
    "owner_id": "owner_id uuid",
    "user_id": "user_id uuid",
    "user_id beside another": f"user_id uuid, created_by {USER}",
    "the only reference": f"account_manager {USER}, team uuid",
}


@pytest.mark.parametrize("columns", OWNED.values(), ids=OWNED)
def test_the_owner_of_a_dashboards_client_is_found(columns, database):
    owner, other = add_user(database), add_user(database)
    make_clients(database, columns, **{columns.split()[0]: owner})

    heard = apply(database)

    assert may_save(database, owner)
    assert not may_save(database, other)
    assert "No column" not in "".join(heard)


NOT_OWNED = {
    "no such column": "team uuid",
    "two references": f"created_by {USER}, updated_by {USER}",
    "an id of another type": "user_id text",
}


@pytest.mark.parametrize("columns", NOT_OWNED.values(), ids=NOT_OWNED)
def test_where_no_owner_is_found_the_members_decide_and_that_is_said(columns, database):
    user = add_user(database)
    make_clients(database, columns, **{columns.split()[0]: str(user)})

    (warning,) = apply(database)
    assert "No column of public.clients" in warning
    assert not may_save(database, user)

    said = warning[warning.index("insert into") :]
    with psycopg.connect(database) as connection:
        query = "update auth.users set email = 'a@b.test' returning id"
        connection.execute(query)
        (client,) = connection.execute("select id::text from clients").fetchone()
        said = said.replace("CLIENT", client).replace("ADDRESS", "a@b.test")
        connection.execute(said)
    assert may_save(database, user)


@pytest.mark.parametrize("table", ["clients", "client_members", "meta_tokens"])
def test_a_table_without_row_level_security_is_warned_of(table, database):
    apply(database)
    as_owner(database, f"alter table {table} disable row level security")

    (warning,) = apply(database)

    assert f"off on public.{table}" in warning
    as_owner(database, warning[warning.index("alter table") :])
    assert apply(database) == []


ODD = {
    "clients is a view": ("create view clients as select 1 as id", "is a view"),
    "meta_tokens is a view": ("create view meta_tokens as select 1 as id", "is a view"),
    "no primary key": ("create table clients (id uuid)", "no primary key"),
    "a key of two columns": (
        "create table clients (id uuid, team int, primary key (team, id))",
        "no primary key",
    ),
    "clients without id": (
        "create table clients (client uuid primary key)",
        "no primary",
    ),
    "meta_tokens without client_id": (
        "create table meta_tokens (id int primary key)",
        "lacks client_id",
    ),
    "members without columns": (
        "create table client_members (id int, role text)",
        "lacks client_id, user_id",
    ),
    "members of another type": (
        "create table client_members (client_id uuid, user_id text, role text)",
        "user_id is of type text, not uuid",
    ),
    "members of other ids": (
        (
            "create table clients (id bigint primary key);"
            "create table client_members (client_id uuid, user_id uuid, role text)"
        ),
        "client_id is of type uuid, not bigint",
    ),
}


@pytest.mark.parametrize(("statement", "words"), ODD.values(), ids=ODD)
def test_what_cannot_be_built_upon_is_refused_and_nothing_changed(
    statement, words, database
):
    as_owner(database, statement)
    tables = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
    before = as_owner(database, tables)

    with pytest.raises(ConfigError, match=words) as failure:
        apply(database)
    assert "Nothing was changed" in failure.value.hint
    with (
        psycopg.connect(database, autocommit=True) as connection,
        pytest.raises(psycopg.errors.RaiseException),
    ):
        connection.execute(schema.script())
    assert as_owner(database, tables) == before
    assert as_owner(database, "select to_regnamespace('private')::text") == [(None,)]


def test_a_role_may_be_an_enum(database):
    as_owner(
        database,
        "create type role as enum ('viewer', 'editor', 'owner');"
        "create table client_members (client_id uuid, user_id uuid, role role)",
    )
    apply(database)
    user = add_user(database)
    with psycopg.connect(database) as connection:
        sign_in(connection, user)
        assert connection.execute("select from meta_tokens").fetchall() == []


def test_the_script_is_one_transaction_that_postgrest_hears_of(database):
    script = schema.script()

    lines = [line for line in script.splitlines() if line and not line.startswith("--")]
    assert (lines[0], lines[-2:]) == (
        "begin;",
        ["notify pgrst, 'reload schema';", "commit;"],
    )
    assert "ON_ERROR_STOP=1" in script.split("begin;")[0]
    with psycopg.connect(database, user="postgres", autocommit=True) as connection:
        connection.execute("listen pgrst")
        connection.execute(script)
        (heard,) = connection.notifies(timeout=5, stop_after=1)
    assert heard.payload == "reload schema"
    assert as_owner(database, "select count(*) from meta_tokens") == [(0,)]


def test_a_table_of_insights_that_is_there_is_left_alone_and_said(database):
    as_owner(database, "create table public.meta_insights (day date)")

    said = apply(database)

    assert any("has a table of the name meta_insights:" in text for text in said)
    found = (
        "select string_agg(relname, ',') from pg_class where relname ~ '^meta_insights'"
    )
    assert as_owner(database, found) == [("meta_insights",)]
