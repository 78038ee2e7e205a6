"""From PostgREST's query language to SQL: filters, order, select, writes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from .call import Call

# https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators
OPERATORS = {
    "eq": "=",
    "neq": "<>",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "like": "like",
    "ilike": "ilike",
}
RESERVED = ("select", "order", "limit", "offset", "on_conflict", "columns")
NAME = re.compile(r"\w+")
ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,]+)')


class Problem(Exception):
    """An answer that is an error; `str()` is its message."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.details = status, code, details or None


@dataclass(frozen=True)
class Table:
    """A table or view of schema `public`, as the schema cache knows it."""

    name: str
    columns: tuple[str, ...]
    primary_key: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier("public", self.name)

    def column(self, name: str) -> sql.Identifier:
        return sql.Identifier(self.name, name)


def find_table(connection: Connection[Any], name: str) -> Table:
    rows = connection.execute(
        """
        select a.attname, coalesce(a.attnum = any (i.indkey), false)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid
        left join pg_index i on i.indrelid = c.oid and i.indisprimary
        where n.nspname = 'public' and c.relname = %s and a.attnum > 0
          and not a.attisdropped
        order by a.attnum
        """,
        (name,),
    ).fetchall()
    if not rows:
        message = f"Could not find the table 'public.{name}' in the schema cache"
        raise Problem(404, "PGRST205", message)
    key = tuple(column for column, in_key in rows if in_key)
    return Table(name, tuple(column for column, _ in rows), key)


def select_list(table: Table, wanted: str | None) -> sql.Composed:
    """Plain columns only: no embedding, aliases, casts or JSON paths."""
    names = (wanted or "*").split(",")
    if bad := [name for name in names if name != "*" and not NAME.fullmatch(name)]:
        raise Problem(501, "SUBSET", f"not in this subset of PostgREST: select={bad}")
    return sql.SQL(", ").join(
        sql.SQL("*") if name == "*" else table.column(name) for name in names
    )


def condition(table: Table, name: str, text: str) -> sql.Composable:
    negated = text.startswith("not.")
    operator, _, value = text.removeprefix("not.").partition(".")
    column = table.column(name)
    test: sql.Composable
    if operator == "is" and value.lower() in ("null", "true", "false", "unknown"):
        test = sql.SQL("{} is {}").format(column, sql.SQL(value.lower()))
    elif operator == "in":
        test = membership(column, value)
    elif operator in OPERATORS:
        if operator.endswith("like"):
            value = value.replace("*", "%")
        # An untyped literal: PostgreSQL gives it the column's type.
        symbol = sql.SQL(OPERATORS[operator])
        test = sql.SQL("{} {} {}").format(column, symbol, sql.Literal(value))
    else:
        message = f'"failed to parse filter ({text})" (line 1, column 1)'
        raise Problem(400, "PGRST100", message)
    return sql.SQL("not ({})").format(test) if negated else test


def membership(column: sql.Identifier, value: str) -> sql.Composable:
    found = ITEM.findall(value.removeprefix("(").removesuffix(")"))
    items = [re.sub(r"\\(.)", r"\1", quoted) or plain for quoted, plain in found]
    if not items:
        return sql.SQL("false")
    listed = sql.SQL(", ").join(map(sql.Literal, items))
    return sql.SQL("{} in ({})").format(column, listed)


def where(table: Table, call: Call) -> sql.Composable:
    tests = [
        condition(table, name, text)
        for name, text in call.params
        if name not in RESERVED
    ]
    if not tests:
        return sql.SQL("")
    return sql.SQL(" where {}").format(sql.SQL(" and ").join(tests))


def ordering(table: Table, call: Call) -> sql.Composable:
    parts = []
    for term in (call.param("order") or "").split(","):
        name, *words = term.split(".")
        if not name:
            continue
        direction = "desc" if "desc" in words else "asc"
        nulls = {"nullsfirst": " nulls first", "nullslast": " nulls last"}
        extra = next((nulls[word] for word in words if word in nulls), "")
        term_sql = sql.SQL("{} " + direction + extra)
        parts.append(term_sql.format(table.column(name)))
    return (
        sql.SQL(" order by {}").format(sql.SQL(", ").join(parts))
        if parts
        else sql.SQL("")
    )


