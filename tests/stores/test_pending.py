"""A login that is not saved yet: kept for a day, for one client, store and app."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from metaconnect.errors import NothingToResume
from metaconnect.models import AccessToken
from metaconnect.stores.pending import MAX_AGE, PendingLogin, PendingLogins
from metaconnect.stores.secrets import open_secret_store

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SCOPE = "this machine https://graph.facebook.com 42"


@pytest.fixture
def secrets(tmp_path):
    return open_secret_store(tmp_path / "data", "file")


@pytest.fixture
def clock():
    """What time it is: changed by a test."""
    return [NOW]


@pytest.fixture
def pending_in(secrets, clock):
    return lambda scope: PendingLogins(secrets, scope, lambda: clock[0])


@pytest.fixture
def pending(pending_in):
    return pending_in(SCOPE)


def login(token="EAAwaiting", **facts):
    defaults = {"long_lived": False, "created_at": NOW}
    return PendingLogin(token=AccessToken(value=token), **defaults | facts)


@pytest.mark.parametrize("expires_at", [None, datetime(2027, 1, 1, tzinfo=UTC)])
def test_a_login_is_kept_until_it_is_forgotten(pending, expires_at):
    token = AccessToken(value="EAAwaiting", expires_at=expires_at)
    kept = replace(login(), token=token, long_lived=True)

    pending.keep("acme", kept)
    assert pending.get("acme") == pending.find("acme") == kept
    pending.forget("acme")
    assert pending.find("acme") is None
    with pytest.raises(NothingToResume) as failure:
        pending.get("acme")
    assert "connect --client acme" in failure.value.hint


def test_each_client_has_its_own(pending):
    for client in ("a", "b"):
        pending.keep(client, login(f"EAA{client}"))

    assert pending.get("a").token.value == "EAAa"
    assert "EAA" not in repr(pending.get("a"))


@pytest.mark.parametrize(
    "other",
    [
        "https://x.supabase.co https://graph.facebook.com 42",
        "this machine http://localhost:8000 42",
        "this machine https://graph.facebook.com 43",
    ],
)
def test_one_of_another_store_host_or_app_is_not_found(pending, pending_in, other):
    pending.keep("acme", login())

    with pytest.raises(NothingToResume):
        pending_in(other).get("acme")
    assert pending_in(other).clients() == []
    pending_in(other).forget("acme")
    assert pending.get("acme") == login()


def test_scope_and_client_cannot_be_mixed_up(pending_in):
    pending_in("a").keep('b"]', login())

    assert pending_in('a", "b').find("]") is None
    assert pending_in("a").clients() == ['b"]']


def test_the_clients_with_a_login_are_listed_the_latest_first(pending):
    for age, client in enumerate(("new", "old", "older")):
        pending.keep(client, login(created_at=NOW - timedelta(hours=age)))

    assert pending.clients() == ["new", "old", "older"]


def test_after_a_day_it_is_gone_for_good(pending, clock, secrets):
    pending.keep("acme", login())
    clock[0] = NOW + MAX_AGE
    assert pending.find("acme") == login()

    clock[0] += timedelta(seconds=1)
    assert pending.clients() == []
    assert secrets.get_all() == {}


def test_keeping_one_removes_the_old_ones_of_every_scope(
    pending, pending_in, clock, secrets
):
    pending_in("elsewhere").keep("acme", login("EAAold"))
    secrets.set("supabase session", "not ours")
    clock[0] = NOW + timedelta(days=2)
    pending.keep("acme", login("EAAnew", created_at=clock[0]))

    assert len(secrets.get_all()) == 2
    assert "EAAold" not in str(secrets.get_all())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"access_token": "EAA"}', "{half"])
def test_one_that_is_damaged_is_none(text, pending, secrets):
    pending.keep("acme", login())
    (name,) = secrets.get_all()
    secrets.set(name, text)

    assert pending.find("acme") is None
    assert secrets.get_all() == {}
