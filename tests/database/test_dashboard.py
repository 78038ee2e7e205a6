"""A dashboard's eye view: the real supabase-js reads what `connect` wrote."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.readme import blocks, commands, sections
from tests.stack import node

SCRIPT = Path(__file__).with_name("dashboard.mjs")
README = sections("Into a warehouse")["Supabase"]


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
        "insights": blocks(README, "ts")[0],
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


def connect(shell, stack, client):
    """Save a connection as a person does: signed in, through the browser."""
    shell.env |= {
        "NEXT_PUBLIC_SUPABASE_URL": stack.url,
        "NEXT_PUBLIC_SUPABASE_ANON_KEY": stack.publishable_key,
    }
    owner = ["login", "--email", "owner@example.com", "--password-stdin"]
    for done in (
        shell.run(*owner, stdin="pretend-password"),
        shell.run("connect", "--client", client, "--account", "first"),
    ):
        assert done.returncode == 0, done.stderr


@pytest.fixture
def client(stack, shell):
    owner, viewer = (
        stack.add_user(f"{name}@example.com") for name in ("owner", "viewer")
    )
    client = stack.add_client("Acme", owner)
    stack.add_member(client, viewer, "viewer")
    connect(shell, stack, client)
    return client


def test_the_owner_finds_the_connection_that_was_saved(stack, client, meta):
    seen = look(stack, client, "owner@example.com")

    found = seen["token"]["data"]
    token = meta.sandbox.tokens[found.pop("access_token")]
    assert token.long_lived
    expires_at = datetime.fromisoformat(found.pop("token_expires_at"))
    assert expires_at.utcoffset() == timedelta(0)
    assert abs(expires_at - token.expires_at) < timedelta(seconds=30)
    assert found == {
        "user_facebook_id": "122100000000000001",
        "ad_account_id": "act_101000000000000",
    }
    assert seen["clients"]["data"] == [{"id": client, "name": "Acme"}]


def test_a_viewer_finds_the_connection_without_its_token(stack, client):
    seen = look(stack, client, "viewer@example.com")

    assert seen["token"]["data"] is None
    (row,) = seen["connections"]["data"]
    assert row["ad_account_id"] == "act_101000000000000"
    assert "EAA" not in json.dumps(seen)


def test_a_viewer_reads_the_insights_that_the_owner_keeps(stack, client, shell):
    (sync,) = commands(README)
    arguments = [client if word == "ID" else word for word in sync.arguments]
    done = shell.run(*arguments)
    assert done.returncode == 0, done.stderr

    seen = look(stack, client, "viewer@example.com")["insights"]

    assert seen["error"] is None
    assert len(seen["data"]) == 28
    row = seen["data"][-1]
    day = row["date_start"]
    (meta,) = json.loads(
        shell.run("insights", "--client", client, "--fields", arguments[-1],
                  "--since", day, "--until", day).stdout
    )  # fmt: skip
    assert row == {name: meta[name] for name in row}
