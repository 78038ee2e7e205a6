"""How connections are: the verdict, what the store knows, and what Meta says."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from metaconnect.blocking import Metaconnect
from metaconnect.constants import META_GRAPH_URL
from metaconnect.errors import (
    CheckpointRequired,
    ConfigError,
    GraphError,
    InvalidRequest,
    NetworkError,
    NotConnected,
    PermissionMissing,
    RateLimited,
    SomeFailed,
    TokenRejected,
)
from metaconnect.flows.many import AT_ONCE, each, failure_of
from metaconnect.flows.verdict import Verdict, verdict

from .conftest import ALL, asked, make_program

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FORTNIGHT = 14 * DAY
PAST, SOON, LATER = NOW - DAY, NOW + 13 * DAY, NOW + 60 * DAY
EXPIRED = TokenRejected("It has expired.", code=190, subcode=463)
REVOKED = TokenRejected("It was revoked.", code=190, subcode=466)
REJECTED = TokenRejected("It is no token.", code=190)
CHECKPOINT = CheckpointRequired("Log in there.", code=190, subcode=459)
BLOCKED = GraphError("API access blocked.", code=200)
NETWORK = NetworkError("Meta cannot be reached.")
LIMITED = RateLimited("Too many requests.", code=17)
REFUSED = GraphError("It fails.", code=1)


@pytest.mark.parametrize(
    ("expires_at", "permitted", "problem", "expected"),
    [
        (None, True, None, "ok"),
        (LATER, True, None, "ok"),
        (NOW + FORTNIGHT + timedelta(seconds=1), True, None, "ok"),
        (NOW + FORTNIGHT, True, None, "expiring"),
        (SOON, True, None, "expiring"),
        (NOW, True, None, "expired"),
        (PAST, True, None, "expired"),
        (LATER, True, EXPIRED, "expired"),
        (PAST, True, REJECTED, "expired"),
        (LATER, True, REJECTED, "revoked"),
        (PAST, True, REVOKED, "revoked"),
        (None, True, REVOKED, "revoked"),
        (LATER, True, CHECKPOINT, "checkpoint"),
        (PAST, True, CHECKPOINT, "checkpoint"),
        (LATER, False, None, "restricted"),
        (SOON, False, None, "restricted"),
        (PAST, False, None, "expired"),
        (LATER, True, PermissionMissing("Not yours.", code=200), "restricted"),
        (LATER, True, InvalidRequest("No object.", subcode=33), "restricted"),
        (SOON, True, BLOCKED, "restricted"),
        (LATER, True, GraphError("Slow down.", code=368), "restricted"),
        (LATER, True, NETWORK, "unknown"),
        (SOON, True, LIMITED, "unknown"),
        (LATER, True, REFUSED, "unknown"),
        (LATER, True, ConfigError("Another app."), "unknown"),
        (PAST, True, NETWORK, "expired"),
        (None, True, NotConnected("Not connected."), "unknown"),
    ],
)
def test_the_verdict(expires_at, permitted, problem, expected):
    said = verdict(
        expires_at, now=NOW, within=FORTNIGHT, permitted=permitted, problem=problem
    )

    assert said is Verdict(expected)


def test_a_person_is_needed_unless_it_is_well_or_not_known():
    nobody = {v for v in Verdict if not v.needs_person}

    assert nobody == {Verdict.OK, Verdict.UNKNOWN}


class TestWhatTheStoreKnows:
    async def test_every_connection_by_client_without_a_request(
        self, program, connect, meta
    ):
        now = datetime.now(UTC)
        connect("globex", expires_at=now + 10 * DAY)
        connect("acme")
        connect("initech", expires_at=now - DAY)

        found = await program.status()

        assert [(s.client_id, str(s.verdict)) for s in found] == [
            ("acme", "ok"),
            ("globex", "expiring"),
            ("initech", "expired"),
        ]
        assert [s.permissions_missing for s in found] == [None] * 3
        assert asked(meta) == []

    async def test_within_says_what_expires_soon(self, program, connect):
        connect(expires_at=datetime.now(UTC) + 10 * DAY)

        (soon,) = await program.status(within=11 * DAY)
        (later,) = await program.status(within=9 * DAY)

        assert (soon.verdict, later.verdict) == (Verdict.EXPIRING, Verdict.OK)
        assert soon.next_step.endswith("metaconnect refresh --client acme")
        assert later.next_step == ""

    async def test_only_the_clients_that_are_named(self, program, connect):
        connect("acme")
        connect("globex")

        found = await program.status(["globex", "nobody", "nobody"])

        assert [s.client_id for s in found] == ["globex", "nobody"]
        assert found[1].connection is None
        assert isinstance(found[1].problem, NotConnected)
        assert "metaconnect connect --client nobody" in found[1].next_step

    async def test_whatever_order_the_store_has(self, program, connect, monkeypatch):
        stored = [connect(client) for client in ("b", "c", "a")]
        monkeypatch.setattr(program.parts.store, "connections", lambda: stored)

        assert [s.client_id for s in await program.status()] == ["a", "b", "c"]

    async def test_nothing_is_connected(self, program):
        assert await program.status() == []


@pytest.fixture
def checked(program):
    async def check(*clients):
        found = await program.status(clients or None, check=True)
        return {s.client_id: s for s in found}

    return check


class TestWhatMetaSays:
    async def test_well(self, checked, connect, meta):
        connect()

        status = (await checked())["acme"]

        assert status.verdict is Verdict.OK
        assert status.expires_at > datetime.now(UTC) + 59 * DAY
        assert status.permissions_missing == status.ad_accounts_not_ticked == ()
        assert status.data_access_expires_at
        paths = [r["path"].rpartition("/")[2] for r in asked(meta)]
        assert paths == ["debug_token", "act_101000000000000"]

    @pytest.mark.parametrize(
        ("dead", "expected", "words"),
        [
            ("458", "revoked", "metaconnect connect --client acme"),
            ("460", "revoked", "metaconnect connect --client acme"),
            ("463", "expired", "metaconnect connect --client acme"),
            ("459", "checkpoint", "https://www.facebook.com"),
            ("490", "checkpoint", "https://www.facebook.com"),
        ],
    )
    async def test_not_accepted_any_more(
        self, dead, expected, words, checked, connect, meta
    ):
        connect(token=meta.sandbox.issue_token(scopes=tuple(ALL), dead=dead))

        status = (await checked())["acme"]

        assert status.verdict is Verdict(expected)
        assert words in status.next_step
        assert "\n" not in status.next_step
        assert len(asked(meta)) == 1

    async def test_metas_date_counts_and_not_the_stored_one(
        self, checked, connect, meta
    ):
        past = datetime.now(UTC) - DAY
        never = meta.sandbox.issue_token(expires_in=None, scopes=ALL)
        connect("never", token=never, expires_at=past)
        connect("late", token=meta.sandbox.issue_token(scopes=ALL), expires_at=past)
        connect("soon", token=meta.sandbox.issue_token(expires_in=86400, scopes=ALL))
        connect("gone", token=meta.sandbox.issue_token(expires_in=-1, scopes=ALL))

        found = await checked()

        verdicts = {client: str(status.verdict) for client, status in found.items()}
        assert verdicts == {
            "never": "ok",
            "late": "ok",
            "soon": "expiring",
            "gone": "expired",
        }
        assert found["never"].expires_at is None

    async def test_a_permission_that_is_missing(self, checked, connect, meta):
        meta.sandbox.grant(["ads_read"], ["ads_management"])
        connect(token=meta.sandbox.issue_token())

        status = (await checked())["acme"]

        assert status.permissions_missing == ("ads_management", "business_management")
        assert status.verdict is Verdict.OK

    async def test_without_any_for_insights_it_is_restricted(
        self, checked, connect, meta
    ):
        meta.sandbox.grant(["business_management"], ["ads_read", "ads_management"])
        connect(token=meta.sandbox.issue_token(), ad_account_id=None)

        status = (await checked())["acme"]

        assert status.verdict is Verdict.RESTRICTED
        assert status.next_step.endswith("connect --rerequest --client acme")

    async def test_an_ad_account_that_was_not_ticked(self, checked, connect, meta):
        meta.sandbox.switches.ticked = "act_101000000182137"
        connect("acme")
        connect("globex", ad_account_id="act_101000000182137")

        found = await checked()

        assert found["acme"].ad_accounts_not_ticked == ("act_101000000000000",)
        assert found["acme"].verdict is Verdict.RESTRICTED
        assert "--client acme" in found["acme"].next_step
        assert found["globex"].ad_accounts_not_ticked == ()
        assert found["globex"].verdict is Verdict.OK

    async def test_a_system_users_token(self, checked, connect, meta):
        token = meta.sandbox.issue_token(kind="SYSTEM_USER", scopes=tuple(ALL))
        connect(token=token)

        status = (await checked())["acme"]

        assert (status.verdict, status.permissions_missing) == (Verdict.OK, ())

    async def test_what_one_client_fails_with_stops_no_other(
        self, checked, connect, meta
    ):
        connect("acme")
        connect("elsewhere", graph_url=META_GRAPH_URL)
        meta.sandbox.plan("/act_101000000182137", "drop", None)
        connect("unreachable", ad_account_id="act_101000000182137")

        found = await checked()

        assert found["acme"].verdict is Verdict.OK
        assert found["elsewhere"].verdict is Verdict.UNKNOWN
        assert isinstance(found["elsewhere"].problem, ConfigError)
        assert found["unreachable"].verdict is Verdict.UNKNOWN
        assert isinstance(found["unreachable"].problem, NetworkError)

    async def test_a_token_of_another_host_is_not_sent(self, checked, connect, meta):
        connect(graph_url=META_GRAPH_URL)

        await checked()

        assert asked(meta) == []

    async def test_a_token_of_several_clients_is_inspected_once(
        self, checked, connect, meta
    ):
        token = meta.sandbox.issue_token(scopes=tuple(ALL), dead="459")
        for client in ("acme", "globex"):
            connect(client, token=token)

        found = await checked()

        assert len(asked(meta, "/debug_token")) == 1
        for client in ("acme", "globex"):
            assert found[client].verdict is Verdict.CHECKPOINT

    async def test_without_the_apps_secret_the_ad_account_is_asked_for(
        self, settings, connect, meta
    ):
        connect()
        secretless = replace(settings, meta_app_secret=None)
        async with make_program(secretless, print) as program:
            (status,) = await program.status(check=True)

        assert (status.verdict, status.permissions_missing) == (Verdict.OK, None)
        assert asked(meta, "/debug_token") == []
        assert len(asked(meta)) == 1


def test_without_await(settings, meta):
    with Metaconnect(settings) as program:
        assert program.status(check=True) == []
        assert program.refresh(within=DAY) == []
        assert program.status(["acme"])[0].verdict is Verdict.UNKNOWN


class TestMany:
    async def test_a_few_at_a_time_in_order(self):
        under_way, most = 0, 0

        async def call(number):
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return number

        assert await each(range(50), call) == list(range(50))
        assert most == AT_ONCE

    @pytest.mark.parametrize(
        ("errors", "total", "expected"),
        [
            ([], 0, None),
            ([], 3, None),
            ([REVOKED], 1, REVOKED),
            ([REVOKED, EXPIRED], 2, REVOKED),
            ([NETWORK], 2, SomeFailed),
            ([NETWORK, REVOKED], 2, SomeFailed),
        ],
    )
    def test_what_a_command_for_many_ends_with(self, errors, total, expected):
        failure = failure_of(errors, total=total)

        assert failure is expected or type(failure) is expected
