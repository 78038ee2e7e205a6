"""One login for several clients, where something fails for one of them."""

from functools import partial

import pytest

from metaconnect.errors import (
    AdAccountNotFound,
    NotConnected,
    PermissionDeclined,
    ServiceUnavailable,
    StoreError,
)
from metaconnect.flows.accounts import choose_ad_account
from metaconnect.flows.several import found_already, log_in_once

from .conftest import REDIRECT_URI, asked

pytestmark = pytest.mark.anyio
CLIENTS = ("acme", "beta", "gamma")
EVERY_TIME = 5  # as often as a request is tried


@pytest.fixture
def flows(program):
    return [program._connect_flow(client_id) for client_id in CLIENTS]


@pytest.fixture
def log_in(code):
    async def log_in(flow):
        await flow.exchange(code(), REDIRECT_URI)

    return log_in


@pytest.fixture
def pending(program):
    return lambda: sorted(program.parts.pending.clients())


def choosing(**accounts):
    """Choose the ad account named for a client, else the first."""

    def choose(client_id):
        named = accounts.get(client_id, "first")
        return partial(choose_ad_account, named, pick=None)

    return choose


async def outcomes_of(flows, log_in, choose):
    return {o.client_id: o async for o in log_in_once(flows, log_in, choose)}


def stored(program):
    return {c.client_id: c for c in program.parts.store.connections()}


async def test_each_is_a_connection_with_the_same_token(
    flows, log_in, program, pending, meta
):
    choose = choosing(beta="act_101000000007919")
    outcomes = await outcomes_of(flows, log_in, choose)

    assert tuple(outcomes) == CLIENTS
    saved = stored(program)
    assert {o.result.connection for o in outcomes.values()} == set(saved.values())
    assert len({c.token for c in saved.values()}) == 1
    assert saved["acme"].ad_account_id == saved["gamma"].ad_account_id
    assert saved["beta"].ad_account_id == "act_101000000007919"
    assert pending() == []
    assert len(asked(meta, "/oauth/access_token")) == 2  # the code, and extending
    assert len(asked(meta, "/me")) == 1


async def test_the_login_is_kept_for_all_from_the_same_moment(
    flows, log_in, program, pending
):
    writes = []
    secrets = program.parts.secrets
    write = secrets._write

    def noted(changes):
        write(changes)
        writes.append(len(changes))

    async def log_in_and_note(flow):
        secrets._write = noted
        await log_in(flow)

    secrets._write = write
    seen = []

    def choose(client_id):
        seen.append(pending())
        return choosing()(client_id)

    await outcomes_of(flows, log_in_and_note, choose)

    assert writes[0] == len(CLIENTS)
    assert seen == [["acme", "beta", "gamma"], ["beta", "gamma"], ["gamma"]]


@pytest.mark.parametrize("failing", CLIENTS)
async def test_one_that_cannot_be_saved_keeps_its_login(
    failing, flows, log_in, program, pending, meta, monkeypatch
):
    store = program.parts.store
    save = store.save

    def save_others(connection):
        if connection.client_id == failing:
            raise StoreError("The disk is full.")
        return save(connection)

    monkeypatch.setattr(store, "save", save_others)
    outcomes = await outcomes_of(flows, log_in, choosing())

    problem = outcomes[failing].problem
    assert isinstance(problem, StoreError)
    assert problem.hint.endswith(f"metaconnect connect --resume --client {failing}")
    assert pending() == [failing]
    assert set(stored(program)) == set(CLIENTS) - {failing}

    monkeypatch.undo()
    exchanges = len(asked(meta, "/oauth/access_token"))
    await program.resume(failing, account="first")
    assert len({c.token for c in stored(program).values()}) == 1
    assert len(asked(meta, "/oauth/access_token")) == exchanges


async def test_a_login_that_is_extended_late_is_that_of_those_that_are_left(
    flows, code, program, pending, meta
):
    async def log_in(flow):
        await flow.exchange(code(), REDIRECT_URI)
        meta.sandbox.plan("/oauth/access_token", "2", EVERY_TIME)

    outcomes = await outcomes_of(flows, log_in, choosing())

    assert isinstance(outcomes["acme"].problem, ServiceUnavailable)
    saved = stored(program)
    assert set(saved) == {"beta", "gamma"}
    assert len({c.token for c in saved.values()}) == 1
    assert pending() == ["acme"]


async def test_an_ad_account_that_is_not_there_is_the_matter_of_its_client(
    flows, log_in, program, pending
):
    outcomes = await outcomes_of(flows, log_in, choosing(beta="act_1"))

    assert isinstance(outcomes["beta"].problem, AdAccountNotFound)
    assert pending() == ["beta"]
    assert set(stored(program)) == {"acme", "gamma"}


async def test_a_login_of_no_use_is_kept_for_nobody(flows, code, program, pending):
    async def log_in(flow):
        declined = ["ads_read", "ads_management"]
        await flow.exchange(code(["business_management"], declined), REDIRECT_URI)

    outcomes = await outcomes_of(flows, log_in, choosing())

    assert [type(o.problem) for o in outcomes.values()] == [PermissionDeclined] * 3
    assert pending() == []
    assert stored(program) == {}


async def test_nobody_logs_in_where_a_client_could_not_be_saved(
    flows, program, monkeypatch
):
    def check(client_id):
        if client_id == "gamma":
            raise StoreError("There is no such client.", hint="See metaconnect connect")

    async def log_in(_flow):
        pytest.fail("a login that cannot be saved for all")

    monkeypatch.setattr(program.parts.store, "check", check)
    with pytest.raises(StoreError) as caught:
        await outcomes_of(flows, log_in, choosing())
    assert "connect --client gamma" in caught.value.hint


async def test_those_that_are_connected_need_no_login(flows, program, connect):
    connect("beta")
    found, left = await found_already(flows, {})

    assert [o.client_id for o in found] == ["beta"]
    assert not found[0].result.is_new
    assert [flow.client_id for flow in left] == ["acme", "gamma"]

    found, left = await found_already(flows, {"beta": "act_1"})
    assert isinstance(found[0].problem, AdAccountNotFound)
    assert [flow.client_id for flow in left] == ["acme", "gamma"]


async def test_a_failed_login_names_all_of_them(flows, program):
    async def log_in(_flow):
        raise NotConnected("No.", hint="Again:  metaconnect connect")

    with pytest.raises(NotConnected) as caught:
        await outcomes_of(flows, log_in, choosing())
    again = "metaconnect connect --client acme --client beta --client gamma"
    assert caught.value.hint.endswith(again)
