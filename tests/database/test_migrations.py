"""What the migrations make, and what they leave alone."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

from tests.stack.dashboards import Dashboard
from tests.stack.migrations import migrate

from .sql import add_user, as_owner, sign_in

SHAPES = [
    Dashboard(),
    Dashboard(id_type="uuid", minimal=True),
    Dashboard(id_type="bigint"),
    Dashboard(id_type="bigint", minimal=True),
    Dashboard(id_type="text"),
    Dashboard(id_type="text", minimal=True),
    Dashboard(owner_column="user_id"),
]


def name(shape):
    return f"{shape.id_type}-{shape.owner_column}-{'minimal' if shape.minimal else ''}"


@pytest.fixture
def dump(postgres):
    """The schema as pg_dump writes it, less the key it draws by lot."""
    program = postgres.programs / "pg_dump"
    if not program.exists():
        pytest.skip("pg_dump is needed:  apt-get install postgresql")

    def run(dsn, *options):
        command = [program, "--schema-only", *options, dsn]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return [line for line in done.stdout.splitlines() if "restrict " not in line]

    return run


@pytest.mark.parametrize("shape", SHAPES, ids=name)
def test_a_second_run_changes_nothing(shape, database, dump):
    shape.create(database)
    migrate(database)
    first = dump(database)

    migrate(database)

    assert dump(database) == first


@pytest.mark.parametrize("shape", SHAPES[1:], ids=name)
def test_tables_that_exist_are_left_as_they_are(shape, database, dump):
    shape.create(database)
    owned = ["--table=public.clients"]
    if shape.minimal:
        owned.append("--table=public.meta_tokens")
    before = dump(database, *owned)

    migrate(database)

    assert dump(database, *owned) == before


@pytest.mark.parametrize(
    "id_type", ["uuid", "bigint", "text", "integer", "varchar(20)"]
)
def test_ids_have_the_type_of_the_clients_that_are_there(id_type, database):
    as_owner(database, f"create table clients (id {id_type} primary key)")

    migrate(database)

    types = as_owner(
        database,
        "select distinct split_part(format_type(atttypid, atttypmod), '(', 1)"
        " from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " where relkind in ('r', 'v') and relnamespace = 'public'::regnamespace and"
        " (relname, attname) in (('clients', 'id'), ('client_members', 'client_id'),"
        " ('meta_tokens', 'client_id'), ('meta_connections', 'client_id'))",
    )
    plain = {"varchar(20)": "character varying"}.get(id_type, id_type)
    assert types == [(plain,)]


@pytest.mark.parametrize("id_type", ["uuid", "bigint", "text"])
def test_a_meta_tokens_without_clients_decides_the_type_of_their_ids(id_type, database):
    as_owner(database, f"create table meta_tokens (client_id {id_type} unique)")

    migrate(database)
    user = add_user(database)
    with psycopg.connect(database) as connection:
        sign_in(connection, user)
        insert = "insert into clients (name) values ('Acme')"
        returned = connection.execute(f"{insert} returning pg_typeof(id)::text")
        assert returned.fetchone() == (id_type,)


def test_helpers_that_exist_are_kept(database):
    as_owner(database, "create schema private")
    as_owner(
        database,
        "create function private.writable_client_ids() returns setof uuid"
        " language sql stable as 'select null::uuid'",
    )

    migrate(database)

    query = "select prosrc from pg_proc where proname = 'writable_client_ids'"
    assert as_owner(database, query) == [("select null::uuid",)]


def test_the_view_has_only_columns_that_exist_and_never_the_token(database):
    Dashboard(minimal=True).create(database)
    as_owner(database, "alter table meta_tokens add column app_secret text")

    migrate(database)

    query = (
        "select attname from pg_attribute where attnum > 0"
        " and attrelid = 'meta_connections'::regclass"
    )
    columns = {row[0] for row in as_owner(database, query)}
    expected = {"client_id", "user_facebook_id", "ad_account_id", "token_expires_at"}
    assert columns == expected


def test_the_view_over_a_dashboards_own_table_obeys_its_policies(database):
    Dashboard(minimal=True).create(database)
    migrate(database)
    owner, member = add_user(database), add_user(database)
    with psycopg.connect(database) as connection:
        connection.execute(
            "with acme as (insert into clients (name, owner_id) values ('Acme', %s)"
            " returning id), token as (insert into meta_tokens (client_id) select id"
            " from acme) insert into client_members select id, %s from acme",
            (owner, member),
        )

    for user, rows in ((owner, 1), (member, 0)):
        with psycopg.connect(database) as connection:
            sign_in(connection, user)
            query = "select count(*) from meta_connections"
            assert connection.execute(query).fetchone() == (rows,)


def test_grants_by_default_of_older_projects_are_taken_back(database):
    as_owner(
        database,
        "alter default privileges in schema public"
        " grant all on tables to anon, authenticated, service_role",
    )

    migrate(database)

    query = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and (has_table_privilege('anon', oid, 'select, insert, update, delete,"
        " truncate') or has_table_privilege('authenticated', oid, 'truncate, trigger'))"
        " and relkind in ('r', 'v')"
    )
    assert as_owner(database, query) == []


def test_a_user_who_owns_a_client_is_not_deleted_along_with_it(database):
    migrate(database)
    user = add_user(database)
    with psycopg.connect(database) as connection:
        insert = "insert into clients (name, owner_id) values ('Acme', %s)"
        connection.execute(insert, (user,))

    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.IntegrityError),
    ):
        connection.execute("delete from auth.users where id = %s", (user,))
