"""Connecting in two steps: an address now, its answer later."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest

from metaconnect.blocking import Metaconnect
from metaconnect.errors import (
    AdAccountNotFound,
    AuthError,
    AuthorizationDenied,
    ConfigError,
    NetworkError,
    NothingToResume,
    StoreError,
    UsageError,
)

from .conftest import REDIRECT_URI, asked, make_program

pytestmark = pytest.mark.anyio
ELSEWHERE = "https://www.facebook.com/connect/login_success.html"


@pytest.fixture
def answer(meta, code):
    """Return the address on which the browser ends, after Continue."""

    def address(login, **changes):
        query = {k: v[0] for k, v in parse_qs(urlsplit(login.url).query).items()}
        issued = code()
        meta.sandbox.codes[issued].redirect_uri = query["redirect_uri"]
        params = {"code": issued, "state": query["state"]} | changes
        return f"{query['redirect_uri']}?{urlencode(params)}#_=_"

    return address


def exchanges(meta):
    tried = asked(meta, "/oauth/access_token")
    return [r for r in tried if "code" in r["form"]]


async def test_the_answer_makes_a_connection(program, answer):
    login = await program.start_connect("acme")

    result = await program.complete_connect("acme", answer(login), account="first")

    assert await program.connection("acme") == result.connection
    assert result.ad_account.id == "act_101000000000000"
    assert result.is_new
    assert program.parts.pending.clients() == []


async def test_another_process_may_take_the_answer(program, settings, answer):
    login = await program.start_connect("acme", redirect_uri=ELSEWHERE)

    # There the redirect URI need not be set again.
    async with make_program(settings, print) as other:
        result = await other.complete_connect("acme", answer(login))
    assert result.connection.client_id == "acme"


async def test_any_redirect_uri_will_do_and_nothing_listens(program, settings):
    there = msgspec.structs.replace(settings, base_url="https://dashboard.example")
    async with make_program(there, print) as other:
        login = await other.start_connect("acme")

    query = parse_qs(urlsplit(login.url).query)
    assert query["redirect_uri"] == ["https://dashboard.example/api/auth/meta/callback"]
    assert query["response_type"] == ["code"]
    assert len(query["state"][0]) >= 43
    login = await program.start_connect("acme", redirect_uri=ELSEWHERE, rerequest=True)
    query = parse_qs(urlsplit(login.url).query)
    assert query["redirect_uri"] == [ELSEWHERE]
    assert query["auth_type"] == ["rerequest"]


async def test_its_time_is_an_hour_or_what_was_said(program):
    now = datetime.now(UTC)

    for timeout, options in ((3600, {}), (86_400, {"timeout": 86_400})):
        login = await program.start_connect("acme", **options)
        late = login.expires_at - now - timedelta(seconds=timeout)
        assert timedelta(0) <= late < timedelta(minutes=5)


@pytest.mark.parametrize("timeout", [0, -1, 86_401])
async def test_more_than_a_day_is_refused(program, timeout):
    with pytest.raises(UsageError, match="a day"):
        await program.start_connect("acme", timeout=timeout)


async def test_the_address_is_not_in_its_repr(program):
    login = await program.start_connect("acme")

    (state,) = parse_qs(urlsplit(login.url).query)["state"]
    assert state not in repr(login)


async def test_a_second_use_is_refused_before_meta_is_asked(program, answer, meta):
    login = await program.start_connect("acme")
    address = answer(login)
    await program.complete_connect("acme", address)

    with pytest.raises(NothingToResume):
        await program.complete_connect("acme", address)
    assert len(exchanges(meta)) == 1


async def test_an_answer_that_comes_too_late_is_refused(program, answer, meta):
    login = await program.start_connect("acme", timeout=60)
    program.parts.started._now = lambda: login.expires_at

    with pytest.raises(NothingToResume):
        await program.complete_connect("acme", answer(login))
    assert exchanges(meta) == []


async def test_a_wrong_answer_leaves_the_login_waiting(program, answer, meta):
    login = await program.start_connect("acme")
    older = await program.start_connect("beta")
    for wrong in (
        answer(login, state="x" * 43),
        answer(older),
        login.url,
        "",
        "AQcode-alone",
        f"{REDIRECT_URI}?error=access_denied&state={'x' * 43}",
        f"{REDIRECT_URI}?code=a&code=b&state=c",
    ):
        with pytest.raises(AuthError):
            await program.complete_connect("acme", wrong)

    assert exchanges(meta) == []
    assert (await program.complete_connect("acme", answer(login))).is_new
    assert (await program.complete_connect("beta", answer(older))).is_new


async def test_a_denial_is_told_in_metas_words_and_ends_it(program, answer, meta):
    login = await program.start_connect("acme")
    denial = {
        "code": "",
        "error": "access_denied",
        "error_description": "Permissions error",
    }

    with pytest.raises(AuthorizationDenied, match="Permissions error"):
        await program.complete_connect("acme", answer(login, **denial))
    with pytest.raises(NothingToResume):
        await program.complete_connect("acme", answer(login))
    assert exchanges(meta) == []


@pytest.mark.parametrize(
    "changed", [{"meta_app_id": "999"}, {"graph_url": "http://127.0.0.1:9"}]
)
async def test_an_answer_is_not_carried_to_another_app_or_host(
    changed, program, settings, answer
):
    login = await program.start_connect("acme")
    address = answer(login)

    async with make_program(
        msgspec.structs.replace(settings, **changed), print
    ) as other:
        with pytest.raises(NothingToResume):
            await other.complete_connect("acme", address)
    assert (await program.complete_connect("acme", address)).is_new


async def test_what_could_not_be_saved_is_not_started(program, monkeypatch):
    def down(_client_id):
        raise StoreError("The database is down.")

    monkeypatch.setattr(program.parts.store, "check", down)
    with pytest.raises(StoreError):
        await program.start_connect("acme")
    assert program.parts.secrets.get_all() == {}


async def test_a_store_that_fails_first_leaves_the_login_waiting(
    program, monkeypatch, answer
):
    def down(_client_id):
        raise StoreError("The database is down.")

    login = await program.start_connect("acme")
    address = answer(login)
    with monkeypatch.context() as broken:
        broken.setattr(program.parts.store, "check", down)
        with pytest.raises(StoreError):
            await program.complete_connect("acme", address)
    assert (await program.complete_connect("acme", address)).is_new


async def test_a_login_that_cannot_be_finished_is_kept(program, answer, meta):
    login = await program.start_connect("acme")

    with pytest.raises(AdAccountNotFound) as failure:
        await program.complete_connect("acme", answer(login), account="act_1")
    assert "connect --resume --client acme" in failure.value.hint
    assert (await program.resume("acme", account="first")).ad_account


async def test_a_failed_exchange_uses_the_answer_up(program, answer, meta):
    login = await program.start_connect("acme")
    address = answer(login)
    meta.sandbox.plan("/oauth/access_token", "drop")

    with pytest.raises(NetworkError):
        await program.complete_connect("acme", address)
    with pytest.raises(NothingToResume):
        await program.complete_connect("acme", address)


async def test_a_real_connection_is_not_given_up_for_a_sandbox(program, connect):
    connect(graph_url="https://graph.facebook.com")

    with pytest.raises(ConfigError, match="connected at Meta"):
        await program.start_connect("acme")


def test_without_await(settings, answer):
    with Metaconnect(settings) as meta:
        login = meta.start_connect("acme", redirect_uri=ELSEWHERE)
        found = meta.complete_connect("acme", answer(login), account="first")

        assert meta.connection("acme") == found
