"""Statements that several tests of the database run."""

from __future__ import annotations

import psycopg


def as_owner(dsn, statement):
    with psycopg.connect(dsn, user="postgres") as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def sign_in(connection, user):
    claims = f'{{"sub": "{user}", "role": "authenticated"}}'
    connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    connection.execute("set local role authenticated")


def add_user(dsn):
    with psycopg.connect(dsn) as connection:
        insert = "insert into auth.users default values returning id"
        return connection.execute(insert).fetchone()[0]
