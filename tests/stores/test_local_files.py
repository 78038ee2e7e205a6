"""The files of the local store: private, and what is said of damaged ones."""

import sqlite3
import stat
from contextlib import closing
from functools import partial

import pytest
from msgspec.structs import replace

from metaconnect.errors import ConfigError, NotConnected, StoreError
from metaconnect.models import AccessToken
from metaconnect.stores import database

from .contract import StoreContract
from .files import tokens_in


@pytest.fixture
def clients():
    return ("acme", "Bäckerei Müller")


class TestWhatLiesOnDisk:
    connection = StoreContract.connection

    def test_every_file_is_private_from_birth(self, store, folder, connection):
        store.save(connection)

        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()
        }
        assert set(modes.values()) == {0o600}, modes
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_the_database_holds_no_token(self, store, folder, connection):
        store.save(connection)

        assert connection.token.value.encode() not in b"".join(
            path.read_bytes() for path in folder.glob("connections.db*")
        )

    def test_a_former_token_is_not_left_behind(self, store, folder, connection):
        store.save(connection)
        store.save(replace(connection, token=AccessToken(value="EAAsecond")))

        assert tokens_in(folder) == ["EAAsecond"]

    def test_reading_creates_nothing(self, store, folder):
        assert store.clients() == []
        assert store.only() is None
        with pytest.raises(NotConnected):
            store.get("acme")
        assert not folder.exists()


class TestFailures:
    connection = StoreContract.connection

    def test_a_save_that_fails_leaves_the_former_connection_whole(
        self, store, folder, secrets, connection
    ):
        store.save(connection)
        with sqlite3.connect(folder / "connections.db") as db:
            db.execute(
                "create trigger full before update on meta_tokens "
                "begin select raise(abort, 'disk full'); end"
            )
        db.close()

        with pytest.raises(StoreError, match="disk full"):
            store.save(replace(connection, token=AccessToken(value="EAAlost")))
        assert store.get(connection.client_id).token == connection.token
        assert tokens_in(folder) == [connection.token.value]

    def test_a_database_of_a_newer_version_is_left_alone(
        self, store, folder, connection
    ):
        store.save(connection)
        with sqlite3.connect(folder / "connections.db") as db:
            db.execute("pragma user_version = 99")
        db.close()

        with pytest.raises(ConfigError, match="newer metaconnect"):
            store.get(connection.client_id)

    def test_a_file_that_is_no_database_is_a_clear_error(self, store, folder):
        folder.mkdir()
        (folder / "connections.db").write_text("hello, this is no database at all")

        with pytest.raises(StoreError, match="cannot be used"):
            store.clients()

    def test_a_row_that_is_damaged_is_a_clear_error(self, store, folder, connection):
        store.save(connection)
        with closing(sqlite3.connect(folder / "connections.db")) as db:
            db.execute("update meta_tokens set updated_at = 'yesterday'")
            db.commit()

        with pytest.raises(StoreError, match="damaged"):
            store.connections()

    def test_a_database_that_lost_its_table_is_a_clear_error(self, store, folder):
        folder.mkdir()
        with closing(sqlite3.connect(folder / "connections.db")) as db:
            db.execute(f"pragma user_version = {database.SCHEMA_VERSION}")

        with pytest.raises(StoreError, match="no such table"):
            store.clients()

    def test_a_database_that_is_a_symbolic_link_is_refused(
        self, store, folder, tmp_path, connection
    ):
        folder.mkdir()
        (folder / "connections.db").symlink_to(tmp_path / "victim")

        for use in (store.clients, partial(store.save, connection)):
            with pytest.raises(ConfigError, match="symbolic link"):
                use()
        assert not (tmp_path / "victim").exists()

    @pytest.mark.parametrize("bits", [0o777, 0o770])
    def test_a_folder_that_others_can_write_to_is_not_used(
        self, bits, store, folder, connection
    ):
        store.save(connection)
        folder.chmod(bits)

        for use in (
            partial(store.check, "acme"),
            store.clients,
            store.connections,
            partial(store.get, "acme"),
            partial(store.save, connection),
            partial(store.delete, "acme"),
        ):
            with pytest.raises(ConfigError, match="can write to"):
                use()

    def test_a_database_that_others_can_read_is_mended(
        self, store, folder, connection, caplog
    ):
        store.save(connection)
        path = folder / "connections.db"
        path.chmod(0o644)
        store.get(connection.client_id)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert str(path) in caplog.text

    def test_a_token_that_is_gone_from_the_secret_store_is_said(
        self, store, folder, connection
    ):
        store.save(connection)
        (folder / "secrets.json").unlink()

        with pytest.raises(NotConnected, match="gone from the secret store"):
            store.get(connection.client_id)
