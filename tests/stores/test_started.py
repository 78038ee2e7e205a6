"""A login that was started: answered once, in time, by its own state."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from metaconnect.errors import AuthError, NothingToResume
from metaconnect.stores.secrets import open_secret_store
from metaconnect.stores.started import StartedLogins, StartedState

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SCOPE = "this machine https://graph.facebook.com 42"
LOGIN = StartedState(
    state="the-state",
    redirect_uri="https://dashboard.example/callback",
    expires_at=NOW + timedelta(hours=1),
)


@pytest.fixture
def secrets(tmp_path):
    return open_secret_store(tmp_path / "data", "file")


@pytest.fixture
def clock():
    """What time it is: changed by a test."""
    return [NOW]


@pytest.fixture
def started_in(secrets, clock):
    return lambda scope: StartedLogins(secrets, scope, lambda: clock[0])


@pytest.fixture
def started(started_in):
    started = started_in(SCOPE)
    started.keep("acme", LOGIN)
    return started


def test_it_is_answered_once(started, secrets):
    assert started.claim("acme", "the-state") == LOGIN
    assert secrets.get_all() == {}
    with pytest.raises(NothingToResume) as failure:
        started.claim("acme", "the-state")
    assert "connect --start --client acme" in failure.value.hint


def test_of_many_answers_at_once_one_counts(started):
    def claim(_number):
        try:
            return started.claim("acme", "the-state")
        except NothingToResume:
            return None

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim, range(8)))
    assert claimed.count(LOGIN) == 1
    assert claimed.count(None) == 7


@pytest.mark.parametrize("state", ["", "the-stat", "the-state ", "\udcff", "ä"])
def test_another_state_is_refused_and_the_login_stays(started, state):
    with pytest.raises(AuthError, match="another one") as failure:
        started.claim("acme", state)

    assert "the-state" not in str(failure.value) + failure.value.hint
    assert started.claim("acme", "the-state") == LOGIN


def test_the_last_start_counts(started):
    started.keep("acme", replace(LOGIN, state="newer"))

    with pytest.raises(AuthError):
        started.claim("acme", "the-state")
    assert started.claim("acme", "newer").state == "newer"


@pytest.mark.parametrize(
    ("scope", "client"), [(SCOPE, "beta"), (f"{SCOPE}3", "acme"), ("", "acme")]
)
def test_one_of_another_client_or_scope_is_not_found(
    started, started_in, scope, client
):
    with pytest.raises(NothingToResume):
        started_in(scope).claim(client, "the-state")
    assert started.claim("acme", "the-state") == LOGIN


def test_when_its_time_is_over_it_is_gone_for_good(started, clock, secrets):
    clock[0] = LOGIN.expires_at

    with pytest.raises(NothingToResume):
        started.claim("acme", "the-state")
    assert secrets.get_all() == {}


def test_keeping_one_removes_the_old_ones_and_nothing_else(
    started, started_in, clock, secrets
):
    secrets.set("supabase session", "not ours")
    clock[0] = LOGIN.expires_at + timedelta(hours=1)
    newer = replace(LOGIN, expires_at=clock[0] + timedelta(hours=1))
    started_in("elsewhere").keep("beta", newer)

    assert len(secrets.get_all()) == 2
    assert started_in("elsewhere").claim("beta", "the-state") == newer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"state": "the-state"}',
        '{"state": "the-state", "redirect_uri": "x", "expires_at": "2030-01-01T00:00"}',
    ],
)
def test_one_that_is_damaged_is_none(started, secrets, text):
    (name,) = secrets.get_all()
    secrets.set(name, text)

    with pytest.raises(NothingToResume):
        started.claim("acme", "the-state")
    assert secrets.get_all() == {}


def test_its_repr_holds_no_state():
    assert "the-state" not in repr(LOGIN)
