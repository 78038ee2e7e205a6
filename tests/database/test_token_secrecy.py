"""Whoever may not read a token does not get it by a side door either."""

from __future__ import annotations

import pytest

from .world import SECRET

OUTSIDERS = ("viewer", "stranger", "anonymous", "expired")
RETURNING = {"Prefer": "return=representation"}
MERGING = {"Prefer": "return=representation,resolution=merge-duplicates"}
IGNORING = {"Prefer": "return=representation,resolution=ignore-duplicates"}
CSV = {"Accept": "text/csv"}
SINGLE = {"Accept": "application/vnd.pgrst.object+json"}
PRIVATE = {"Accept-Profile": "private", "Content-Profile": "private"}
AUTH = {"Accept-Profile": "auth"}
EMBEDDING = "clients?select=*,meta_tokens(*)"

READS = (
    ("meta_tokens", {}),
    ("meta_tokens?select=access_token", {}),
    ("meta_tokens?select=access_token&access_token=like.EAA*", {}),
    ("meta_tokens?access_token=not.is.null&order=access_token.desc&limit=1", {}),
    ("meta_tokens?client_id=eq.{acme}", SINGLE),
    ("meta_tokens", CSV),
    ("meta_connections", {}),
    ("meta_connections?select=access_token", {}),
    ("meta_connections?access_token=like.EAA*", {}),
    ("meta_connections", PRIVATE),
    ("meta_tokens", PRIVATE),
    ("users", AUTH),
    (EMBEDDING, {}),
    ("clients?select=*,secret:meta_tokens!inner(access_token)", {}),
    ("clients?select=name,...meta_tokens(access_token)", {}),
    ("client_members?select=*,clients(*,meta_tokens(*))", {}),
    ("meta_connections?select=*,meta_tokens(*)", {}),
    ("clients?select=*&meta_tokens.access_token=like.EAA*", {}),
    ("meta_tokens?or=(access_token.like.EAA*,client_id.not.is.null)", {}),
    ("rpc/meta_connections", {}),
    ("", {}),
)
ROW = {"client_id": "{acme}", "access_token": "EAAevil", "user_facebook_id": "666"}
WRITES = (
    ("POST", "meta_tokens", RETURNING, ROW),
    ("POST", "meta_tokens?on_conflict=client_id", MERGING, ROW),
    ("POST", "meta_tokens?on_conflict=client_id", IGNORING, ROW),
    ("POST", "meta_tokens?select=access_token", IGNORING, ROW),
    ("PATCH", "meta_tokens?client_id=eq.{acme}", RETURNING, {"ad_account_id": "act_6"}),
    ("PATCH", "meta_tokens?access_token=like.EAA*", RETURNING, {"ad_account_id": None}),
    (
        "PATCH",
        "meta_connections?client_id=eq.{acme}",
        RETURNING,
        {"client_id": "{fresh}"},
    ),
    ("DELETE", "meta_tokens?client_id=eq.{acme}", RETURNING, {}),
    ("DELETE", "meta_connections?client_id=eq.{acme}", RETURNING, {}),
    (
        "POST",
        "client_members?select=*",
        RETURNING,
        {"client_id": "{acme}", "role": "owner"},
    ),
    ("PATCH", "client_members?client_id=eq.{acme}", RETURNING, {"role": "owner"}),
    ("PATCH", "clients?id=eq.{acme}", RETURNING, {"name": "Mine"}),
    ("POST", "rpc/meta_connections", {}, {}),
    ("POST", "rpc/meta_connections", PRIVATE, {}),
    ("POST", "rpc/readable_client_ids", {}, {}),
)


def filled(world, value):
    if isinstance(value, dict):
        return {key: filled(world, inner) for key, inner in value.items()}
    if isinstance(value, str):
        return value.replace("{acme}", world.acme).replace("{fresh}", world.fresh)
    return value


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_no_way_of_reading_shows_the_token(actor, world):
    for path, headers in READS:
        response = world.send(actor, "GET", filled(world, path), headers=headers)
        assert SECRET not in response.text, path


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_no_way_of_writing_shows_or_changes_the_token(actor, world):
    before = world.rows("meta_tokens"), world.rows("clients")
    members = world.rows("client_members")
    for method, path, headers, body in WRITES:
        options = {"headers": headers, "json": filled(world, body)}
        response = world.send(actor, method, filled(world, path), **options)
        assert SECRET not in response.text, path
    assert (world.rows("meta_tokens"), world.rows("clients")) == before
    assert world.rows("client_members") == members


@pytest.mark.parametrize("actor", ["owner", "editor", "service_role"])
def test_the_same_requests_do_show_it_to_those_who_may(actor, world):
    shown = [
        path
        for path, headers in READS[:6]
        if SECRET in world.send(actor, "GET", filled(world, path), headers=headers).text
    ]
    assert shown == [path for path, _ in READS[:6]]


def test_embedding_shows_it_to_the_owner_alone(world):
    assert SECRET in world.send("owner", "GET", EMBEDDING).text
    assert SECRET not in world.send("viewer", "GET", EMBEDDING).text


@pytest.mark.parametrize("actor", ["viewer", "stranger"])
def test_counting_tells_nothing_about_hidden_rows(actor, world):
    headers = {"Prefer": "count=exact"}
    for guess in ("like.EAA*", "like.EAB*"):
        params = {"select": "client_id", "access_token": guess}
        options = {"params": params, "headers": headers}
        response = world.send(actor, "HEAD", "meta_tokens", **options)
        assert response.headers["content-range"] == "*/0"


def test_a_strangers_client_cannot_be_told_from_one_that_is_not_there(world):
    nowhere = "99999999-9999-4999-8999-999999999999"
    answers = [
        world.send("stranger", "POST", "meta_tokens", json=ROW | {"client_id": client})
        for client in (world.acme, world.fresh, nowhere)
    ]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1


def test_what_the_owner_upserts_can_be_kept_from_the_answer(world):
    params = {"on_conflict": "client_id", "select": "client_id,updated_at"}
    options = {"params": params, "headers": MERGING, "json": filled(world, ROW)}
    response = world.send("owner", "POST", "meta_tokens", **options)

    assert response.status_code == 200
    assert set(response.json()[0]) == {"client_id", "updated_at"}
