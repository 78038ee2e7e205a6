"""The encrypted secrets file: its key, wherever it lies, and what may go wrong."""

import pytest

from metaconnect.errors import ConfigError, NoSecretStore, StoreError
from metaconnect.stores.cipher import HEADER, MAGIC
from metaconnect.stores.secrets import open_secret_store

from .keyrings import MemoryKeyring


@pytest.fixture
def memory(use_keyring):
    memory = MemoryKeyring()
    use_keyring(memory)
    return memory


@pytest.fixture
def folder(tmp_path, memory):
    """A data folder with the secret a, "EAAsecret"."""
    folder = tmp_path / "data"
    open_secret_store(folder, "keyring").set("a", "EAAsecret")
    return folder


def read(folder):
    return open_secret_store(folder, "keyring").get("a")


class TestWhereTheFileLies:
    """The key is named by the file, not by a path."""

    def test_a_symbolic_link_leads_to_the_same_secrets(self, folder, tmp_path):
        (tmp_path / "link").symlink_to(folder)

        assert read(tmp_path / "link") == "EAAsecret"

    def test_another_spelling_of_the_path_does(self, folder, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        assert read(folder / ".." / "data") == "EAAsecret"
        assert read(folder.relative_to(tmp_path)) == "EAAsecret"

    def test_a_folder_that_was_moved_keeps_its_key(self, folder, tmp_path, memory):
        moved = folder.rename(tmp_path / "moved")
        assert read(moved) == "EAAsecret"
        open_secret_store(moved, "keyring").set("b", "2")

        assert read(moved) == "EAAsecret"
        assert len(memory.passwords) == 1


def replaced(memory):
    """The entry is there, with the key of something else."""
    for name in memory.passwords:
        memory.passwords[name] = "A" * 43 + "="


def nonsense(memory):
    for name in memory.passwords:
        memory.passwords[name] = "no base64!"


class TestWithoutTheKey:
    @pytest.mark.parametrize("lose", [dict.clear, replaced, nonsense])
    def test_the_file_is_left_alone_and_never_to_be_deleted(self, lose, folder, memory):
        lose(memory.passwords if lose is dict.clear else memory)
        sealed = (folder / "secrets.aes").read_bytes()
        secrets = open_secret_store(folder, "keyring")

        for use in (secrets.check, secrets.get_all, lambda: secrets.set("b", "new")):
            with pytest.raises(NoSecretStore, match="does not have the key") as failure:
                use()
            assert "Keep the file" in failure.value.hint
            assert "EAA" not in str(failure.value)
        assert (folder / "secrets.aes").read_bytes() == sealed

    def test_the_message_names_the_entry_to_look_for(self, folder, memory):
        (entry,) = memory.passwords
        memory.passwords.clear()

        with pytest.raises(NoSecretStore) as failure:
            read(folder)
        assert all(part in str(failure.value) for part in entry)

    def test_with_the_keyring_back_everything_is(self, folder, memory, use_keyring):
        use_keyring(MemoryKeyring())  # of another session
        with pytest.raises(NoSecretStore):
            read(folder)

        use_keyring(memory)
        assert read(folder) == "EAAsecret"


@pytest.mark.parametrize(
    "damage",
    [
        lambda sealed: b"",
        lambda sealed: b"garbage",
        lambda sealed: MAGIC + bytes(80),
        lambda sealed: MAGIC + b"\xff" * 80,
        lambda sealed: sealed[:HEADER],
        lambda sealed: sealed[: HEADER + 5],
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    ],
)
def test_a_damaged_file_is_a_clear_error(damage, folder):
    path = folder / "secrets.aes"
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(StoreError, match="damaged"):
        read(folder)


def test_a_file_of_another_version_is_left_alone(folder):
    path = folder / "secrets.aes"
    path.write_bytes(b"metaconnect secrets 9\n" + bytes(80))

    with pytest.raises(ConfigError, match="another version"):
        open_secret_store(folder, "keyring").set("a", "1")
    assert path.read_bytes() == b"metaconnect secrets 9\n" + bytes(80)
