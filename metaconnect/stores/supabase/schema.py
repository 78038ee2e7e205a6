"""The SQL that creates the dashboard's tables where they are missing."""

from __future__ import annotations

from importlib.resources import files

from ...errors import ConfigError, StoreError

NO_PSYCOPG = (
    "Install it:  pip install 'metaconnect[postgres]'\n"
    "Or run the SQL by other means:  metaconnect init --print-sql"
)


def migrations() -> list[tuple[str, str]]:
    """Return each migration's file name and SQL, in order."""
    folder = files("metaconnect") / "supabase" / "migrations"
    found = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return [(file.name, file.read_text("utf-8")) for file in sorted(found, key=str)]


def apply(dsn: str) -> list[str]:
    """
    Run every migration on the database of *dsn*, and return their names.

    They create what is missing and touch nothing that exists, all of them or
    none. Raises ConfigError where the driver is not installed or the role may
    not, and StoreError where the database cannot be reached.
    """
    try:
        import psycopg
    except ImportError as exc:
        raise ConfigError("The PostgreSQL driver is missing.", hint=NO_PSYCOPG) from exc
    names = []
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            for name, sql in migrations():
                connection.execute(sql.encode())
                names.append(name)
    except psycopg.OperationalError:
        # Its text and its traceback quote the DSN, password and all.
        raise StoreError("The database cannot be reached with that DSN.") from None
    except psycopg.Error as exc:
        raise ConfigError(
            f"The database refused the SQL: {exc.diag.message_primary or exc}",
            hint="Run it as the owner of the tables (on Supabase: postgres).",
        ) from exc
    return names