def window(call: Call) -> sql.Composable:
    clauses = [
        sql.SQL(f" {word} {{}}").format(sql.Literal(int(value)))
        for word in ("limit", "offset")
        if (value := call.param(word)) is not None
    ]
    return sql.SQL("").join(clauses)


def reading(table: Table, call: Call) -> sql.Composed:
    return sql.SQL("select {} from {} as {}{}{}{}").format(
        select_list(table, call.param("select")),
        table.identifier,
        sql.Identifier(table.name),
        where(table, call),
        ordering(table, call),
        window(call),
    )


def returning(table: Table, call: Call) -> sql.Composed:
    if not call.prefers("return=representation"):
        return sql.SQL(" returning 1 as one").format()
    return sql.SQL(" returning {}").format(select_list(table, call.param("select")))


def payload(call: Call) -> list[dict[str, Any]]:
    try:
        body = json.loads(call.body or b"{}")
    except ValueError as error:
        raise Problem(400, "PGRST102", "Empty or invalid json") from error
    return body if isinstance(body, list) else [body]


def written_columns(table: Table, call: Call, rows: list[dict[str, Any]]) -> list[str]:
    listed = call.param("columns")
    names = listed.replace('"', "").split(",") if listed else list(rows[0])
    for name in names:
        if name not in table.columns:
            message = f"Could not find the '{name}' column of '{table.name}' in the"
            raise Problem(400, "PGRST204", f"{message} schema cache")
    return names


def inserting(table: Table, call: Call) -> sql.Composed:
    rows = payload(call)
    names = written_columns(table, call, rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL(
        "insert into {table} as {alias} ({columns}) select {columns}"
        " from json_populate_recordset(null::{table}, {rows}) _"
    ).format(
        table=table.identifier,
        alias=sql.Identifier(table.name),
        columns=columns,
        rows=sql.Literal(json.dumps(rows)),
    )
    merged = call.prefers("resolution=merge-duplicates")
    statement += conflict(table, call, names) + returning(table, call)
    # xmax is 0 in a row version that no UPDATE has made.
    return statement + sql.SQL(", (xmax = 0) as __inserted") if merged else statement


def conflict(table: Table, call: Call, names: list[str]) -> sql.Composable:
    merging = call.prefers("resolution=merge-duplicates")
    if not merging and not call.prefers("resolution=ignore-duplicates"):
        return sql.SQL("")
    target = (call.param("on_conflict") or ",".join(table.primary_key)).split(",")
    on = sql.SQL(" on conflict ({}) do ").format(
        sql.SQL(", ").join(map(sql.Identifier, target))
    )
    if not merging:
        return on + sql.SQL("nothing")
    sets = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names
    ]
    return on + sql.SQL("update set {}").format(sql.SQL(", ").join(sets))


def updating(table: Table, call: Call) -> sql.Composed:
    rows = payload(call)
    names = written_columns(table, call, rows)
    sets = [sql.SQL("{0} = _new.{0}").format(sql.Identifier(name)) for name in names]
    return (
        sql.SQL(
            "update {table} as {alias} set {sets}"
            " from json_populate_record(null::{table}, {row}) as _new"
        ).format(
            table=table.identifier,
            alias=sql.Identifier(table.name),
            sets=sql.SQL(", ").join(sets),
            row=sql.Literal(json.dumps(rows[0])),
        )
        + where(table, call)
        + returning(table, call)
    )


def deleting(table: Table, call: Call) -> sql.Composed:
    statement = sql.SQL("delete from {} as {}").format(
        table.identifier, sql.Identifier(table.name)
    )
    return statement + where(table, call) + returning(table, call)
