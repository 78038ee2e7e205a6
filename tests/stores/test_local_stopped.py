"""A process that is told to stop, or killed, at any moment of a save."""

import signal
import sqlite3
import subprocess
import sys
from functools import partial

import pytest
from msgspec.structs import replace

from metaconnect.models import AccessToken, Connection
from metaconnect.stores import database

from .files import tokens_in


@pytest.fixture
def connection():
    token = AccessToken(value="EAAformer")
    return Connection(client_id="acme", token=token, user_facebook_id="1")


@pytest.fixture
def stop(monkeypatch):
    """Return a function: raise SIGINT around the next statement of that name."""
    armed = {}

    class Stopping(sqlite3.Connection):
        def execute(self, sql, *args):
            if armed.get("before") and sql.startswith(armed["before"]):
                armed.clear()
                signal.raise_signal(signal.SIGINT)
            done = super().execute(sql, *args)
            if armed.get("after") and sql.startswith(armed["after"]):
                armed.clear()
                signal.raise_signal(signal.SIGINT)
            return done

    connect = partial(sqlite3.connect, factory=Stopping)
    monkeypatch.setattr(database.sqlite3, "connect", connect)
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda **when: armed.update(when)
    signal.signal(signal.SIGINT, former)


def test_just_after_the_commit_the_new_connection_stands(
    stop, store, folder, connection
):
    store.save(connection)
    stop(after="commit")
    with pytest.raises(KeyboardInterrupt):
        store.save(replace(connection, token=AccessToken(value="EAAnew")))

    assert store.get(connection.client_id).token.value == "EAAnew"
    assert tokens_in(folder) == ["EAAnew"]


@pytest.mark.parametrize("when", [{"after": "insert"}, {"before": "commit"}])
def test_before_the_commit_the_former_one_does(when, stop, store, folder, connection):
    store.save(connection)
    stop(**when)
    with pytest.raises(KeyboardInterrupt):
        store.save(replace(connection, token=AccessToken(value="EAAnew")))

    assert store.get(connection.client_id).token == connection.token
    assert tokens_in(folder) == [connection.token.value]


def test_a_delete_just_after_its_commit_leaves_no_token_for_long(
    stop, store, folder, connection
):
    store.save(connection)
    stop(after="commit")
    with pytest.raises(KeyboardInterrupt):
        store.delete(connection.client_id)

    store.check(connection.client_id)
    assert tokens_in(folder) == []


@pytest.mark.parametrize(
    ("when", "stands"), [("insert", "EAAfirst"), ("commit", "EAAsecond")]
)
def test_what_a_killed_process_left_is_cleaned_up(
    when, stands, store, folder, secrets, connection
):
    asked = [sys.executable, "-c", KILLED, str(folder), when]
    killed = subprocess.run(asked, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert tokens_in(folder) == ["EAAfirst", "EAAsecond"]
    assert store.get("acme").token.value == stands

    secrets.set("supabase session", "no token")
    store.save(replace(connection, client_id="other"))
    assert set(tokens_in(folder)) == {stands, "EAAformer", "no token"}


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from metaconnect.models import AccessToken, Connection
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

folder, when = Path(sys.argv[1]), sys.argv[2]
store = LocalStore(folder, open_secret_store(folder, "file"))

def save(token):
    token = AccessToken(value=token)
    store.save(Connection(client_id="acme", token=token, user_facebook_id="1"))

class Killed(sqlite3.Connection):
    def execute(self, sql, *args):
        done = super().execute(sql, *args)
        if sql.startswith(when):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

save("EAAfirst")
connect = sqlite3.connect
sqlite3.connect = lambda *args, **options: connect(*args, factory=Killed, **options)
save("EAAsecond")
"""
