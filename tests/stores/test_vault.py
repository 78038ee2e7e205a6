"""Secrets on this machine: sealed with a keyring's key, or plain and private."""

import stat
import threading

import keyring
import keyring.backend
import keyring.errors
import pytest

from metaconnect.errors import NoSecretStore, StoreError
from metaconnect.stores import cipher
from metaconnect.stores.secrets import open_secret_store


class MemoryKeyring(keyring.backend.KeyringBackend):
    priority = 1

    def __init__(self):
        self.passwords = {}

    def get_password(self, service, username):
        return self.passwords.get((service, username))

    def set_password(self, service, username, password):
        self.passwords[service, username] = password

    def delete_password(self, service, username):
        del self.passwords[service, username]


class Forgetful(MemoryKeyring):
    """Like a locked macOS keychain over SSH: stores nothing, says nothing."""

    def set_password(self, service, username, password):
        pass


class Broken(MemoryKeyring):
    """Like a backend without its bus: what it raises is no KeyringError."""

    def get_password(self, service, username):
        raise RuntimeError("no D-Bus here")


class Blocking(MemoryKeyring):
    """Like a keyring that waits for a prompt nobody sees."""

    def __init__(self):
        super().__init__()
        self.asked = threading.Event()
        self.answered = threading.Event()

    def get_password(self, service, username):
        self.asked.set()
        self.answered.wait(30)


@pytest.fixture
def use_keyring():
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


@pytest.fixture(params=["file", "keyring"])
def vault(request, tmp_path, use_keyring):
    use_keyring(MemoryKeyring())
    return open_secret_store(tmp_path / "data", request.param)


def test_a_secret_is_kept_and_forgotten(vault):
    assert vault.get("a") is None
    vault.set("a", "one")
    vault.set("b", "zwei ü 東京")
    assert (vault.get("a"), vault.get("b")) == ("one", "zwei ü 東京")

    vault.delete("a")
    vault.delete("never there")
    assert (vault.get("a"), vault.get("b")) == (None, "zwei ü 東京")


def test_a_secret_may_be_longer_than_a_keyring_allows(vault):
    vault.set("long", "x" * 100_000)

    assert vault.get("long") == "x" * 100_000


def test_the_check_leaves_no_secret_and_no_scrap(vault, tmp_path):
    vault.check()

    assert vault.get("a") is None
    assert {path.suffix for path in (tmp_path / "data").iterdir()} <= {".lock"}


def test_a_vault_is_reopened_by_another_process(tmp_path, use_keyring):
    use_keyring(MemoryKeyring())
    for kind in ("file", "keyring"):
        open_secret_store(tmp_path, kind).set("a", kind)
        assert open_secret_store(tmp_path, kind).get("a") == kind


def test_the_sealed_file_shows_nothing_and_the_keyring_holds_only_a_key(
    tmp_path, use_keyring
):
    memory = MemoryKeyring()
    use_keyring(memory)
    open_secret_store(tmp_path, "keyring").set("name", "EAAsecret")

    sealed = (tmp_path / "secrets.aes").read_bytes()
    assert b"EAAsecret" not in sealed
    assert b"name" not in sealed
    assert stat.S_IMODE((tmp_path / "secrets.aes").stat().st_mode) == 0o600
    (password,) = memory.passwords.values()
    assert len(password) == 44


def test_two_folders_have_two_keys(tmp_path, use_keyring):
    memory = MemoryKeyring()
    use_keyring(memory)
    open_secret_store(tmp_path / "one", "keyring").set("a", "1")
    open_secret_store(tmp_path / "two", "keyring").set("a", "2")

    assert len(set(memory.passwords.values())) == 2


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (Forgetful, "did not keep"),
        (Broken, "no D-Bus here"),
    ],
)
def test_a_keyring_that_does_not_work_is_no_secret_store(
    backend, words, tmp_path, use_keyring
):
    use_keyring(backend())

    with pytest.raises(NoSecretStore, match=words):
        open_secret_store(tmp_path, "keyring").check()
    assert list(tmp_path.glob("secrets.[aj]*")) == []


def test_without_a_keyring_nothing_falls_back_to_a_file(
    tmp_path, use_keyring, monkeypatch
):
    import keyring.backends.fail

    use_keyring(keyring.backends.fail.Keyring())

    with pytest.raises(NoSecretStore) as failure:
        open_secret_store(tmp_path, "keyring").set("a", "EAAsecret")
    assert "METACONNECT_SECRETS=file" in failure.value.hint
    assert list(tmp_path.glob("secrets.[aj]*")) == []


def test_a_keyring_that_blocks_is_given_up(tmp_path, use_keyring, monkeypatch):
    monkeypatch.setattr(cipher, "TIMEOUT", 0.1)
    blocking = Blocking()
    use_keyring(blocking)

    try:
        with pytest.raises(NoSecretStore, match="no answer within"):
            open_secret_store(tmp_path, "keyring").check()
        assert blocking.asked.is_set()
    finally:
        blocking.answered.set()


def test_a_lost_key_never_leads_to_a_new_one_over_the_old_secrets(
    tmp_path, use_keyring
):
    use_keyring(MemoryKeyring())
    open_secret_store(tmp_path, "keyring").set("a", "EAAsecret")
    sealed = (tmp_path / "secrets.aes").read_bytes()
    use_keyring(MemoryKeyring())  # another session's, or wiped

    vault = open_secret_store(tmp_path, "keyring")
    with pytest.raises(NoSecretStore, match="no longer has the key"):
        vault.get("a")
    with pytest.raises(NoSecretStore, match="no longer has the key"):
        vault.set("b", "new")
    assert (tmp_path / "secrets.aes").read_bytes() == sealed


@pytest.mark.parametrize(
    "damage", [b"", b"garbage", b"metaconnect secrets 1\n" + bytes(80)]
)
def test_a_damaged_sealed_file_is_a_clear_error(damage, tmp_path, use_keyring):
    use_keyring(MemoryKeyring())
    vault = open_secret_store(tmp_path, "keyring")
    vault.set("a", "1")
    (tmp_path / "secrets.aes").write_bytes(damage)

    with pytest.raises(StoreError, match="damaged"):
        vault.get("a")


def test_a_damaged_plain_file_is_a_clear_error(tmp_path):
    (tmp_path / "secrets.json").write_text("{half")

    with pytest.raises(StoreError, match="damaged"):
        open_secret_store(tmp_path, "file").get("a")


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(StoreError, match="cannot be written"):
        open_secret_store(tmp_path / "data", "file").set("a", "1")
