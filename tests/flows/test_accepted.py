"""Connecting a client that is connected already."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from metaconnect.constants import META_GRAPH_URL
from metaconnect.errors import (
    AdAccountNotFound,
    CheckpointRequired,
    ConfigError,
    NetworkError,
)
from metaconnect.flows.accepted import accepted
from metaconnect.models import MetaHost

from .conftest import asked

pytestmark = pytest.mark.anyio
OTHER = "act_101000000007919"


async def test_a_token_that_works_stays(flow, connect):
    stored = connect()

    result = await accepted(flow)

    assert (result.connection, result.is_new) == (stored, False)
    assert result.user.name == "Jane Doe"
    assert flow.store.get("acme") == stored


async def test_another_ad_account_is_chosen_with_the_same_token(flow, connect):
    stored = connect()

    result = await accepted(flow, OTHER)

    changed = flow.store.get("acme")
    assert result.connection == changed
    assert (changed.ad_account_id, result.ad_account.id) == (OTHER, OTHER)
    assert (changed.token, changed.timezone_name) == (stored.token, "Europe/Vienna")


async def test_the_ad_account_that_is_chosen_already_changes_nothing(flow, connect):
    stored = connect()

    assert (await accepted(flow, "101000000000000")).connection == stored
    assert flow.store.get("acme") == stored


@pytest.mark.parametrize("account", ["act_1", "Nobody's", "Alpenglow"])
async def test_an_ad_account_that_is_not_reached_changes_nothing(
    account, program, connect
):
    stored = connect()

    with pytest.raises(AdAccountNotFound):
        await program.connect("acme", account=account)
    assert program.parts.store.get("acme") == stored


@pytest.mark.parametrize("fault", ["190/460", "190/463", "102"])
async def test_a_token_that_meta_refuses_means_a_new_login(fault, flow, connect, meta):
    connect()
    meta.sandbox.plan("/me", fault)

    assert await accepted(flow) is None


async def test_so_does_one_that_has_expired_without_a_request(flow, connect, meta):
    connect(expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert await accepted(flow) is None
    assert asked(meta) == []


@pytest.mark.parametrize(
    ("fault", "error"), [("190/459", CheckpointRequired), ("drop", NetworkError)]
)
async def test_what_may_pass_is_no_reason_to_log_in(fault, error, flow, connect, meta):
    stored = connect()
    meta.sandbox.plan("/me", fault, 5)

    with pytest.raises(error):
        await accepted(flow)
    assert flow.store.get("acme") == stored


@pytest.mark.parametrize(
    "issuer", [{"graph_url": "http://127.0.0.1:9"}, {"app_id": "999"}]
)
async def test_a_token_of_another_issuer_is_not_sent(issuer, flow, connect, meta):
    connect(**issuer)

    assert await accepted(flow, OTHER) is None
    await flow.prepare()
    assert asked(meta) == []


class TestARealToken:
    async def test_is_not_replaced_by_that_of_a_sandbox(self, program, connect, meta):
        stored = connect(graph_url=META_GRAPH_URL)

        for force in (False, True):
            with pytest.raises(ConfigError, match="is connected at Meta") as caught:
                await program.connect("acme", force=force)
            assert "META_GRAPH_URL" in caught.value.hint
        with pytest.raises(ConfigError, match="is connected at Meta"):
            await program.resume("acme")

        assert program.parts.store.get("acme") == stored
        assert asked(meta) == []

    async def test_is_replaced_by_another_real_one(self, flow, connect):
        connect(graph_url=META_GRAPH_URL)

        await replace(flow, host=MetaHost()).prepare()
