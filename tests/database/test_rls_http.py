"""Row-level security through HTTP: who may do what to which table."""

from __future__ import annotations

import json

import pytest

from tests.stack.client import supabase_client

from .world import ACTORS, insights_row, outcome

RETURNING = "return=representation"
MERGING = f"{RETURNING},resolution=merge-duplicates"

# In the order of ACTORS: owner, editor, viewer, stranger, anonymous, service, expired.
MATRIX = """
clients          select  rows    rows    rows    none    refused rows    unauthorized
clients          insert  refused refused refused refused refused rows    unauthorized
clients          update  rows    none    none    none    refused rows    unauthorized
clients          upsert  refused refused refused refused refused rows    unauthorized
clients          delete  rows    none    none    none    refused rows    unauthorized
meta_tokens      select  rows    rows    none    none    refused rows    unauthorized
meta_tokens      insert  rows    rows    refused refused refused rows    unauthorized
meta_tokens      update  rows    rows    none    none    refused rows    unauthorized
meta_tokens      upsert  rows    rows    refused refused refused rows    unauthorized
meta_tokens      delete  rows    none    none    none    refused rows    unauthorized
client_members   select  rows    rows    rows    none    refused rows    unauthorized
client_members   insert  rows    refused refused refused refused rows    unauthorized
client_members   update  rows    none    none    none    refused rows    unauthorized
client_members   delete  rows    rows    rows    none    refused rows    unauthorized
meta_connections select  rows    rows    rows    none    refused rows    unauthorized
meta_insights    select  rows    rows    rows    none    refused rows    unauthorized
meta_insights    insert  rows    refused refused refused refused rows    unauthorized
meta_insights    update  rows    none    none    none    refused rows    unauthorized
meta_insights    delete  rows    none    none    none    refused rows    unauthorized
"""
CASES = [
    (table, verb, actor, expected)
    for table, verb, *outcomes in map(str.split, MATRIX.strip().splitlines())
    for actor, expected in zip(ACTORS, outcomes, strict=True)
]


def inserted(world, table):
    """A row that is new, for somebody who is not the one that asks."""
    return {
        "clients": {"name": "Other", "owner_id": world.users["owner"]},
        "client_members": {"client_id": world.acme, "user_id": world.users["stranger"]},
        "meta_tokens": {
            "client_id": world.fresh,
            "access_token": "EAAnew",
            "user_facebook_id": "200",
        },
        "meta_insights": insights_row(world.acme, "another"),
    }[table]


def changed(table):
    return {
        "clients": {"name": "Renamed"},
        "client_members": {"role": "viewer"},
        "meta_tokens": {"access_token": "EAAnew"},
        "meta_insights": {"spend": 11},
    }[table]


def request(world, actor, verb, table):
    key = "id" if table == "clients" else "client_id"
    acme = {key: f"eq.{world.acme}"}
    returning = {"Prefer": RETURNING}
    match verb:
        case "select":
            return world.send(actor, "GET", table, params=acme)
        case "insert":
            row = inserted(world, table)
            return world.send(actor, "POST", table, json=row, headers=returning)
        case "update":
            options = {"params": acme, "json": changed(table), "headers": returning}
            return world.send(actor, "PATCH", table, **options)
        case "delete":
            return world.send(actor, "DELETE", table, params=acme, headers=returning)
        case "upsert":
            row = inserted(world, table) | {key: world.acme}
            options = {"params": {"on_conflict": key}, "headers": {"Prefer": MERGING}}
            return world.send(actor, "POST", table, json=row, **options)


@pytest.mark.parametrize(("table", "verb", "actor", "expected"), CASES)
def test_each_may_do_what_the_matrix_says(table, verb, actor, expected, world):
    before = world.rows(table)

    response = request(world, actor, verb, table)

    assert outcome(response) == expected, response.text
    if table != "meta_connections":
        changes = expected == "rows" and verb != "select"
        assert (world.rows(table) != before) == changes


@pytest.mark.parametrize("actor", ["owner", "stranger"])
def test_whoever_is_signed_in_may_add_a_client_of_their_own(actor, world):
    headers = {"Prefer": RETURNING}
    response = world.send(
        actor, "POST", "clients", json={"name": "Mine"}, headers=headers
    )

    assert response.status_code == 201
    assert response.json()[0]["owner_id"] == world.users[actor]


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ("owner", "rows"),
        ("editor", "refused"),
        ("viewer", "refused"),
        ("stranger", "refused"),
        ("anonymous", "refused"),
        ("service_role", "rows"),
        ("expired", "unauthorized"),
    ],
)
def test_only_an_owner_or_the_service_role_replaces_a_window(actor, expected, world):
    row = insights_row(world.acme)
    series = {name: row[name] for name in ("client_id", "report_id", "account_id")}
    dates = {name: row[name] for name in ("date_start", "date_stop")}
    noted = {"fields": ["spend"], "row_count": 0, "read_at": row["synced_at"]}
    batch = {
        "series": series,
        "since": "2026-11-01",
        "until": "2026-11-01",
        "read_at": row["synced_at"],
        "metrics": ["spend"],
        "windows": [dates | noted],
        "rows": [],
    }
    before = world.rows("meta_insights")

    body = {"batch": json.dumps(batch)}
    response = world.send(actor, "POST", "rpc/meta_insights_replace", json=body)

    if expected == "rows":
        assert response.json() == []
        assert world.rows("meta_insights") == []
        assert len(world.rows("meta_insights_windows")) == 1
    else:
        assert outcome(response) == expected, response.text
        assert world.rows("meta_insights") == before
        assert world.rows("meta_insights_windows") == []


