"""A sync that is killed at any point: whole windows, and the next run goes on."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.anyio

DAYS = 35  # two windows of thirty days and five

# Each attempt is a fork of one process that has loaded everything: a kill per step
# would else take a second.
KILLED = """
import asyncio, json, os, signal, sys
import duckdb, psycopg
from datetime import UTC, datetime, timedelta
from metaconnect.api import AsyncMetaconnect
from metaconnect.graph.client import GraphClient
from metaconnect.warehouse import duck, postgres, project
from metaconnect.warehouse.reading import answer

place, where, client, dsn = sys.argv[1:5]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
left = 0

def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def stopping(*args, **options):
        found = function(*args, **options)
        step()
        return found
    return stopping

async def stopping_request(*args, **options):
    step()
    return await request(*args, **options)

request = GraphClient._send
GraphClient._send = stopping_request
for owner, name in (
    (duck, "_replace"), (duck.DuckSession, "replace"),
    (postgres.PostgresSession, "_replace"), (postgres.PostgresSession, "replace"),
    (project.ProjectSession, "replace"),
):
    setattr(owner, name, after(getattr(owner, name)))

async def sync(to):
    async with AsyncMetaconnect() as meta:
        meta.parts.now = lambda: NOW
        (done,) = await meta.sync(to, [client], since="2026-10-16")
        return done.problem

def attempt(number, to):
    global left
    left = number
    problem = asyncio.run(sync(to))
    os._exit(3 if problem else 0)

def look(number, to, source):
    # What a dashboard would see, and what the next run makes of it.
    try:
        seen = answer(source, WHOLE).rows
    except Exception:
        seen = []  # killed before the tables were
    problem = asyncio.run(sync(to))
    after = answer(source, WHOLE).rows
    print(json.dumps({"step": number, "seen": seen, "after": after,
                      "problem": str(problem) if problem else None}))
    sys.stdout.flush()
    os._exit(0)

WHOLE = '''
    select coalesce(w.row_count, -1) as noted, count(i.client_id) as kept
    from meta_insights_windows w full join meta_insights i
      using (client_id, report_id, account_id, date_start)
    where client_id::text = '%s'
    group by client_id, date_start, w.row_count order by date_start
''' % client

def fork(function, *args):
    if (child := os.fork()) == 0:
        function(*args)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

for number in range(1, 40):
    to = where.replace("{}", str(number))
    source = dsn.replace("{}", str(number))
    if dsn and place != "duckdb":
        with psycopg.connect(dsn, autocommit=True) as connection:
            for name in ("", "_changes", "_windows"):
                name = "meta_insights" + name
                there = connection.execute("select to_regclass(%s)", [name]).fetchone()
                if there[0]:
                    connection.execute(f"delete from {name}")
    ended = fork(attempt, number, to)
    if ended == 0:
        break
    assert ended == -signal.SIGKILL, ended
    assert fork(look, number, to, source) == 0
"""


@pytest.fixture
def where(request, tmp_path):
    """Return the place by its name: --to, the client, where to look, settings."""
    if request.param == "duckdb":
        path = f"{tmp_path}/{{}}.duckdb"
        return "duckdb", path, "acme", path, {}
    if request.param == "postgres":
        dsn = request.getfixturevalue("database")
        return "postgres", dsn, "acme", dsn, {}
    stack = request.getfixturevalue("stack")
    client = stack.add_client("Acme", stack.add_user("owner@example.com"))
    project = {
        "SUPABASE_URL": stack.url,
        "SUPABASE_KEY": stack.publishable_key,
        "SUPABASE_SERVICE_ROLE_KEY": stack.secret_key,
        "METACONNECT_SERVICE_ROLE": "1",
    }
    return "supabase", "supabase", client, stack.dsn, project


@pytest.mark.parametrize("where", ["duckdb", "postgres", "supabase"], indirect=True)
async def test_loses_no_window_and_halves_none(where, connect, settings):
    *arguments, project = where
    connect(arguments[2])
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "META_APP_ID": settings.meta_app_id,
        "META_APP_SECRET": settings.meta_app_secret,
        "META_GRAPH_URL": settings.graph_url,
        "METACONNECT_SECRETS": "file",
        "METACONNECT_HOME": settings.home,
        "METACONNECT_STORE": "local",
        **project,
    }
    done = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-c", KILLED, *arguments],
        env=environ,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]

    # Of each of two parts: its request, before and after it is committed.
    assert len(found) >= (4 if arguments[0] == "supabase" else 6)
    for each in found:
        assert each["problem"] is None, each
        assert all(row["noted"] == row["kept"] for row in each["seen"]), each
        assert len(each["seen"]) in (0, 30, DAYS), each
        assert [row["noted"] for row in each["after"]] == [1] * DAYS, each
    assert {len(each["seen"]) for each in found} >= {0, 30}
