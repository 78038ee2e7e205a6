"""What tests of stores share."""

import pytest

from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def secrets(folder):
    return open_secret_store(folder, "file")


@pytest.fixture
def store(folder, secrets):
    return LocalStore(folder, secrets)
