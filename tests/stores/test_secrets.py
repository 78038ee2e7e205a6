"""Secrets on this machine: sealed with a keyring's key, or plain and private."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from metaconnect.errors import NoSecretStore
from metaconnect.stores import keyrings
from metaconnect.stores.secrets import open_secret_store

from .keyrings import Blocking, Broken, Forgetful, MemoryKeyring


@pytest.fixture(params=["file", "keyring"])
def secrets(request, tmp_path, use_keyring):
    use_keyring(MemoryKeyring())
    return open_secret_store(tmp_path / "data", request.param)


def test_a_secret_is_kept_and_forgotten(secrets):
    assert secrets.get("a") is None
    secrets.set("a", "one")
    secrets.set("b", "zwei ü 東京")
    assert (secrets.get("a"), secrets.get("b")) == ("one", "zwei ü 東京")

    secrets.delete("a")
    secrets.delete("never there")
    assert (secrets.get("a"), secrets.get("b")) == (None, "zwei ü 東京")


def test_a_secret_may_be_longer_than_a_keyring_allows(secrets):
    secrets.set("long", "x" * 100_000)

    assert secrets.get("long") == "x" * 100_000


def test_all_are_read_at_once(secrets):
    assert secrets.get_all() == {}
    secrets.set("a", "1")
    secrets.set("b", "2")
    assert secrets.get_all() == {"a": "1", "b": "2"}

    secrets.delete("a", "b", "never there")
    assert secrets.get_all() == {}


def test_any_thread_may_call(secrets):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(secrets.set, "abcdefgh", "12345678"))
        list(threads.map(secrets.delete, "abcd"))

    assert secrets.get_all().keys() == set("efgh")


def test_of_many_that_take_a_secret_one_gets_it(secrets):
    secrets.set("a", "1")
    secrets.set("b", "2")
    assert not secrets.take("a", "another value")
    assert not secrets.take("never there", "1")
    assert secrets.get("a") == "1"

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(secrets.take, "aaaa", "1111"))
    assert sorted(taken) == [False, False, False, True]
    assert secrets.get_all() == {"b": "2"}


def test_the_check_leaves_no_secret_and_no_scrap(secrets, tmp_path):
    secrets.check()

    assert secrets.get_all() == {}
    assert {path.stem for path in (tmp_path / "data").iterdir()} == {"secrets"}


def test_a_check_again_makes_no_second_key(tmp_path, use_keyring):
    memory = MemoryKeyring()
    use_keyring(memory)
    for _ in range(2):
        open_secret_store(tmp_path, "keyring").check()

    assert len(memory.passwords) == 1


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
    monkeypatch.setattr(keyrings, "TIMEOUT", 0.1)
    blocking = Blocking()
    use_keyring(blocking)

    try:
        with pytest.raises(NoSecretStore, match="no answer within"):
            open_secret_store(tmp_path, "keyring").check()
        assert blocking.asked.is_set()
    finally:
        blocking.answered.set()
