"""The store on this machine keeps the contract, alone and among processes."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from msgspec.structs import replace

from metaconnect.errors import UsageError
from metaconnect.stores.cipher import PlainText

from .contract import StoreContract
from .files import tokens_in


@pytest.fixture
def clients():
    return ("acme", "Bäckerei Müller")


class TestLocalStore(StoreContract):
    pass


class TestWhatIsKept:
    connection = StoreContract.connection

    def test_every_fact_of_a_connection(self, store, connection):
        connection = replace(
            connection,
            user_name="Ana",
            ad_account_name="Bäckerei",
            currency="EUR",
            timezone_name="Europe/Berlin",
            graph_url="https://graph.facebook.com",
            app_id="42",
        )
        saved = store.save(connection)

        assert store.get(connection.client_id) == saved
        assert replace(saved, created_at=None, updated_at=None) == connection

    def test_the_first_time_is_kept_and_the_last(self, store, connection):
        first = store.save(connection)
        second = store.save(connection)

        assert second.created_at == first.created_at
        assert second.updated_at > first.updated_at

    def test_a_name_with_half_a_character_does_not_prevent_saving(
        self, store, connection
    ):
        saved = store.save(replace(connection, user_name="Ana \ud83d"))

        assert saved.user_name == "Ana ?"

    @pytest.mark.parametrize("verb", ["get", "save", "delete"])
    def test_a_client_id_that_is_not_text_is_a_usage_error(
        self, verb, store, folder, connection
    ):
        store.save(connection)
        odd = replace(connection, client_id="acme\udcff")

        with pytest.raises(UsageError, match="not valid text"):
            getattr(store, verb)(odd if verb == "save" else odd.client_id)
        assert tokens_in(folder) == [connection.token.value]

    def test_a_database_of_version_1_is_upgraded(self, store, folder, secrets):
        folder.mkdir()
        with closing(sqlite3.connect(folder / "connections.db")) as db:
            db.executescript(VERSION_1)
        secrets.set("token acme 1", "EAAolder")

        (older,) = store.connections()
        assert older.token.value == "EAAolder"
        assert older.currency is None
        newer = store.replace(older, replace(older, currency="JPY"))
        assert store.get("acme") == newer


VERSION_1 = """
create table meta_tokens (
  client_id        text primary key,
  secret_name      text not null unique,
  user_facebook_id text not null,
  ad_account_id    text,
  token_expires_at text,
  created_at       text not null,
  updated_at       text not null
) strict;
insert into meta_tokens values ('acme', 'token acme 1', '7', null, null,
  '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');
pragma user_version = 1;
"""


class TestManyConnections:
    connection = StoreContract.connection

    def test_all_are_read_with_the_secrets_opened_once(
        self, store, connection, monkeypatch
    ):
        for number in range(5):
            store.save(replace(connection, client_id=f"client {number}"))
        opened = []
        monkeypatch.setattr(
            PlainText, "open", lambda _, sealed: opened.append(1) or sealed
        )

        assert len(store.connections()) == 5
        assert opened == [1]

    def test_one_whose_token_is_lost_is_left_out_and_mentioned(
        self, store, secrets, connection, caplog
    ):
        store.save(connection)
        secrets.delete(*secrets.get_all())
        with closing(sqlite3.connect(store._database.path)) as db:
            db.execute("update meta_tokens set client_id = 'lost'")
            db.commit()
        kept = store.save(connection)

        assert store.connections() == [kept]
        assert "'lost' is gone from the secret store" in caplog.text


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
