"""Connecting with a token that was issued elsewhere."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from metaconnect import redact
from metaconnect.blocking import Metaconnect
from metaconnect.errors import (
    CheckpointRequired,
    ConfigError,
    GraphError,
    MetaconnectError,
    NetworkError,
    PermissionDeclined,
    TokenRejected,
    UsageError,
)

from .conftest import ALL, asked

pytestmark = pytest.mark.anyio
SYSTEM_USER = "122100000000000099"


@pytest.fixture
def token(meta):
    def issue(**facts):
        return meta.sandbox.issue_token(**{"scopes": tuple(ALL)} | facts)

    return issue


def stored(program, client_id="acme"):
    return program.parts.store.get(client_id)


def extended(meta):
    return asked(meta, "/oauth/access_token")


async def test_a_long_lived_one_is_kept_as_it_is(program, token, meta):
    value = token()

    result = await program.connect_with_token("acme", f" {value}\n", account="first")

    assert stored(program) == result.connection
    assert result.connection.token.value == value
    assert result.user.name == "Jane Doe"
    days = (result.connection.token.expires_at - datetime.now(UTC)) / timedelta(days=1)
    assert 59 < days < 61
    assert extended(meta) == []
    assert program.parts.pending.clients() == []


async def test_a_short_lived_one_is_extended(program, token, meta):
    value = token(expires_in=5400)

    await program.connect_with_token("acme", value)

    kept = stored(program).token
    assert kept.value != value
    assert meta.sandbox.tokens[kept.value].long_lived
    assert kept.expires_at > datetime.now(UTC) + timedelta(days=59)


@pytest.mark.parametrize("life", [None, 5_000_000, 3600])
async def test_a_system_users_is_kept_as_it_is(program, token, meta, life):
    value = token(kind="SYSTEM_USER", expires_in=life)

    result = await program.connect_with_token("acme", value, account="first")

    connection = stored(program)
    assert connection.token.value == value
    assert (connection.token.expires_at is None) is (life is None)
    assert connection.user_facebook_id == SYSTEM_USER
    assert len(result.ad_accounts) == 3
    assert extended(meta) == asked(meta, "/me/permissions") == []


async def test_it_takes_the_place_of_a_connection(program, connect, token):
    former = connect()
    value = token()

    await program.connect_with_token("acme", value)
    assert former.token.value != stored(program).token.value == value


async def refused(program, value, error):
    """Return the error, after nothing was saved and nothing kept."""
    with pytest.raises(error) as failure:
        await program.connect_with_token("acme", value)
    assert await program.connections() == []
    assert program.parts.secrets.get_all() == {}
    if value.strip():
        assert value not in str(failure.value) + failure.value.hint
    return failure.value


async def test_another_apps_is_refused_before_it_is_used(program, token, meta):
    error = await refused(program, token(app_id="999"), ConfigError)

    assert "did not match the Viewing App" in str(error)
    assert "META_APP_ID" in error.hint
    assert asked(meta, "/me") == extended(meta) == []


async def test_another_apps_that_may_be_inspected_is_refused_too(
    program, token, meta, monkeypatch
):
    """An app's developer may inspect the tokens of their other apps."""
    from metaconnect.flows import adopt

    inspect = adopt.inspect_token

    async def of_another(*args):
        from msgspec.structs import replace

        return replace(await inspect(*args), app_id="999")

    monkeypatch.setattr(adopt, "inspect_token", of_another)
    error = await refused(program, token(), ConfigError)
    assert "app 999, not by " + meta.app_id in str(error)


async def test_an_expired_one_is_refused_with_metas_reason(program, token, meta):
    value = token(expires_in=100)
    meta.sandbox.advance(200)

    error = await refused(program, value, TokenRejected)
    assert "expired" in f"{error} {error.hint}"


@pytest.mark.parametrize(
    ("reason", "error"), [("190/460", TokenRejected), ("190/459", CheckpointRequired)]
)
async def test_one_that_is_not_valid_is_refused(program, token, meta, reason, error):
    meta.sandbox.switches.token_error = reason

    assert (await refused(program, token(), error)).code == 190


@pytest.mark.parametrize("value", ["EAAunknown0123456789", "0123456789abcdef"])
async def test_what_meta_does_not_know_is_refused(program, value):
    await refused(program, value, TokenRejected)


@pytest.mark.parametrize(
    "value", ["", " \n", "two words", "EAA\x1b[2J", "EAAé", "a\nb"]
)
async def test_what_is_no_token_is_not_sent(program, value, meta):
    await refused(program, value, UsageError)

    assert asked(meta) == []


async def test_an_apps_own_is_refused(program, meta):
    await refused(program, f"{meta.app_id}|{meta.app_secret}", UsageError)


@pytest.mark.parametrize(
    ("kind", "hint"), [("USER", "--rerequest"), ("SYSTEM_USER", "system user's token")]
)
async def test_one_without_the_permissions_is_refused(program, token, kind, hint):
    value = token(kind=kind, scopes=("business_management",))

    assert hint in (await refused(program, value, PermissionDeclined)).hint


@pytest.mark.parametrize("fault", ["100/app-token", "1", "drop"])
async def test_one_that_cannot_be_inspected_is_not_kept(program, token, meta, fault):
    meta.sandbox.plan("/debug_token", fault, None)

    kinds = (GraphError, MetaconnectError)
    assert isinstance(await refused(program, token(), kinds), MetaconnectError)


async def test_after_the_inspection_nothing_is_lost(program, token, meta):
    value = token()
    meta.sandbox.plan("/me", "drop", None)

    with pytest.raises(NetworkError) as failure:
        await program.connect_with_token("acme", value)
    assert "connect --resume --client acme" in failure.value.hint
    meta.sandbox.planned.clear()
    assert (await program.resume("acme")).connection.token.value == value


async def test_it_is_masked_and_in_no_log(program, token, caplog, monkeypatch):
    monkeypatch.setattr(redact, "_remembered", {})
    redact.mask_secrets_in_logs()
    caplog.set_level(logging.DEBUG)
    value = token(expires_in=5400)

    await program.connect_with_token("acme", value)

    assert "debug_token" in caplog.text
    assert value not in caplog.text
    assert value in redact._remembered


def test_without_await(settings, token):
    value = token()

    with Metaconnect(settings) as meta:
        found = meta.connect_with_token("acme", value, account="first")
        assert meta.connection("acme") == found
        assert found.token.value == value
