"""A dashboard's eye view: the real supabase-js reads what was written in Python."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.stack import node
from tests.stack.client import supabase_client

SCRIPT = Path(__file__).with_name("dashboard.mjs")
EXPIRES_AT = datetime(2030, 1, 31, 23, 59, 58, tzinfo=UTC)


def look(stack, client, email):
    """What the dashboard finds when *email* signs in to it."""
    if reason := node.missing():
        pytest.skip(reason)
    package = node.modules() / "@supabase" / "supabase-js"
    modules = json.loads((package / "package.json").read_text())
    facts = {
        "url": stack.url,
        "key": stack.publishable_key,
        "email": email,
        "password": "pretend-password",
        "client_id": client,
    }
    done = subprocess.run(
        ["node", SCRIPT, package / modules["main"]],
        input=json.dumps(facts),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write(stack, client):
    """Save a connection as the store does: signed in, one upsert on client_id."""
    row = {
        "client_id": client,
        "access_token": "EAApretend",
        "user_facebook_id": "100",
        "ad_account_id": "act_1",
        "token_expires_at": EXPIRES_AT.isoformat(),
    }
    with supabase_client(stack) as supabase:
        credentials = {"email": "owner@example.com", "password": "pretend-password"}
        supabase.auth.sign_in_with_password(credentials)
        supabase.table("meta_tokens").upsert(row, on_conflict="client_id").execute()


@pytest.fixture
def client(stack):
    owner, viewer = (
        stack.add_user(f"{name}@example.com") for name in ("owner", "viewer")
    )
    client = stack.add_client("Acme", owner)
    stack.add_member(client, viewer, "viewer")
    write(stack, client)
    return client


def test_the_owner_finds_the_connection_that_was_saved(stack, client):
    seen = look(stack, client, "owner@example.com")

    expires_at = seen["token"]["data"].pop("token_expires_at")
    assert datetime.fromisoformat(expires_at) == EXPIRES_AT
    assert seen["token"]["data"] == {
        "access_token": "EAApretend",
        "user_facebook_id": "100",
        "ad_account_id": "act_1",
    }
    assert seen["clients"]["data"] == [{"id": client, "name": "Acme"}]


def test_a_viewer_finds_the_connection_without_its_token(stack, client):
    seen = look(stack, client, "viewer@example.com")

    assert seen["token"]["data"] is None
    assert [row["ad_account_id"] for row in seen["connections"]["data"]] == ["act_1"]
    assert "EAApretend" not in json.dumps(seen)
