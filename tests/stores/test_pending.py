"""A login that is not saved yet waits in the vault."""

from datetime import UTC, datetime

import pytest

from metaconnect.errors import NothingToResume
from metaconnect.models import AccessToken
from metaconnect.stores.pending import PendingLogin, PendingLogins
from metaconnect.stores.secrets import open_secret_store


@pytest.fixture
def pending(tmp_path):
    return PendingLogins(open_secret_store(tmp_path, "file"))


@pytest.mark.parametrize("expires_at", [None, datetime(2027, 1, 1, tzinfo=UTC)])
def test_a_login_is_kept_until_it_is_forgotten(pending, expires_at):
    token = AccessToken(value="EAAwaiting", expires_at=expires_at)
    login = PendingLogin(token=token, long_lived=True)

    pending.keep("acme", login)
    assert pending.get("acme") == login
    pending.forget("acme")
    with pytest.raises(NothingToResume):
        pending.get("acme")


def test_each_client_has_its_own(pending):
    for client in ("a", "b"):
        token = AccessToken(value=f"EAA{client}")
        pending.keep(client, PendingLogin(token=token, long_lived=False))

    assert pending.get("a").token.value == "EAAa"
    assert "EAA" not in repr(pending.get("a"))
