"""The SQL that creates the dashboard's tables where they are missing."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from ...errors import ConfigError
from ...redact import clean
from .dsn import checked, unreachable

NO_PSYCOPG = (
    "Install it:  pip install 'metaconnect[postgres]'\n"
    "Or run the SQL by other means:  metaconnect init --print-sql"
)
RAISED = ("00000", "01000")  # RAISE NOTICE and RAISE WARNING
_HEADER = """\
-- metaconnect's tables. Nothing that exists is changed; it can be run again.
--
--   metaconnect init --print-sql | psql -v ON_ERROR_STOP=1 "DSN"
--
-- as the owner of the tables (on Supabase: postgres), or in the SQL editor, or as a
-- migration of the dashboard's own.

begin;
"""


def migrations() -> list[tuple[str, str]]:
    """Return each migration's file name and SQL, in order."""
    folder = files("metaconnect") / "supabase" / "migrations"
    found = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return [(file.name, file.read_text("utf-8")) for file in sorted(found, key=str)]


def script() -> str:
    """Return all migrations as one script that runs in one transaction."""
    parts = [f"-- {name}\n\n{sql}" for name, sql in migrations()]
    return "\n".join([_HEADER, *parts, "commit;\n"])


def apply(dsn: str, notice: Callable[[str], None] = lambda _: None) -> list[str]:
    """
    Run every migration on the database of *dsn*, and return their names.

    They create what is missing and touch nothing that exists, all of them or
    none. *notice* is given the warnings that the database raises. Raises
    UsageError for an empty DSN, ConfigError where the driver is not installed,
    the DSN cannot be used or the database refuses the SQL, and StoreError
    where the database cannot be reached.
    """
    try:
        import psycopg
    except ImportError as exc:
        raise ConfigError("The PostgreSQL driver is missing.", hint=NO_PSYCOPG) from exc

    def warn(diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.sqlstate in RAISED:  # not "already exists, skipping"
            notice(_with_hint(diagnostic))

    checked(dsn)
    names = []
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            connection.add_notice_handler(warn)
            for name, sql in migrations():
                connection.execute(sql.encode())
                names.append(name)
    except psycopg.OperationalError as exc:
        # `from None`: its text and its traceback may quote the password.
        raise unreachable(str(exc)) from None
    except psycopg.Error as exc:
        raise _refused(exc.diag) from None
    return names


def _refused(diagnostic: object) -> ConfigError:
    hint = getattr(diagnostic, "message_hint", None)
    reason = clean(getattr(diagnostic, "message_primary", None)) or "no reason given"
    return ConfigError(
        f"The database refused the SQL, and nothing was changed: {reason}.",
        hint=clean(hint)
        or "Run it as the owner of the tables (on Supabase: postgres).",
    )


def _with_hint(diagnostic: object) -> str:
    facts = (
        clean(getattr(diagnostic, "message_primary", None)),
        clean(getattr(diagnostic, "message_hint", None)),
    )
    return "\n".join(filter(None, facts))
