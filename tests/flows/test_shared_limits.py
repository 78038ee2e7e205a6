"""Limits across processes: what one learns of a quota, another heeds."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from metaconnect.errors import RateLimited
from metaconnect.flows.shared_limits import shared_pauses
from metaconnect.graph.shared import SharedPauses
from metaconnect.models import QuotaPause
from metaconnect.stores.quotas import LocalQuotas
from metaconnect.stores.supabase.project import SupabaseProject
from metaconnect.stores.supabase.quotas import SupabaseQuotas

from .conftest import asked

pytestmark = pytest.mark.anyio

READ = """
import asyncio, json
from metaconnect.api import AsyncMetaconnect

async def read():
    async with AsyncMetaconnect(max_wait=1) as meta:
        found = await meta.insights_many()
        print(json.dumps([str(failure.error) for failure in found.failures]))

asyncio.run(read())
"""


@pytest.fixture
def read(connected):
    """Read Insights of all clients in a process of its own; return what failed."""

    def read():
        done = subprocess.run(
            [sys.executable, "-c", READ],
            env=connected.env,
            cwd=connected.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(done.stdout)

    return read


@pytest.mark.parametrize("switch", ["quota", "app_quota"])
def test_another_process_asks_no_more_than_the_first_was_allowed(read, meta, switch):
    meta.sandbox.switches.turn(switch, 1)
    assert read() == []  # and the quota is used up
    first = len(asked(meta, "/insights"))

    (failed,) = read()

    assert first == 1
    assert len(asked(meta, "/insights")) == first
    assert "try again in" in failed


async def test_a_query_of_one_client_asks_no_store(program, connect, monkeypatch):
    read = []
    monkeypatch.setattr(LocalQuotas, "lasting", lambda _: read.append(1) or [])
    connect()

    assert await program.insights("acme")
    assert not read
    await program.insights_many()
    assert read == [1]


def pause(ad_account_id, seconds, **facts):
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return QuotaPause(
        app_id="7",
        ad_account_id=ad_account_id,
        paused_until=until,
        **{"why": "Too many \ud83d calls", "code": 80000, **facts},
    )


@pytest.fixture(params=["local", "supabase"])
def store(request, tmp_path):
    if request.param == "local":
        return LocalQuotas(tmp_path / "data")
    stack = request.getfixturevalue("stack")
    project = SupabaseProject(stack.url, stack.secret_key)
    return SupabaseQuotas(project, lambda: project.key)


def test_a_store_keeps_what_lasts_of_each_quota(store):
    assert store.lasting() == []
    store.keep(pause("", 60, code=None))
    store.keep(pause("1", 60))
    store.keep(pause("1", 90))
    store.keep(pause("2", -1))

    found = sorted(store.lasting(), key=lambda each: each.ad_account_id)
    assert [(each.ad_account_id, each.code) for each in found] == [
        ("", None),
        ("1", 80000),
    ]
    assert found[1].why == "Too many ? calls"
    assert found[1].paused_until > datetime.now(UTC) + timedelta(seconds=80)


@pytest.mark.parametrize("key", ["publishable_key", "nonsense"])
async def test_a_store_that_cannot_do_it_changes_nothing(
    stack, program, connect, meta, key
):
    project = SupabaseProject(stack.url, getattr(stack, key, key))
    store = SupabaseQuotas(project, lambda: project.key)
    program.parts._shared_pauses = shared_pauses(store)
    connect()
    meta.sandbox.switches.quota = 1

    found = await program.insights_many()

    assert found.rows
    assert not found.failures
    await asyncio.get_running_loop().shutdown_default_executor()
    assert stack.sql("select * from meta_quotas") == []


async def test_what_others_know_is_read_now_and_then_and_not_at_each_request():
    reads = []

    async def read():
        reads.append(1)
        return [pause("1", 60)]

    kept = []
    shared = SharedPauses(read, kept.append)
    assert len(await shared.news(0)) == 1
    assert await shared.news(4.9) == ()
    assert len(await shared.news(5)) == 1
    assert len(reads) == 2

    shared.tell(None, None, 60, RateLimited("the app of nobody"))
    shared.tell(
        "7", "1", 60, RateLimited("Too many (try again in 60 s)", retry_after=60)
    )
    assert [(each.app_id, each.why) for each in kept] == [("7", "Too many")]
