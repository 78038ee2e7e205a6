"""PostgreSQL is reached, and what it says becomes one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError, MetaconnectError, StoreError
from ..redact import clean, remember_secret
from ..stores.supabase.dsn import checked, unreachable

if TYPE_CHECKING:
    from psycopg import Connection

NO_PSYCOPG = "Install it:  pip install 'metaconnect[postgres]'"
_SECONDS = 10


@contextmanager
def connected(dsn: str, *, read_only: bool = False) -> Iterator[Connection[Any]]:
    """
    Yield a connection to the database of *dsn*, closed with the block.

    Every statement is its own transaction, but for blocks of `transaction`. Raises
    UsageError and ConfigError for a DSN that cannot be used, StoreError where the
    database cannot be reached.
    """
    try:
        import psycopg
    except ImportError:
        raise ConfigError(
            "The PostgreSQL driver is missing.", hint=NO_PSYCOPG
        ) from None
    _remember_password(dsn)
    try:
        connection = psycopg.connect(
            dsn,
            autocommit=True,
            connect_timeout=_SECONDS,
            application_name="metaconnect",
            # Poolers hand one connection to several programs.
            prepare_threshold=None,
        )
    except psycopg.OperationalError as exc:
        # `from None`: its text and its traceback may quote the password.
        raise unreachable(str(exc)) from None
    try:
        connection.read_only = read_only
        yield connection
    finally:
        connection.close()


def described(connection: Connection[Any]) -> str:
    """Return where *connection* leads, as a message may say it."""
    info = connection.info
    return clean(f"database {info.dbname} on {info.host or 'this machine'}")


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Raise what PostgreSQL says about *name* as StoreError or ConfigError."""
    import psycopg

    try:
        yield
    except psycopg.Error as exc:
        raise _error(name, exc) from None


def busy(client_id: str, name: str) -> StoreError:
    return StoreError(
        f"Another sync of client {client_id!r} is writing to the {name}.",
        hint="Try again when it is done.",
    )


def _remember_password(dsn: str) -> None:
    checked(dsn)
    from psycopg.conninfo import conninfo_to_dict

    password = conninfo_to_dict(dsn).get("password")
    remember_secret(password if isinstance(password, str) else None)


def _error(name: str, error: Any) -> MetaconnectError:
    import psycopg

    reason = clean(error.diag.message_primary or str(error)).rstrip(".")
    said = f"The {name} refused what was written: {reason}."
    if isinstance(error, psycopg.errors.DiskFull):
        return StoreError(f"The {name} has no room left: {reason}.")
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return ConfigError(said, hint="Sync as the owner of the tables.")
    if isinstance(error, psycopg.OperationalError):
        return StoreError(f"The {name} cannot be reached any more: {reason}.")
    return ConfigError(said, hint=clean(error.diag.message_hint))
