"""Disconnecting: what Meta is told, what is deleted, and what is said of it."""

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from metaconnect.blocking import Metaconnect
from metaconnect.constants import META_GRAPH_URL
from metaconnect.errors import (
    ConfigError,
    NetworkError,
    NoSecretStore,
    NotConnected,
    PermissionMissing,
    ServiceUnavailable,
    StoreError,
    UsageError,
)
from metaconnect.flows.disconnect import AtMeta, share_grant
from metaconnect.models import AccessToken, Connection
from metaconnect.stores.pending import PendingLogin

from .conftest import ALL, asked, make_program

pytestmark = pytest.mark.anyio
NOW = datetime.now(UTC)


@pytest.fixture(params=["with the app", "without the app"])
async def either_program(request, settings, notices):
    """A program that knows the app secret, and may inspect tokens, or does not."""
    if request.param == "without the app":
        settings = msgspec.structs.replace(settings, meta_app_secret=None)
    async with make_program(settings, notices.append) as made:
        yield made


@pytest.fixture
def connect(meta, settings):
    """Store a connection, without a login."""

    def save(program, client_id="acme", **facts):
        value = facts.pop("token", None) or meta.sandbox.issue_token(scopes=tuple(ALL))
        connection = Connection(
            client_id=client_id,
            token=AccessToken(value=value),
            user_facebook_id="122100000000000001",
            user_name="Jane Doe",
            ad_account_id="act_101000000000000",
            graph_url=meta.url,
            app_id=meta.app_id,
        )
        return program.parts.store.save(replace(connection, **facts))

    return save


def revocations(meta):
    return [r for r in asked(meta, "/me/permissions") if r["method"] == "DELETE"]


def clients(program):
    return sorted(c.client_id for c in program.parts.store.connections())


class TestTheGrant:
    async def test_it_is_revoked_and_then_all_is_deleted(self, meta, program, connect):
        token = connect(program).token
        login = PendingLogin(token=token, long_lived=True, created_at=NOW)
        program.parts.pending.keep("acme", login)

        result = await program.disconnect("acme")

        assert (result.at_meta, result.cut_off) == (AtMeta.revoked, ())
        assert meta.sandbox.tokens[token.value].dead == "458"
        assert len(revocations(meta)) == 1
        assert clients(program) == []
        assert program.parts.secrets.get_all() == {}

    async def test_it_is_kept_where_nothing_is_asked_of_meta(
        self, meta, program, connect
    ):
        token = connect(program).token
        connect(program, "beta")

        result = await program.disconnect("acme", local_only=True)

        assert result.at_meta is AtMeta.not_asked
        assert asked(meta) == []
        assert not meta.sandbox.tokens[token.value].dead
        assert clients(program) == ["beta"]

    async def test_the_only_client_need_not_be_named(self, program, connect):
        connect(program)

        assert (await program.disconnect()).client_id == "acme"

    async def test_nobody_is_disconnected_who_is_not_connected(self, program):
        with pytest.raises(NotConnected):
            await program.disconnect("acme")

    def test_the_same_without_await(self, meta, settings, connect):
        with Metaconnect(settings) as meta_:
            connect(meta_._meta)
            assert meta_.disconnect("acme").at_meta is AtMeta.revoked
            assert meta_.connections() == []
        assert len(revocations(meta)) == 1


class TestOneGrantOfSeveralClients:
    async def test_others_are_named_and_nothing_happens(self, meta, program, connect):
        connect(program)
        connect(program, "beta")

        with pytest.raises(UsageError) as caught:
            await program.disconnect("acme")

        assert "of Jane Doe, which ends for other clients too: 'beta'" in str(
            caught.value
        )
        assert "metaconnect disconnect --yes --client acme" in caught.value.hint
        assert "metaconnect disconnect --keep-grant --client acme" in caught.value.hint
        assert revocations(meta) == []
        assert clients(program) == ["acme", "beta"]

    async def test_with_leave_they_are_cut_off(self, meta, program, connect):
        for client_id in ("acme", "beta", "gamma"):
            connect(program, client_id)

        result = await program.disconnect("beta", may_cut_off=True)

        assert result.cut_off == ("acme", "gamma")
        assert len(revocations(meta)) == 1
        assert clients(program) == ["acme", "gamma"]

    @pytest.mark.parametrize("answer", [True, False])
    async def test_a_function_can_decide(self, answer, meta, program, connect):
        stored = connect(program)
        connect(program, "beta")
        told = []

        def decide(*facts):
            told.append(facts)
            return answer

        if answer:
            await program.disconnect("acme", may_cut_off=decide)
        else:
            with pytest.raises(UsageError, match=r"^Nothing was disconnected\.$"):
                await program.disconnect("acme", may_cut_off=decide)

        assert told == [(stored, ["beta"])]
        assert len(revocations(meta)) == answer
        assert clients(program) == ["beta"] if answer else ["acme", "beta"]

    @pytest.mark.parametrize(
        ("facts", "shared"),
        [
            ({}, True),
            ({"app_id": None, "graph_url": None}, True),
            ({"client_id": "acme"}, False),
            ({"user_facebook_id": "2"}, False),
            ({"app_id": "2"}, False),
            ({"graph_url": META_GRAPH_URL}, False),
        ],
    )
    def test_it_is_that_of_a_person_to_an_app(self, facts, shared):
        one = Connection(
            client_id="acme",
            token=AccessToken(value="EAA1"),
            user_facebook_id="1",
            app_id="1",
            graph_url="http://localhost:1",
        )
        other = replace(one, **{"client_id": "beta", **facts})

        assert share_grant(one, other) is shared
        assert share_grant(other, one) is shared


