"""What the migrations make, and what they leave alone."""

from __future__ import annotations

import subprocess

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from metaconnect.errors import ConfigError
from metaconnect.stores.supabase import schema
from tests.stack.dashboards import Dashboard
from tests.stack.migrations import migrate

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


def as_owner(dsn, statement):
    with psycopg.connect(dsn, user="postgres") as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def apply(dsn):
    """Run the migrations as `init --apply` does; return what it tells."""
    heard = []
    schema.apply(make_conninfo(dsn, user="postgres"), heard.append)
    return heard


def sign_in(connection, user):
    claims = f'{{"sub": "{user}", "role": "authenticated"}}'
    connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    connection.execute("set local role authenticated")


def add_user(dsn):
    with psycopg.connect(dsn) as connection:
        insert = "insert into auth.users default values returning id"
        return connection.execute(insert).fetchone()[0]


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
