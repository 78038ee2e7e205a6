"""Files and folders that only their owner can read or change."""

import os
import stat
import subprocess

import pytest

from metaconnect import private_files
from metaconnect.errors import ConfigError
from metaconnect.private_files import (
    mend_mode,
    private_folder,
    require_private,
    write_private,
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def generous_umask():
    former = os.umask(0)
    yield
    os.umask(former)


@pytest.mark.usefixtures("generous_umask")
class TestFolder:
    def test_it_and_its_parents_are_for_the_owner_alone(self, tmp_path):
        private_folder(tmp_path / "share" / "metaconnect")

        assert mode(tmp_path / "share") == 0o700
        assert mode(tmp_path / "share" / "metaconnect") == 0o700

    @pytest.mark.parametrize("bits", [0o720, 0o702, 0o1777])
    @pytest.mark.parametrize("check", [private_folder, require_private])
    def test_one_that_others_can_write_to_is_refused(self, check, bits, tmp_path):
        folder = tmp_path / "it's open"
        folder.mkdir()
        folder.chmod(bits)

        with pytest.raises(ConfigError, match="can write to") as failure:
            check(folder)
        # The hint is the command that mends it.
        _, command = failure.value.hint.split(":  ")
        subprocess.run(command, shell=True, check=True)
        check(folder)

    def test_one_of_another_user_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
        monkeypatch.setattr(private_files, "TRUSTED_USER", -1)  # tests may be root

        with pytest.raises(ConfigError, match="another user"):
            private_folder(tmp_path)

    def test_a_link_to_a_private_folder_is_one(self, tmp_path):
        (tmp_path / "real").mkdir(mode=0o700)
        (tmp_path / "link").symlink_to("real")

        private_folder(tmp_path / "link")

    @pytest.mark.parametrize("under", ["", "data"])
    def test_a_file_in_its_place_is_a_clear_error(self, under, tmp_path):
        (tmp_path / "file").write_text("")

        with pytest.raises(ConfigError, match="Not a directory") as failure:
            private_folder(tmp_path / "file" / under)
        assert "METACONNECT_HOME" in failure.value.hint

    def test_no_home_directory_is_a_clear_error(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        # What expanduser leaves of the default folder where it finds no home.
        with pytest.raises(ConfigError, match="no home directory"):
            private_folder(private_files.Path("~/.local/share/metaconnect"))
        assert list(tmp_path.glob("~*")) == []


@pytest.mark.usefixtures("generous_umask")
class TestFile:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "data").mkdir()
        return tmp_path / "data"

    def test_it_is_replaced_as_a_whole_and_private(self, folder):
        path = folder / "config.json"
        path.write_text("a much longer former content")
        write_private(path, b"new")

        assert path.read_bytes() == b"new"
        assert mode(path) == 0o600
        assert list(folder.iterdir()) == [path]

    def test_a_link_is_replaced_and_not_followed(self, folder):
        (folder / "victim").write_text("untouched")
        path = folder / "config.json"
        path.symlink_to("victim")
        write_private(path, b"new")

        assert (folder / "victim").read_text() == "untouched"
        assert not path.is_symlink()

    def test_a_failure_leaves_the_former_file_and_no_scrap(self, folder, monkeypatch):
        path = folder / "config.json"
        path.write_text("former")
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28)))

        with pytest.raises(OSError, match="28"):
            write_private(path, b"new")
        assert [file.read_text() for file in folder.iterdir()] == ["former"]

    def test_one_that_others_can_read_is_mended_and_mentioned(self, folder, caplog):
        path = folder / "secrets.json"
        path.touch(mode=0o644)
        mend_mode(path)
        mend_mode(path)

        assert mode(path) == 0o600
        (record,) = caplog.records
        assert record.name == "metaconnect"
        assert str(path) in record.getMessage()
