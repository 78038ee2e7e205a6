"""
The subset of PostgREST that supabase-py needs, over a real PostgreSQL.

Rights and rules are the database's own: each request runs as the role of its JWT.
Error bodies are those of PostgREST 14 to 16. There is no embedding, no `or`, and
no JSON path; for these run the tests with `--postgrest=real`.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import jwt
import psycopg
from psycopg import sql
from starlette.responses import Response

from . import rest_sql
from .call import Call
from .keys import JWT_SECRET
from .rest_sql import Problem, Table

LEEWAY = 30
WRITERS = {
    "POST": rest_sql.inserting,
    "PATCH": rest_sql.updating,
    "DELETE": rest_sql.deleting,
}
# https://docs.postgrest.org/en/stable/references/errors.html#http-status-codes
STATUSES = (
    ("08", 503),
    ("23503", 409),
    ("23505", 409),
    ("25006", 405),
    ("28", 403),
    ("42883", 404),
    ("42P01", 404),
    ("42P17", 500),
    ("53", 503),
    ("54", 500),
    ("57", 500),
    ("XX", 500),
)


class Rows(NamedTuple):
    """The rows of a statement as JSON text, and how many there are."""

    text: str
    size: int


class Rest:
    """Answers the calls below /rest/v1."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def __call__(self, call: Call, token: str) -> Response:
        claims: dict[str, Any] = {"role": "anon"}
        try:
            check_schema(call)
            claims = read_claims(token)
            with psycopg.connect(self._dsn, user="authenticator") as connection:
                become(connection, claims)
                return answer(connection, call)
        except Problem as problem:
            return report(problem)
        except psycopg.Error as error:
            return report_database(error, claims["role"])

    def reload(self) -> None:
        """Nothing is cached."""


def check_schema(call: Call) -> None:
    name = "accept-profile" if call.method in ("GET", "HEAD") else "content-profile"
    schema = call.headers.get(name, "public")
    if schema != "public":
        raise Problem(406, "PGRST106", f"Invalid schema: {schema}")


def read_claims(token: str) -> dict[str, Any]:
    if (parts := len(token.split("."))) != 3:
        raise Problem(401, "PGRST301", f"Expected 3 parts in JWT; got {parts}")
    try:
        claims: dict[str, Any] = jwt.decode(
            token, JWT_SECRET, ["HS256"], options={"verify_aud": False}, leeway=LEEWAY
        )
    except jwt.ExpiredSignatureError:
        raise Problem(401, "PGRST303", "JWT expired") from None
    except jwt.PyJWTError:
        message = "No suitable key was found to decode the JWT"
        raise Problem(401, "PGRST301", message) from None
    return {"role": "anon", **claims}


def become(connection: psycopg.Connection[Any], claims: dict[str, Any]) -> None:
    connection.execute(
        "select set_config('request.jwt.claims', %s, true),"
        " set_config('search_path', 'public, extensions', true),"
        " set_config('role', %s, true)",
        (json.dumps(claims), claims["role"]),
    )


def answer(connection: psycopg.Connection[Any], call: Call) -> Response:
    if call.path.startswith("rpc/"):
        return call_function(connection, call)
    table = rest_sql.find_table(connection, call.path)
    if call.method in WRITERS:
        return write(connection, table, call)
    return read(connection, table, call)


def run(connection: psycopg.Connection[Any], statement: sql.Composable) -> Rows:
    wrapped = sql.SQL(
        "with rows as ({}) select coalesce(json_agg(rows), '[]')::text, count(*)"
        " from rows"
    ).format(statement)
    row = connection.execute(wrapped).fetchone()
    return Rows(*row) if row else Rows("[]", 0)


def read(connection: psycopg.Connection[Any], table: Table, call: Call) -> Response:
    rows = run(connection, rest_sql.reading(table, call))
    total: int | None = None
    if call.prefers("count=exact"):
        whole = call.without("select", "order", "limit", "offset")
        total = run(connection, rest_sql.reading(table, whole)).size
    first = int(call.param("offset") or 0)
    if total is not None and first > total:
        raise Problem(416, "PGRST103", "Requested range not satisfiable")
    span = f"{first}-{first + rows.size - 1}" if rows.size else "*"
    status = 206 if total is not None and rows.size < total else 200
    response = represent(call, rows, status)
    response.headers["content-range"] = f"{span}/{'*' if total is None else total}"
    return response


def write(connection: psycopg.Connection[Any], table: Table, call: Call) -> Response:
    rows = run(connection, WRITERS[call.method](table, call))
    status = 201 if call.method == "POST" else 200
    if "__inserted" in rows.text:
        decoded = json.loads(rows.text)
        fresh = [row.pop("__inserted") for row in decoded]
        status = 201 if any(fresh) else 200
        rows = Rows(json.dumps(decoded), rows.size)
    if call.prefers("return=representation"):
        return represent(call, rows, status)
    return Response(status_code=status if call.method == "POST" else 204)


def represent(call: Call, rows: Rows, status: int) -> Response:
    single = "application/vnd.pgrst.object+json"
    kind, text = "application/json", rows.text
    if call.headers.get("accept", "").startswith(single):
        if rows.size != 1:
            message = "Cannot coerce the result to a single JSON object"
            raise Problem(
                406, "PGRST116", message, f"The result contains {rows.size} rows"
            )
        kind, text = single, json.dumps(json.loads(text)[0])
    return Response(text, status, media_type=f"{kind}; charset=utf-8")


def call_function(connection: psycopg.Connection[Any], call: Call) -> Response:
    name = call.path.removeprefix("rpc/")
    arguments = rest_sql.payload(call)[0]
    known = connection.execute(
        "select from pg_proc where pronamespace = 'public'::regnamespace"
        " and proname = %s",
        (name,),
    ).fetchone()
    if known is None:
        listed = ", ".join(arguments)
        message = f"Could not find the function public.{name}({listed})"
        raise Problem(404, "PGRST202", f"{message} in the schema cache")
    passed = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(key), sql.Literal(value))
        for key, value in arguments.items()
    )
    called = sql.SQL("select * from {}({})").format(
        sql.Identifier("public", name), passed
    )
    rows = run(connection, called)
    decoded = json.loads(rows.text)
    if decoded and list(decoded[0]) == [name]:
        rows = Rows(json.dumps(decoded[0][name]), 1)
    return Response(rows.text, media_type="application/json; charset=utf-8")


def report(problem: Problem, hint: str | None = None) -> Response:
    headers = {"proxy-status": f"PostgREST; error={problem.code}"}
    if problem.code in ("PGRST301", "PGRST303"):
        reason = f'error="invalid_token", error_description="{problem}"'
        headers["www-authenticate"] = f"Bearer {reason}"
    elif problem.status == 401:
        headers["www-authenticate"] = "Bearer"
    body = {
        "code": problem.code,
        "details": problem.details,
        "hint": hint,
        "message": str(problem),
    }
    kind = "application/json; charset=utf-8"
    return Response(json.dumps(body), problem.status, headers, media_type=kind)


def report_database(error: psycopg.Error, role: str) -> Response:
    code, diagnosis = error.sqlstate or "08000", error.diag
    status = next(
        (status for prefix, status in STATUSES if code.startswith(prefix)), 400
    )
    if code == "42501":
        status = 401 if role == "anon" else 403
    message = diagnosis.message_primary or "no connection to the database"
    problem = Problem(status, code, message, diagnosis.message_detail or "")
    return report(problem, diagnosis.message_hint)
