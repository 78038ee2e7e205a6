"""Exchanging tokens before they expire, on both stores."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from msgspec.structs import replace as replace_fields

from metaconnect.errors import (
    ConfigError,
    ConnectionChanged,
    NetworkError,
    NotConnected,
    ServiceUnavailable,
    TokenRejected,
)
from metaconnect.flows import renewal
from metaconnect.flows.refresh import Outcome
from metaconnect.insights.query import insights_query
from metaconnect.models import AccessToken, Connection
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.store import SupabaseStore

from .conftest import ALL, asked, make_program

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


@pytest.fixture
def expiring(connect, meta):
    """Store a connection whose token lives some days more."""

    def store(client_id="acme", *, days=10, kind="USER", token=None, **facts):
        token = token or issue(meta, days, kind)
        expires_at = meta.sandbox.tokens[token].expires_at
        return connect(client_id, token=token, expires_at=expires_at, **facts)

    return store


def issue(meta, days=10, kind="USER"):
    life = round(days * 86400)
    return meta.sandbox.issue_token(kind=kind, expires_in=life, scopes=tuple(ALL))


def stored(program, client_id="acme"):
    return program.parts.store.get(client_id)


def days_left(token):
    return round((token.expires_at - datetime.now(UTC)) / DAY)


class TestOne:
    async def test_is_extended(self, program, expiring):
        old = expiring()

        (result,) = await program.refresh(["acme"])

        assert result.outcome is Outcome.EXTENDED
        assert abs(result.expires_before - old.token.expires_at) < timedelta(seconds=2)
        new = stored(program)
        assert new.token.value != old.token.value
        assert days_left(new.token) == 60
        assert result.expires_at == new.token.expires_at
        facts = {"token": old.token, "updated_at": old.updated_at}
        assert replace(new, **facts) == old

    async def test_meta_keeps_the_date(self, program, expiring, meta):
        meta.sandbox.switches.extend_long_lived = False
        old = expiring()

        (result,) = await program.refresh(["acme"])

        assert result.outcome is Outcome.KEPT
        assert days_left(stored(program).token) == 10
        assert stored(program) == old

    async def test_a_new_token_with_the_same_date_is_not_worth_storing(
        self, program, expiring, meta
    ):
        old = expiring(days=60 - 1 / 86400)

        (result,) = await program.refresh(["acme"])

        assert result.outcome is Outcome.KEPT
        assert stored(program) == old

    async def test_a_system_users_60_days_begin_anew(self, program, expiring, meta):
        old = expiring(kind="SYSTEM_USER")

        (result,) = await program.refresh(["acme"])

        assert result.outcome is Outcome.EXTENDED
        assert days_left(stored(program).token) == 60
        new = meta.sandbox.tokens[stored(program).token.value]
        assert new.kind == "SYSTEM_USER"
        assert stored(program).token.value != old.token.value

    @pytest.mark.parametrize("kind", ["USER", "SYSTEM_USER"])
    async def test_one_that_never_expires_is_left_alone(
        self, kind, program, connect, meta
    ):
        token = meta.sandbox.issue_token(kind=kind, expires_in=None, scopes=tuple(ALL))
        old = connect(token=token)

        (result,) = await program.refresh(["acme"])

        assert result.outcome is Outcome.NEVER_EXPIRES
        assert stored(program) == old
        assert asked(meta, "/oauth/access_token") == []

    async def test_a_stored_date_that_is_wrong_is_corrected(
        self, program, connect, meta
    ):
        meta.sandbox.switches.extend_long_lived = False
        token = issue(meta, 30)
        connect(token=token, expires_at=datetime.now(UTC) + DAY)

        (result,) = await program.refresh()

        assert result.outcome is Outcome.KEPT
        assert stored(program).token.value == token
        assert days_left(stored(program).token) == days_left(result) == 30

    async def test_a_date_that_meta_does_not_say_is_not_taken_for_never(
        self, program, expiring, monkeypatch
    ):
        inspect = renewal.inspect_token

        async def extend(_graph, _app, token, _now, *, system_user):
            return AccessToken(value=token.value + "n")

        async def dateless(graph, app, token):
            known = AccessToken(value=token.value.removesuffix("n"))
            return replace_fields(await inspect(graph, app, known), expires_at=None)

        old = expiring()
        monkeypatch.setattr(renewal, "inspect_token", dateless)
        monkeypatch.setattr(renewal, "extend_token", extend)
        (result,) = await program.refresh()

        assert result.outcome is Outcome.KEPT
        assert stored(program) == old

    @pytest.mark.parametrize("dead", ["458", "463"])
    async def test_one_that_meta_refuses_fails_for_a_person(
        self, dead, program, connect, meta
    ):
        token = meta.sandbox.issue_token(scopes=tuple(ALL), dead=dead)
        old = connect(token=token)

        (result,) = await program.refresh()

        assert result.outcome is Outcome.FAILED
        assert isinstance(result.problem, TokenRejected)
        assert "connect --client acme" in result.problem.hint
        assert stored(program) == old

    @pytest.mark.parametrize("wrong", ["dead", "kind", "app_id"])
    async def test_a_new_token_that_is_not_what_it_should_be_is_not_stored(
        self, wrong, program, expiring, meta, monkeypatch
    ):
        old = expiring()
        changed = {"dead": "466", "kind": "SYSTEM_USER", "app_id": "999"}[wrong]

        async def extend(_graph, _app, _token, _now, *, system_user):
            value = issue(meta, 60)
            setattr(meta.sandbox.tokens[value], wrong, changed)
            return AccessToken(value=value)

        monkeypatch.setattr("metaconnect.flows.renewal.extend_token", extend)
        (result,) = await program.refresh()

        assert result.outcome is Outcome.FAILED
        assert isinstance(result.problem, (ServiceUnavailable, ConfigError))
        assert stored(program) == old

    async def test_it_dies_before_it_was_inspected(
        self, program, expiring, meta, monkeypatch
    ):
        old = expiring()

        async def extend(*_args, **_options):
            meta.sandbox.plan("/debug_token", "drop", None)
            return AccessToken(value=issue(meta, 60))

        monkeypatch.setattr("metaconnect.flows.renewal.extend_token", extend)
        (result,) = await program.refresh()

        assert isinstance(result.problem, NetworkError)
        assert stored(program) == old

    async def test_nothing_is_tried_without_the_apps_secret(
        self, settings, expiring, meta
    ):
        expiring()
        secretless = replace_fields(settings, meta_app_secret=None)
        async with make_program(secretless, print) as program:
            with pytest.raises(ConfigError, match="META_APP_SECRET"):
                await program.refresh()

        assert asked(meta) == []


class TestMany:
    async def test_only_those_that_are_due(self, program, expiring, connect, meta):
        expiring("soon", days=19)
        expiring("later", days=21)
        connect("never")

        found = {r.client_id: r for r in await program.refresh(within=20 * DAY)}

        assert {client: str(r.outcome) for client, r in found.items()} == {
            "soon": "extended",
            "later": "not_due",
            "never": "never_expires",
        }
        assert len(asked(meta, "/oauth/access_token")) == 1

    async def test_clients_of_one_person_are_refreshed_once(
        self, program, expiring, meta
    ):
        token = issue(meta)
        for client in ("acme", "globex", "initech"):
            expiring(client, token=token)
        expiring("other")

        found = await program.refresh()

        assert {r.outcome for r in found} == {Outcome.EXTENDED}
        assert len(asked(meta, "/oauth/access_token")) == 2
        values = {stored(program, c).token.value for c in ("acme", "globex", "initech")}
        assert len(values) == 1
        assert stored(program, "other").token.value not in values

    async def test_what_fails_stops_no_other(self, program, expiring, connect, meta):
        expiring("acme")
        dead = meta.sandbox.issue_token(scopes=tuple(ALL), dead="460")
        for client in ("dead", "dead too"):
            connect(client, token=dead)
        expiring("elsewhere", app_id="999")

        found = await program.refresh(["nobody", *("acme", "dead", "dead too")])
        by_client = {r.client_id: r for r in found}

        assert by_client["acme"].outcome is Outcome.EXTENDED
        assert isinstance(by_client["nobody"].problem, NotConnected)
        assert "--client dead" in by_client["dead"].problem.hint
        assert "--client 'dead too'" in by_client["dead too"].problem.hint
        assert "elsewhere" not in by_client
        (elsewhere,) = await program.refresh(["elsewhere"])
        assert isinstance(elsewhere.problem, ConfigError)


def supabase_store(stack):
    """A store in Supabase, and the client in it."""
    owner = stack.add_user("owner@example.com")
    token = stack.access_token(owner)
    project = SupabaseProject(stack.url, stack.publishable_key)
    return SupabaseStore(project, lambda: token), stack.add_client("Acme", owner)


@pytest.fixture(params=["local", "supabase"])
def place(request, program):
    """A store that the program uses, and the id of a client that it may have."""
    if request.param == "local":
        return program.parts.store, "acme"
    store, client = supabase_store(request.getfixturevalue("stack"))
    program.parts.store = store
    return store, client


class TestTwoAtOnce:
    """Another process changes the connection between our reading and our saving."""

    @pytest.fixture
    def old(self, place, meta):
        store, client = place
        token = issue(meta, 10)
        return store.save(
            Connection(
                client_id=client,
                token=AccessToken(
                    value=token, expires_at=meta.sandbox.tokens[token].expires_at
                ),
                user_facebook_id="122100000000000001",
                ad_account_id="act_101000000000000",
                graph_url=meta.url,
                app_id=meta.app_id,
            )
        )

    @pytest.fixture
    def meanwhile(self, monkeypatch):
        """Let something happen just after the exchange."""
        extend = renewal.extend_token

        def during(happens):
            async def extended(*args, **options):
                token = await extend(*args, **options)
                happens()
                return token

            monkeypatch.setattr(renewal, "extend_token", extended)

        return during

    def changed(self, meta, days, **facts):
        value = issue(meta, days)
        expires_at = meta.sandbox.tokens[value].expires_at
        return {"token": AccessToken(value=value, expires_at=expires_at), **facts}

    async def test_that_refreshed_too_is_well(
        self, place, old, meta, meanwhile, program
    ):
        other = replace(old, **self.changed(meta, 60))
        meanwhile(lambda: place[0].replace(old, other))

        (result,) = await program.refresh()

        assert result.outcome is Outcome.EXTENDED
        assert place[0].get(old.client_id).token.value == other.token.value

    async def test_a_worse_token_does_not_stay(
        self, place, old, meta, meanwhile, program
    ):
        other = replace(old, **self.changed(meta, 20))
        meanwhile(lambda: place[0].replace(old, other))

        (result,) = await program.refresh()

        assert result.outcome is Outcome.EXTENDED
        assert days_left(place[0].get(old.client_id).token) == 60

    async def test_another_ad_account_stays_chosen(
        self, place, old, meanwhile, program
    ):
        other = replace(old, ad_account_id="act_101000000182137")
        meanwhile(lambda: place[0].replace(old, other))

        (result,) = await program.refresh()

        assert result.outcome is Outcome.EXTENDED
        now = place[0].get(old.client_id)
        assert now.ad_account_id == "act_101000000182137"
        assert days_left(now.token) == 60

    async def test_somebody_elses_login_stays(
        self, place, old, meta, meanwhile, program
    ):
        login = replace(old, **self.changed(meta, 1, user_facebook_id="2"))
        meanwhile(lambda: place[0].save(login))

        await program.refresh()

        assert place[0].get(old.client_id).token.value == login.token.value

    async def test_a_client_that_is_gone_does_not_come_back(
        self, place, old, meanwhile, program
    ):
        meanwhile(lambda: place[0].delete(old.client_id))

        (result,) = await program.refresh()

        assert isinstance(result.problem, NotConnected)
        assert place[0].connections() == []

    async def test_one_that_changes_all_the_time_is_given_up(
        self, place, old, program, monkeypatch
    ):
        def refuse(*_args):
            raise ConnectionChanged("It was changed.")

        monkeypatch.setattr(place[0], "replace", refuse)
        (result,) = await program.refresh()

        assert isinstance(result.problem, ConnectionChanged)
        assert place[0].get(old.client_id) == old


class TestOnTheWay:
    """`insights` extends a token that has less than seven days left."""

    async def test_a_read_is_made_with_the_new_token(
        self, program, expiring, notices, meta
    ):
        old = expiring(days=6)

        rows = await program.insights("acme")

        assert len(rows) == 7
        assert stored(program).token.value != old.token.value
        assert [n for n in notices if "was extended to" in n]
        assert not [n for n in notices if "expires in" in n]

    async def test_a_kept_date_is_told_and_tried_once(
        self, program, expiring, notices, meta
    ):
        meta.sandbox.switches.extend_long_lived = False
        expiring(days=6)

        for _ in range(2):
            await program.insights("acme")

        assert len(asked(meta, "/oauth/access_token")) == 1
        (note,) = [n for n in notices if "expires in 6 days" in n]
        assert "metaconnect connect --force --client acme" in note

    async def test_a_failure_is_a_notice(self, program, expiring, notices, meta):
        meta.sandbox.plan("/oauth/access_token", "2", None)
        old = expiring(days=6)

        assert len(await program.insights("acme")) == 7

        assert stored(program) == old
        assert [n for n in notices if "could not be extended" in n]
        assert [n for n in notices if "expires in 6 days" in n]

    @pytest.mark.parametrize("days", [8, 60])
    async def test_not_before_its_last_week(self, days, program, expiring, meta):
        expiring(days=days)

        await program.insights("acme")

        assert len(asked(meta)) == 1

    async def test_not_where_it_is_turned_off(self, program, expiring, notices, meta):
        expiring(days=6)
        query = insights_query()

        request = await program.insights_request(query, "acme", refresh=False)
        await program.rows(request)
        await program.insights("acme", refresh=False)

        assert len(asked(meta)) == len(asked(meta, "/insights")) == 2
        assert [n for n in notices if "expires in 6 days" in n]

    @pytest.mark.parametrize("missing", ["meta_app_id", "meta_app_secret"])
    async def test_not_without_the_app(
        self, missing, settings, expiring, notices, meta
    ):
        expiring(days=6, app_id=None)
        unknown = replace_fields(settings, **{missing: None})
        async with make_program(unknown, notices.append) as program:
            await program.connection_to_read("acme")

        assert asked(meta) == []
        assert [n for n in notices if "expires in 6 days" in n]

    async def test_other_commands_leave_it_as_it_is(self, program, expiring, meta):
        old = expiring(days=6)

        await program.connection("acme")
        await program.ad_accounts("acme")
        await program.status(check=True)

        assert stored(program) == old
        assert asked(meta, "/oauth/access_token") == []
