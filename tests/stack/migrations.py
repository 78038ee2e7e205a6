"""Our migrations, run as a hosted project runs them: by `postgres`, no superuser."""

from __future__ import annotations

from pathlib import Path

import psycopg

import metaconnect

FOLDER = Path(metaconnect.__file__).parent / "supabase" / "migrations"


def migrate(dsn: str) -> None:
    """Run every migration in its own transaction, in the order of their names."""
    with psycopg.connect(dsn, user="postgres", autocommit=True) as connection:
        for path in sorted(FOLDER.glob("*.sql")):
            with connection.transaction():
                connection.execute(path.read_bytes())
