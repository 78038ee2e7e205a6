"""Which client is meant, and whether its token may be used."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from metaconnect.constants import META_GRAPH_URL
from metaconnect.errors import (
    AuthError,
    ConfigError,
    MetaconnectError,
    NotConnected,
    StoreError,
    UsageError,
)
from metaconnect.flows.clients import client_to_connect, connection_to_use, naming
from metaconnect.models import Client
from metaconnect.stores.base import not_connected

from .conftest import asked, make_program

pytestmark = pytest.mark.anyio


class Clients:
    """A store with clients, none of them connected."""

    name = "https://project.example"

    def __init__(self, *names):
        self._clients = [Client(id=name, name=name.title()) for name in names]

    def clients(self):
        return self._clients

    def only(self):
        return None

    def get(self, client_id):
        raise not_connected(client_id)


MANY = Clients(*(f"client-{number:04}" for number in range(2501)))
CHOICES = [client_to_connect, connection_to_use]


@pytest.mark.parametrize("choose", CHOICES)
async def test_picking_nothing_does_nothing(choose):
    with pytest.raises(UsageError, match="No client was chosen: nothing was done"):
        await choose(None, MANY, lambda _clients: None)


@pytest.mark.parametrize("choose", CHOICES)
async def test_thousands_of_clients_make_a_short_message(choose):
    with pytest.raises(UsageError) as caught:
        await choose(None, MANY, None)

    assert "There are 2501: client-0000 (Client-0000)" in str(caught.value)
    assert len(str(caught.value)) < 400
    assert "--client" in caught.value.hint


async def test_picking_nothing_asks_meta_nothing(program, connect, meta):
    for name in ("acme", "beta"):
        connect(name)
    stored = await program.connections()

    for ask in (
        program.ad_accounts(pick=lambda _clients: None),
        program.use_ad_account(None, "first", pick_client=lambda _clients: None),
        program.connection(pick=lambda _clients: None),
        program.client_to_connect(pick=lambda _clients: None),
    ):
        with pytest.raises(UsageError, match="nothing was done"):
            await ask
    assert asked(meta) == []
    assert await program.connections() == stored


async def test_picking_no_ad_account_changes_nothing(program, connect):
    stored = connect()

    with pytest.raises(UsageError, match="nothing was changed"):
        await program.use_ad_account(pick=lambda _ad_accounts: None)
    assert await program.connection() == stored


@pytest.mark.parametrize("named", ["Acme", "acmee", "ACME", "acm"])
async def test_an_unknown_client_gets_the_most_similar_and_the_store(
    named, program, connect
):
    connect("acme")

    with pytest.raises(NotConnected) as caught:
        await program.connection(named)
    assert "Did you mean 'acme'?" in caught.value.hint
    assert "Searched: this machine." in caught.value.hint
    assert f"--client {named}" in caught.value.hint


@pytest.mark.parametrize("named", ["zebra", "beta"])
async def test_nothing_is_suggested_that_would_not_help(named):
    with pytest.raises(NotConnected) as caught:
        await connection_to_use(named, Clients("acme", "beta"), None)

    assert "Did you mean" not in caught.value.hint
    assert "Searched: https://project.example." in caught.value.hint


async def test_looking_for_a_similar_one_hides_no_error():
    class Down(Clients):
        def clients(self):
            raise StoreError("It cannot be reached.")

    with pytest.raises(NotConnected, match="'acme' is not connected"):
        await connection_to_use("acme", Down(), None)


async def test_nothing_connected_names_what_to_do(program):
    with pytest.raises(NotConnected, match="on this machine") as caught:
        await program.insights()

    assert "metaconnect connect" in caught.value.hint
    assert "metaconnect demo" in caught.value.hint


class TestIssuer:
    """A token goes to nobody but the host that issued it, for the same app."""

    @pytest.fixture
    def verbs(self, program):
        return [
            program.connection("acme"),
            program.ad_accounts("acme"),
            program.use_ad_account("acme", "first"),
            program.insights("acme"),
            program.insights("acme", ad_account="A name"),
            anext(program.stream_insights("acme")),
        ]

    @pytest.mark.parametrize(
        ("issuer", "setting"),
        [
            ({"graph_url": META_GRAPH_URL}, "META_GRAPH_URL"),
            ({"graph_url": "http://127.0.0.1:9"}, "META_GRAPH_URL"),
            ({"app_id": "999"}, "META_APP_ID"),
        ],
    )
    async def test_a_token_of_another_is_not_sent(
        self, issuer, setting, verbs, connect, meta
    ):
        stored = connect(**issuer)

        for verb in verbs:
            with pytest.raises(ConfigError, match="was connected with") as caught:
                await verb
            assert f"Set {setting}={next(iter(issuer.values()))}" in caught.value.hint
            assert stored.token.value not in f"{caught.value} {caught.value.hint}"
        assert asked(meta) == []

    async def test_what_the_table_does_not_say_decides_nothing(
        self, program, connect, meta
    ):
        connect(graph_url=None, app_id=None)

        assert await program.insights("acme", "yesterday")
        assert len(asked(meta)) == 1

    async def test_without_an_app_id_the_host_decides(
        self, settings, program, connect, notices
    ):
        connect()
        without = msgspec.structs.replace(
            settings, meta_app_id=None, meta_app_secret=None
        )
        async with make_program(without, notices.append) as other:
            assert await other.insights("acme", "yesterday")


class TestNotes:
    @pytest.mark.parametrize(
        ("left", "said"),
        [
            (timedelta(days=7), "in 7 days"),
            (timedelta(days=6, hours=1), "in 7 days"),
            (timedelta(hours=3), "in 1 day."),
        ],
    )
    async def test_a_token_that_soon_expires_is_told_of_once(
        self, left, said, program, connect, notices
    ):
        connect(expires_at=datetime.now(UTC) + left)

        for _ in range(2):
            await program.insights("acme", "yesterday", refresh=False)

        (note,) = [note for note in notices if "expires" in note]
        assert f"The token of client 'acme' expires {said}" in note
        assert note.endswith("metaconnect connect --force --client acme")

    @pytest.mark.parametrize("expires_at", [None, datetime(2100, 1, 1, tzinfo=UTC)])
    async def test_any_other_is_not(self, expires_at, program, connect, notices):
        connect(expires_at=expires_at)

        await program.connection("acme")
        assert not any("expires" in note for note in notices)

    async def test_a_host_that_is_not_metas_is_told_of_once(
        self, program, connect, notices, meta
    ):
        connect()

        await program.ad_accounts("acme")
        await program.insights("acme", "yesterday")
        await program.connect("acme")
        assert len(notices) == 1
        assert f"The Graph API host is {meta.url}, not Meta's" in notices[0]

    async def test_connecting_alone_tells_of_it_too(self, program, connect, notices):
        connect()

        await program.connect("acme")
        assert "not Meta's" in notices[0]


class TestHintsNameTheClient:
    """A hint can be pasted, also where the client is not the only one."""

    @pytest.mark.parametrize(
        ("fault", "advice"),
        [
            ("190/460", "metaconnect connect --client 'two words'"),
            ("200/ads", "metaconnect accounts list --client 'two words'"),
            ("200/ads", "metaconnect connect --client 'two words' --rerequest"),
        ],
    )
    async def test_whatever_meta_refuses(self, fault, advice, program, connect, meta):
        connect("two words")
        meta.sandbox.plan("*", fault, None)
        request = program.insights_request

        for verb in (
            program.ad_accounts("two words"),
            program.use_ad_account("two words", "first"),
            program.insights("two words"),
            program.insights("two words", ad_account="A name"),
            anext(program.stream_insights("two words")),
            program.report(await request(_query(), "two words")),
        ):
            with pytest.raises(MetaconnectError) as caught:
                await verb
            assert advice in caught.value.hint

    async def test_an_ad_account_that_is_not_reached(self, program, connect):
        connect()

        for verb in (
            program.use_ad_account("acme", "Nobody's"),
            program.insights("acme", ad_account="Nobody's"),
            program.connect("acme", account="Nobody's"),
        ):
            with pytest.raises(UsageError) as caught:
                await verb
            assert "metaconnect accounts list --client acme" in caught.value.hint

    async def test_a_login_that_is_resumed(self, program, flow, code, meta):
        await flow.exchange(code(), "http://localhost:8765/callback")
        meta.sandbox.plan("/me", "190/460")

        with pytest.raises(AuthError) as caught:
            await program.resume("acme")
        assert "metaconnect connect --client acme" in caught.value.hint

    def test_a_hint_that_names_it_stays(self):
        hint = "Log in with:  metaconnect connect --client beta"
        with pytest.raises(AuthError) as caught, naming("acme"):
            raise AuthError("Refused.", hint=hint)

        assert caught.value.hint == hint


def _query():
    from metaconnect.insights.query import insights_query

    return insights_query("yesterday")
