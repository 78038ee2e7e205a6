"""The connect flow, where each of its steps fails once."""

import msgspec
import pytest
from msgspec.structs import replace

from metaconnect.errors import (
    AdAccountNotFound,
    CheckpointRequired,
    MetaconnectError,
    NetworkError,
    NothingToResume,
    PermissionDeclined,
    ServiceUnavailable,
    StoreError,
    TokenRejected,
)
from metaconnect.flows.accounts import choose_ad_account
from metaconnect.graph.accounts import list_ad_accounts

from .conftest import REDIRECT_URI, asked

pytestmark = pytest.mark.anyio
RESUME = "metaconnect connect --resume --client acme"
EVERY_TIME = 5  # as often as a request is tried
STEPS = {
    "inspect": "/debug_token",
    "extend": "/oauth/access_token",
    "permissions": "/me/permissions",
    "me": "/me",
    "adaccounts": "/me/adaccounts",
}
KEPT = {
    "190/459": CheckpointRequired,
    "190/490": CheckpointRequired,
    "1": ServiceUnavailable,
    "html-gateway": ServiceUnavailable,
    "drop": NetworkError,
}


def first(ad_accounts):
    return choose_ad_account("first", ad_accounts, None)


async def is_finished(flow, meta):
    """Whether the login that is kept can be finished without another."""
    result = await flow.finish(first)
    assert len(asked(meta, "/oauth/access_token")) >= 2
    exchanges = [r for r in asked(meta, "/oauth/access_token") if "code" in r["form"]]
    stored = flow.store.get("acme")
    return (
        stored == result.connection
        and stored.token.value in meta.sandbox.tokens
        and meta.sandbox.tokens[stored.token.value].long_lived
        and flow.pending.find("acme") is None
        and len(exchanges) == 1
    )


@pytest.mark.parametrize("fault", KEPT)
@pytest.mark.parametrize("step", STEPS)
async def test_what_may_pass_keeps_the_login(step, fault, flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)
    meta.sandbox.plan(STEPS[step], fault, EVERY_TIME)

    with pytest.raises(KEPT[fault]) as caught:
        await flow.finish(first)

    assert caught.value.hint.endswith(RESUME)
    assert flow.pending.find("acme")
    meta.sandbox.planned.clear()
    assert await is_finished(flow, meta)


@pytest.mark.parametrize("step", STEPS)
async def test_a_revoked_login_is_forgotten(step, flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)
    if step == "inspect":  # Meta then says it in the answer
        meta.sandbox.switches.token_error = "190/460"
    else:
        meta.sandbox.plan(STEPS[step], "190/460")

    with pytest.raises(TokenRejected) as caught:
        await flow.finish(first)

    assert "--resume" not in caught.value.hint
    assert flow.pending.find("acme") is None
    with pytest.raises(NothingToResume):
        await flow.finish(first)


async def test_a_checkpoint_that_debug_token_tells_of_keeps_it(flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)
    meta.sandbox.switches.token_error = "190/459"

    with pytest.raises(CheckpointRequired, match="log in to www"):
        await flow.finish(first)

    meta.sandbox.switches.token_error = ""
    assert await is_finished(flow, meta)


async def test_an_app_that_may_not_inspect_tokens_connects(flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)
    meta.sandbox.plan("/debug_token", "100/app-token", None)

    assert await is_finished(flow, meta)


@pytest.mark.parametrize("fault", [*KEPT, "190/460", "36009"])
async def test_a_failed_code_exchange_is_not_repeated(fault, flow, code, meta):
    meta.sandbox.plan("/oauth/access_token", fault)

    with pytest.raises(MetaconnectError) as caught:
        await flow.exchange(code(), REDIRECT_URI)

    assert "--resume" not in caught.value.hint
    assert len(asked(meta)) == 1
    assert flow.pending.find("acme") is None


async def test_a_failed_code_exchange_leaves_a_login_that_was_kept(flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)
    kept = flow.pending.find("acme")
    meta.sandbox.plan("/oauth/access_token", "drop")

    with pytest.raises(NetworkError):
        await flow.exchange(code(), REDIRECT_URI)
    assert flow.pending.find("acme") == kept


async def test_a_declined_login_is_forgotten(flow, code):
    declined = ["ads_read", "ads_management"]
    await flow.exchange(code(["business_management"], declined), REDIRECT_URI)

    with pytest.raises(PermissionDeclined) as caught:
        await flow.finish(first)

    assert "metaconnect connect --rerequest --client acme" in caught.value.hint
    assert "--resume" not in caught.value.hint
    assert flow.pending.find("acme") is None


@pytest.mark.parametrize("granted", ["ads_read", "ads_management"])
async def test_either_permission_is_enough(granted, flow, code):
    other = {"ads_read", "ads_management"} - {granted}
    await flow.exchange(code([granted], other), REDIRECT_URI)

    result = await flow.finish(first)

    assert result.declined == tuple(other)
    assert result.connection.ad_account_id == "act_101000000000000"


