"""The store on this machine keeps the contract, alone and among processes."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from metaconnect.errors import ConfigError, NotConnected, StoreError
from metaconnect.models import AccessToken
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .contract import StoreContract


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def vault(folder):
    return open_secret_store(folder, "file")


@pytest.fixture
def store(folder, vault):
    return LocalStore(folder, vault)


@pytest.fixture
def clients():
    return ("acme", "Bäckerei Müller")


class TestLocalStore(StoreContract):
    pass


class TestWhatLiesOnDisk:
    connection = StoreContract.connection

    def test_every_file_is_private_from_birth(self, store, folder, connection):
        store.save(connection)

        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()
        }
        assert modes.pop("secrets.lock", 0o600) in (0o600, 0o644)  # holds nothing
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

        text = (folder / "secrets.json").read_text()
        assert connection.token.value not in text
        assert text.count("EAAsecond") == 1

    def test_reading_creates_nothing(self, store, folder):
        assert store.clients() == []
        assert store.only() is None
        with pytest.raises(NotConnected):
            store.get("acme")
        assert not folder.exists()


class TestFailures:
    connection = StoreContract.connection

    def test_a_save_that_fails_leaves_the_former_connection_whole(
        self, store, folder, vault, connection
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
        assert "EAAlost" not in (folder / "secrets.json").read_text()

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

    def test_a_token_that_is_gone_from_the_secret_store_is_said(
        self, store, folder, connection
    ):
        store.save(connection)
        (folder / "secrets.json").unlink()

        with pytest.raises(NotConnected, match="gone from the secret store"):
            store.get(connection.client_id)


TABLES = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("select name from sqlite_master where type = 'table'").fetchall())
"""
WRITER = """
import sys
from pathlib import Path
from metaconnect.models import AccessToken, Connection
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

folder, who = Path(sys.argv[1]), sys.argv[2]
store = LocalStore(folder, open_secret_store(folder, "file"))
for number in range(12):
    for client in ("shared", who):
        store.save(Connection(
            client_id=client,
            token=AccessToken(value=f"EAA-{who}-{number}"),
            user_facebook_id=who,
        ))
"""


class TestManyAtOnce:
    connection = StoreContract.connection

    def test_other_connections_of_this_process_keep_their_locks(
        self, folder, store, connection
    ):
        """Closing a file that SQLite has open would drop them, and lose a write."""
        store.save(connection)
        with closing(sqlite3.connect(folder / "connections.db")) as db:
            db.execute("create table other (it text)")
            store.get(connection.client_id)
            # The last one to leave a database removes its journal.
            subprocess.run([sys.executable, "-c", WRITER, str(folder), "1"], check=True)
            db.execute("drop table other")
            asked = [sys.executable, "-c", TABLES, str(folder / "connections.db")]
            tables = subprocess.check_output(asked, text=True)

        assert tables == "[('meta_tokens',)]\n"


def test_processes_at_once_lose_nothing_and_mix_nothing(folder, store):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), who])
        for who in "1234"
    ]
    assert [writer.wait(50) for writer in writers] == [0, 0, 0, 0]

    for who in "1234":
        assert store.get(who).token.value == f"EAA-{who}-11"
    shared = store.get("shared")
    # Facts and token are of one and the same save.
    assert shared.token.value == f"EAA-{shared.user_facebook_id}-11"
    assert len(store.clients()) == 5
