"""The pgTAP files of this folder, each in a database of its own."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.stack.migrations import migrate

FILES = sorted(Path(__file__).parent.glob("*.test.sql"))


def run_tap(connection: psycopg.Connection, script: bytes) -> list[str]:
    """Run *script* and return the lines that its statements answered."""
    cursor, lines = connection.execute(script), []
    while True:
        if cursor.description is not None:
            lines += [str(row[0]) for row in cursor]
        if not cursor.nextset():
            return [line for text in lines for line in text.splitlines()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_row_level_security_holds_in_sql(path, database):
    with psycopg.connect(database, autocommit=True) as connection:
        known = "select from pg_available_extensions where name = 'pgtap'"
        if connection.execute(known).fetchone() is None:
            pytest.skip("pgTAP is needed:  apt-get install postgresql-15-pgtap")
        migrate(database)
        lines = run_tap(connection, path.read_bytes())

    planned = next(line for line in lines if line.startswith("1.."))
    passed = [line for line in lines if line.startswith("ok ")]
    failed = [line for line in lines if line.startswith(("not ok", "#"))]
    assert not failed, "\n".join(failed)
    assert f"1..{len(passed)}" == planned