async def test_an_ad_account_that_is_not_reached_keeps_the_login(flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)

    with pytest.raises(AdAccountNotFound) as caught:
        await flow.finish(lambda found: choose_ad_account("act_1", found, None))

    # There is no connection yet to list ad accounts of.
    assert caught.value.hint.splitlines() == [
        f"The login is kept. Finish it, without the browser, with:  {RESUME}"
    ]
    assert await is_finished(flow, meta)


async def test_ctrl_c_in_the_picker_keeps_the_login(flow, code, meta):
    def interrupted(_ad_accounts):
        raise KeyboardInterrupt

    await flow.exchange(code(), REDIRECT_URI)
    with pytest.raises(KeyboardInterrupt):
        await flow.finish(interrupted)

    assert await is_finished(flow, meta)


async def test_picking_nothing_saves_without_a_choice(flow, code):
    await flow.exchange(code(), REDIRECT_URI)

    result = await flow.finish(lambda _ad_accounts: None)

    assert (result.ad_account, result.connection.ad_account_id) == (None, None)
    assert len(result.ad_accounts) > 1
    assert flow.store.get("acme") == result.connection


class Full:
    """A disk without space, or a database that is down."""

    def __init__(self, real):
        self.__dict__ = real.__dict__
        self.get = real.get
        self.name = real.name

    def save(self, connection):
        raise StoreError("The disk is full.")


async def test_a_store_that_fails_keeps_the_login(flow, code, meta):
    await flow.exchange(code(), REDIRECT_URI)
    with pytest.raises(StoreError) as caught:
        await replace(flow, store=Full(flow.store)).finish(first)

    assert caught.value.hint.splitlines()[0] == StoreError.hint
    assert caught.value.hint.endswith(RESUME)
    assert flow.pending.get("acme").long_lived
    assert await is_finished(flow, meta)


class Unforgetting:
    """Logins that cannot be deleted, as on a disk that became read-only."""

    def __init__(self, real):
        self.get = real.get
        self.keep = real.keep

    def forget(self, client_id):
        raise StoreError("secrets.json cannot be written.")


async def test_a_login_that_cannot_be_forgotten_hides_nothing(flow, code, meta):
    stuck = replace(flow, pending=Unforgetting(flow.pending))
    await flow.exchange(code(), REDIRECT_URI)

    assert (await stuck.finish(first)).connection == flow.store.get("acme")
    meta.sandbox.switches.token_error = "190/460"
    with pytest.raises(TokenRejected):
        await stuck.finish(first)


class TestALoginOfAnother:
    @pytest.fixture
    async def kept(self, flow, code):
        await flow.exchange(code(), REDIRECT_URI)

    @pytest.mark.parametrize(
        "changed",
        [
            {"meta_app_id": "999"},
            {"graph_url": "http://127.0.0.1:9"},
            {
                "store": "supabase",
                "supabase_url": "http://localhost:9",
                "supabase_key": "sb_publishable_key",
            },
        ],
        ids=["app", "host", "store"],
    )
    async def test_is_not_resumed(self, changed, kept, program, settings, meta):
        there = type(program)(
            msgspec.structs.replace(settings, **changed)
        ).parts.pending
        before = len(asked(meta))

        assert there.clients() == []
        other = replace(program._connect_flow("acme"), pending=there)
        with pytest.raises(NothingToResume):
            await other.finish(first)
        assert len(asked(meta)) == before
        assert program.parts.pending.clients() == ["acme"]

    async def test_of_another_client_neither(self, kept, program):
        with pytest.raises(NothingToResume, match="'beta'"):
            await program.resume("beta")
        assert (await program.resume("acme", account="first")).ad_account


class TestASystemUser:
    @pytest.mark.parametrize(
        ("config_id", "expires"),
        [("200000000000001", False), ("200000000000060", True)],
    )
    async def test_token_is_kept_as_it_is(self, config_id, expires, flow, code, meta):
        await flow.exchange(code(config_id=config_id), REDIRECT_URI)
        issued = flow.pending.get("acme").token.value

        result = await flow.finish(first)

        assert flow.store.get("acme").token.value == issued
        assert (result.connection.token.expires_at is not None) is expires
        assert result.user.name == "Metaconnect System User"
        assert len(asked(meta, "/oauth/access_token")) == 1
        assert not asked(meta, "/me/permissions")

    async def test_permissions_are_the_scopes_of_debug_token(self, flow, code):
        login = code(["business_management"], config_id="200000000000001")
        await flow.exchange(login, REDIRECT_URI)

        with pytest.raises(PermissionDeclined):
            await flow.finish(first)

    async def test_ad_accounts_are_those_assigned(self, flow, code, program):
        await flow.exchange(code(config_id="200000000000001"), REDIRECT_URI)

        result = await flow.finish(first)
        assert len(result.ad_accounts) == 3
        # Neither later, when only the stored connection is known.
        assert await program.ad_accounts("acme") == result.ad_accounts
        listed = await list_ad_accounts(flow.graph, result.connection.token)
        assert len(listed) > 3
        with pytest.raises(AdAccountNotFound):
            await program.use_ad_account("acme", listed[-1].id)
