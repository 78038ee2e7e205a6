"""What tests of stores share."""

import keyring
import pytest

from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store


@pytest.fixture
def use_keyring():
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def secrets(folder):
    return open_secret_store(folder, "file")


@pytest.fixture
def store(folder, secrets):
    return LocalStore(folder, secrets)