class TestADeadToken:
    @pytest.mark.parametrize("why", ["459", "460", "463", "466", "467", "490"])
    async def test_meta_cannot_be_told(self, why, meta, either_program, connect):
        token = connect(either_program).token
        meta.sandbox.tokens[token.value].dead = why
        if why == "463":
            meta.sandbox.tokens[token.value].dead = ""
            meta.sandbox.tokens[token.value].expires_at = NOW

        result = await either_program.disconnect("acme")

        assert result.at_meta is AtMeta.not_told
        assert "access token" in result.reason
        assert clients(either_program) == []

    async def test_an_app_that_was_removed_is_gone_for_all(
        self, meta, either_program, connect
    ):
        token = connect(either_program).token
        connect(either_program, "beta")
        meta.sandbox.tokens[token.value].dead = "458"

        result = await either_program.disconnect("acme", may_cut_off=True)

        assert (result.at_meta, result.cut_off) == (AtMeta.gone, ("beta",))
        assert clients(either_program) == ["beta"]

    async def test_nobody_else_is_cut_off_by_it(self, meta, program, connect):
        token = connect(program).token
        other = connect(program, "beta").token
        meta.sandbox.tokens[token.value].dead = "466"

        result = await program.disconnect("acme")

        assert (result.at_meta, result.cut_off) == (AtMeta.not_told, ())
        assert not meta.sandbox.tokens[other.value].dead

    async def test_a_token_that_is_lost_leaves_a_row_to_delete(
        self, meta, program, connect
    ):
        connect(program)
        program.parts.secrets.delete(*program.parts.secrets.get_all())

        result = await program.disconnect("acme")

        assert result.at_meta is AtMeta.not_told
        assert "is gone from the secret store" in result.reason
        with pytest.raises(NotConnected, match="is not connected"):
            program.parts.store.get("acme")


class TestASystemUser:
    async def test_it_has_no_permissions_to_take_back(
        self, meta, either_program, connect
    ):
        token = meta.sandbox.issue_token(kind="SYSTEM_USER", scopes=tuple(ALL))
        connect(either_program, token=token)

        result = await either_program.disconnect("acme")

        assert result.at_meta is AtMeta.system_user
        assert not meta.sandbox.tokens[token].dead
        assert clients(either_program) == []

    async def test_nobody_is_asked_about_other_clients(self, meta, program, connect):
        token = meta.sandbox.issue_token(kind="SYSTEM_USER", scopes=tuple(ALL))
        connect(program, token=token)
        connect(program, "beta", token=token)

        result = await program.disconnect("acme")

        assert (result.at_meta, result.cut_off) == (AtMeta.system_user, ())
        assert revocations(meta) == []


class TestFailures:
    @pytest.mark.parametrize(
        ("planned", "error"),
        [("drop", NetworkError), ("2", ServiceUnavailable), ("200", PermissionMissing)],
    )
    async def test_where_meta_is_not_told_nothing_is_deleted(
        self, planned, error, meta, program, connect
    ):
        stored = connect(program)
        meta.sandbox.plan("/me/permissions", planned, None)

        with pytest.raises(error) as caught:
            await program.disconnect("acme")

        assert caught.value.hint.endswith(
            "Nothing was deleted. To delete it only here:  "
            "metaconnect disconnect --local-only --client acme"
        )
        assert program.parts.store.get("acme") == stored

    async def test_a_network_that_comes_back_is_enough(self, meta, program, connect):
        connect(program)
        meta.sandbox.plan("/me/permissions", "drop", 1)

        assert (await program.disconnect("acme")).at_meta is AtMeta.revoked
        assert clients(program) == []

    async def test_an_answer_that_says_no_is_a_failure(self, program, connect):
        stored = connect(program)

        request = program.parts.graph.request

        async def no(method, path, **options):
            if method == "DELETE":
                return {"success": False}
            return await request(method, path, **options)

        program.parts.graph.request = no
        with pytest.raises(ServiceUnavailable, match="was not revoked"):
            await program.disconnect("acme")
        assert program.parts.store.get("acme") == stored

    async def test_a_store_that_fails_after_that_is_told_truthfully(
        self, meta, program, connect, monkeypatch
    ):
        stored = connect(program)

        def fail(_client_id):
            raise StoreError("The database is locked.", hint="Try again.")

        with monkeypatch.context() as patch:
            patch.setattr(program.parts.store, "delete", fail)
            with pytest.raises(StoreError) as caught:
                await program.disconnect("acme")

        assert caught.value.hint == (
            "Try again.\n"
            "Meta has revoked the login, but it is still stored. Delete it:  "
            "metaconnect disconnect --local-only --client acme"
        )
        assert meta.sandbox.tokens[stored.token.value].dead
        assert (await program.disconnect("acme", local_only=True)).client_id == "acme"
        assert clients(program) == []

    async def test_without_a_secret_store_no_login_waits_in_it(
        self, program, connect, monkeypatch
    ):
        connect(program)

        def fail(_client_id):
            raise NoSecretStore("The keyring is locked.")

        monkeypatch.setattr(program.parts.pending, "forget", fail)

        assert (await program.disconnect("acme")).at_meta is AtMeta.revoked
        assert clients(program) == []

    @pytest.mark.parametrize(
        "facts", [{"graph_url": META_GRAPH_URL}, {"app_id": "1234567890"}]
    )
    async def test_a_token_goes_only_to_its_issuer(self, facts, meta, program, connect):
        connect(program, **facts)

        with pytest.raises(ConfigError) as caught:
            await program.disconnect("acme")

        assert "metaconnect disconnect --local-only --client acme" in caught.value.hint
        assert asked(meta) == []
        assert clients(program) == ["acme"]
        await program.disconnect("acme", local_only=True)
        assert clients(program) == []