@pytest.mark.parametrize("actor", ACTORS)
def test_what_quotas_of_meta_say_is_the_service_roles_alone(actor, world):
    pause = {"app_id": "7", "ad_account_id": "1", "why": "Too many calls"}
    pause["paused_until"] = "2026-11-20T12:00:00Z"
    refused = "unauthorized" if actor == "expired" else "refused"
    expected = "rows" if actor == "service_role" else refused

    options = {"json": pause, "headers": {"Prefer": RETURNING}}
    written = world.send(actor, "POST", "meta_quotas", **options)
    read = world.send(actor, "GET", "meta_quotas")

    assert (outcome(written), outcome(read)) == (expected, expected)
    assert bool(world.rows("meta_quotas")) == (expected == "rows")


def test_insights_go_with_their_client_and_are_embedded_in_it(world):
    query = f"clients?select=name,meta_insights(date_start,spend)&id=eq.{world.acme}"
    (acme,) = world.send("viewer", "GET", query).json()
    assert acme["meta_insights"] == [{"date_start": "2026-11-01", "spend": 10.25}]

    world.send("owner", "DELETE", "clients", params={"id": f"eq.{world.acme}"})
    assert world.rows("meta_insights") == []


def test_nobody_may_write_the_bookkeeping_of_a_row(world):
    for column in ("id", "created_by", "updated_by", "created_at"):
        params = {"client_id": f"eq.{world.acme}"}
        body = {column: None}
        response = world.send("owner", "PATCH", "meta_tokens", params=params, json=body)
        assert outcome(response) == "refused", column


def test_a_dashboard_that_sends_updated_at_writes_the_databases_own(world):
    row = {
        "client_id": world.acme,
        "access_token": "EAAnew",
        "user_facebook_id": "200",
        "updated_at": "1999-01-01T00:00:00Z",
    }
    for client in (world.acme, world.fresh):
        response = world.send(
            "owner",
            "POST",
            "meta_tokens?on_conflict=client_id",
            headers={"Prefer": MERGING},
            json=row | {"client_id": client},
        )
        assert outcome(response) == "rows"
        assert not response.json()[0]["updated_at"].startswith("1999")


def test_an_id_is_never_chosen_by_a_user(world):
    chosen = {"id": "99999999-9999-4999-8999-999999999999", "name": "Mine"}

    assert outcome(world.send("owner", "POST", "clients", json=chosen)) == "refused"


def test_a_co_owner_may_not_delete_the_founders_client(world):
    world.stack.sql("update client_members set role = 'owner'")
    acme = {"id": f"eq.{world.acme}"}
    options = {"params": acme, "headers": {"Prefer": RETURNING}}

    assert outcome(world.send("editor", "DELETE", "clients", **options)) == "none"
    assert outcome(world.send("owner", "DELETE", "clients", **options)) == "rows"


def test_a_connection_can_be_embedded_in_its_client(world):
    embedding = f"clients?select=name,meta_connections(*)&id=eq.{world.acme}"
    (acme,) = world.send("viewer", "GET", embedding).json()
    assert acme["meta_connections"]["user_facebook_id"] == "100"
    assert "access_token" not in acme["meta_connections"]
    (row,) = world.send("viewer", "GET", "meta_connections?select=clients(name)").json()
    assert row == {"clients": {"name": "Acme"}}
    assert world.send("stranger", "GET", embedding).json() == []
    assert world.send("anonymous", "GET", embedding).is_error


def test_a_delete_without_a_filter_is_refused(world):
    response = world.send("owner", "DELETE", "meta_tokens")

    assert response.json()["code"] == "21000"
    assert len(world.rows("meta_tokens")) == 1


def test_deleting_a_client_deletes_its_token(world):
    world.send("owner", "DELETE", "clients", params={"id": f"eq.{world.acme}"})

    assert world.rows("meta_tokens") == []


@pytest.mark.parametrize("minimal", [False, True])
@pytest.mark.parametrize("id_type", ["uuid", "bigint", "text"])
def test_a_dashboards_own_ids_work_for_the_owner_alone(id_type, minimal, make_stack):
    stack = make_stack(id_type=id_type, minimal=minimal)
    owner = stack.add_user("owner@example.com")
    stranger = stack.add_user("stranger@example.com")
    client = stack.add_client("Acme", owner)
    stack.add_token(client)

    for user, rows in ((owner, 1), (stranger, 0)):
        with supabase_client(stack) as supabase:
            supabase.postgrest.auth(stack.access_token(user))
            for table in ("meta_tokens", "meta_connections"):
                query = (
                    supabase.table(table).select("client_id").eq("client_id", client)
                )
                ids = [str(row["client_id"]) for row in query.execute().data]
                assert ids == [client] * rows
