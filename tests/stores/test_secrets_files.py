"""The secrets file and what is beside it: private, clean, never another's."""

import json
import stat

import pytest

from metaconnect.errors import ConfigError, StoreError
from metaconnect.private_files import temporary_prefix
from metaconnect.stores.locks import locked
from metaconnect.stores.secrets import open_secret_store

from .keyrings import Broken, MemoryKeyring


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path / "data"


@pytest.fixture
def secrets(folder):
    return open_secret_store(folder, "file")


@pytest.mark.parametrize(
    "content",
    [b"", b"{half", b"[]", b"null", b"\xff", b'{"a": 1}', b"[" * 100_000],
    ids=lambda content: repr(content[:9]),
)
def test_a_damaged_plain_file_is_a_clear_error(content, folder, secrets):
    (folder / "secrets.json").write_bytes(content)

    for use in (lambda: secrets.get("a"), lambda: secrets.set("a", "1")):
        with pytest.raises(StoreError, match="damaged") as failure:
            use()
        assert "Move it away" in failure.value.hint
    assert (folder / "secrets.json").read_bytes() == content


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(ConfigError, match="Not a directory"):
        open_secret_store(tmp_path / "data", "file").set("a", "1")


def test_a_file_that_cannot_be_written_is_a_clear_error(folder, secrets):
    (folder / "secrets.json").mkdir()

    with pytest.raises(StoreError, match="Is a directory"):
        secrets.set("a", "1")


@pytest.mark.parametrize("bits", [0o777, 0o770, 0o1777])
def test_a_folder_that_others_can_write_to_is_not_used(bits, folder, secrets):
    secrets.set("a", "1")
    folder.chmod(bits)

    for use in (secrets.check, secrets.get_all, lambda: secrets.set("a", "2")):
        with pytest.raises(ConfigError, match="can write to") as failure:
            use()
        assert "chmod go-w" in failure.value.hint


def test_a_file_that_others_can_read_is_mended_and_mentioned(folder, secrets, caplog):
    secrets.set("a", "1")
    path = folder / "secrets.json"
    path.chmod(0o644)

    assert secrets.get("a") == "1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in caplog.text


class TestSymbolicLinks:
    """In the place of our files: another's file is neither changed nor emptied."""

    @pytest.fixture
    def victim(self, tmp_path):
        victim = tmp_path / "victim"
        victim.write_text('{"not": "ours"}')
        yield victim
        assert victim.read_text() == '{"not": "ours"}'

    def test_the_lock_is_not_followed(self, victim, folder, secrets):
        (folder / "secrets.lock").symlink_to(victim)

        with pytest.raises(StoreError, match="cannot be written"):
            secrets.set("a", "1")

    def test_the_file_is_replaced(self, victim, folder, secrets):
        (folder / "secrets.json").symlink_to(victim)
        secrets.set("a", "1")

        assert not (folder / "secrets.json").is_symlink()
        assert secrets.get("a") == "1"


class TestLeftovers:
    """What a process that was killed while writing left behind."""

    @pytest.fixture
    def leftover(self, folder, secrets):
        secrets.set("a", "1")
        leftover = folder / f"{temporary_prefix(folder / 'secrets.json')}x7f3"
        leftover.write_text('{"a": "EAAsecret"}')
        return leftover

    @pytest.mark.parametrize("verb", ["check", "get_all"])
    @pytest.mark.parametrize("kind", ["file", "keyring"])
    def test_the_next_run_removes_them(self, kind, verb, leftover, use_keyring):
        use_keyring(MemoryKeyring())
        getattr(open_secret_store(leftover.parent, kind), verb)()

        assert not leftover.exists()

    def test_what_another_process_is_writing_stays(self, leftover, secrets):
        with locked(leftover.parent / "secrets.lock", 1):
            assert secrets.get("a") == "1"
            assert leftover.exists()


class TestFromFileToKeyring:
    @pytest.mark.parametrize("verb", ["check", "get_all"])
    def test_the_secrets_move_and_the_plain_text_goes(
        self, verb, folder, secrets, use_keyring
    ):
        use_keyring(MemoryKeyring())
        secrets.set("a", "EAAsecret")
        getattr(open_secret_store(folder, "keyring"), verb)()

        assert open_secret_store(folder, "keyring").get("a") == "EAAsecret"
        assert {path.name for path in folder.iterdir()} == {
            "secrets.aes",
            "secrets.lock",
        }

    def test_what_the_plain_file_holds_is_the_later(self, folder, use_keyring):
        use_keyring(MemoryKeyring())
        for kind, value in (("keyring", "1"), ("file", "2")):
            open_secret_store(folder, kind).set("a", value)
        open_secret_store(folder, "keyring").set("b", "3")

        assert open_secret_store(folder, "keyring").get_all() == {"a": "2", "b": "3"}

    def test_without_a_keyring_the_plain_file_stays(self, folder, secrets, use_keyring):
        use_keyring(Broken())
        secrets.set("a", "EAAsecret")

        for use in ("check", "get_all"):
            with pytest.raises(ConfigError):
                getattr(open_secret_store(folder, "keyring"), use)()
        assert json.loads((folder / "secrets.json").read_text()) == {"a": "EAAsecret"}
