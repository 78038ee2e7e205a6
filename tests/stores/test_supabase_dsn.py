"""A DSN that does not work is explained, and never quoted."""

import socket
import traceback

import pytest

from metaconnect.errors import ConfigError, StoreError, UsageError
from metaconnect.stores.supabase import dsn, schema

PASSWORD = "hunter22"


def refused(text):
    """What `apply` raises for the DSN, after a look that it quotes nothing of it."""
    with pytest.raises((ConfigError, StoreError, UsageError)) as failure:
        schema.apply(text)
    error = failure.value
    said = "".join(traceback.format_exception(error)) + error.hint
    assert "hunter" not in said
    assert "22" not in str(error)
    assert error.hint
    return error


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://postgres:{PASSWORD} x@127.0.0.1/postgres",
        f"postgresql://postgres:{PASSWORD}%@127.0.0.1/postgres",
        f"postgresql://postgres:x@[{PASSWORD}/postgres",
        f"postgresql:/postgres:{PASSWORD}@127.0.0.1/postgres",
        f"https://{PASSWORD}.supabase.co",
        f"host=127.0.0.1 {PASSWORD}",
        f"postgresql://postgres:x@127.0.0.1/postgres?{PASSWORD}=1",
        PASSWORD,
    ],
)
def test_a_malformed_dsn_is_told_what_it_looks_like(text):
    error = refused(text)

    assert isinstance(error, ConfigError)
    assert "postgresql://postgres.REF:PASSWORD@HOST:5432" in error.hint
    assert "URL-encoded" in error.hint


@pytest.mark.parametrize("text", [f"hun@{PASSWORD}", f"@{PASSWORD}", "/@hunter"])
def test_a_password_that_is_not_encoded_is_not_taken_for_a_host_aloud(text):
    error = refused(f"postgresql://postgres:{text}@127.0.0.1:1/postgres")

    assert "URL-encoded" in error.hint


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_dsn_is_not_libpqs_default_database(text, monkeypatch, postgres):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(postgres.port))
    monkeypatch.setenv("PGUSER", "postgres")

    assert isinstance(refused(text), UsageError)


def test_a_parameter_of_prismas_is_explained():
    error = refused(f"postgresql://u:{PASSWORD}@127.0.0.1:1/postgres?pgbouncer=true")

    assert isinstance(error, ConfigError)
    assert "Prisma" in str(error)
    assert "5432" in error.hint


def test_a_user_and_a_database_that_are_not_there(postgres):
    at = f"127.0.0.1:{postgres.port}"

    assert "no such user" in str(refused(f"postgresql://hunter@{at}/postgres"))
    assert "no such database" in str(refused(f"postgresql://postgres@{at}/hunter"))


def test_tls_that_the_server_does_not_offer(postgres):
    address = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"

    error = refused(f"{address}?sslmode=require")
    assert isinstance(error, ConfigError)
    assert "sslmode=disable" in error.hint


def test_a_host_that_does_not_exist_may_be_the_ipv6_one():
    error = refused(f"postgresql://postgres:{PASSWORD}@db.invalid/postgres")

    assert error.exit_code == 7
    assert "IPv6 only" in error.hint
    assert "Session pooler" in error.hint


def test_a_port_where_nobody_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        error = refused(f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/postgres")
    assert "Nothing listens" in str(error)


# What servers and libpq say where this machine cannot make them say it.
RECORDED = {
    'FATAL:  password authentication failed for user "postgres"': "not accept the pass",
    "fe_sendauth: no password supplied": "not accept the password",
    "FATAL:  Tenant or user not found": "pooler does not know",
    'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", '
    "no encryption": "encrypted connections only",
    "FATAL:  SSL connection is required": "encrypted connections only",
    "SSL error: certificate verify failed": "certificate",
    'FATAL:  no pg_hba.conf entry for host "1.2.3.4", SSL encryption': "let this user",
    'connection to server at "2001:db8::1", port 5432 failed: '
    "Network is unreachable": "from this network",
    "connection timeout expired": "from this network",
    "server closed the connection unexpectedly": "cannot be reached with that DSN",
}


@pytest.mark.parametrize(("text", "words"), RECORDED.items())
def test_what_else_a_server_may_say(text, words):
    error = dsn.unreachable(f"connection failed: {text}")

    assert words in str(error)
    assert error.hint


def test_postgresqls_own_hint_is_shown(database):
    with pytest.raises(ConfigError, match="nothing was changed") as failure:
        schema.apply(database.replace("supabase_admin", "authenticator"))
    assert "owner" in failure.value.hint
