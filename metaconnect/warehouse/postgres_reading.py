"""SQL for PostgreSQL in a transaction that only reads."""

from __future__ import annotations

from ..errors import UsageError
from .postgres_errors import connected
from .reading import Answer, built, refused


def answer_of_postgres(dsn: str, statement: str) -> Answer:
    """Return what *statement* finds in the database of *dsn*. See `reading.answer`."""
    with connected(dsn, read_only=True) as connection:
        import psycopg
        from psycopg.types.string import TextLoader

        # As text: Python's own reader would make floats of its numbers.
        for kind in ("json", "jsonb"):
            connection.adapters.register_loader(kind, TextLoader)
        # Prepared is one statement, which cannot end the transaction and begin another.
        connection.prepare_threshold = 0
        try:
            with connection.transaction():
                found = connection.execute(statement.encode(), prepare=True)
                if not found.description:
                    raise UsageError("The statement answers nothing.")
                names = [column.name for column in found.description]
                kinds = [column.type_display for column in found.description]
                return built(names, kinds, found.fetchall())
        except psycopg.Error as exc:
            raise refused(exc) from None
