"""What tests of stores share."""

import keyring
import pytest


@pytest.fixture
def use_keyring():
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)
