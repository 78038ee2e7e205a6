"""A process killed between the code exchange and the stored connection, per store."""

import os
import signal
from contextlib import suppress
from itertools import count

import pytest
from msgspec.structs import replace

from metaconnect.errors import NothingToResume

from ..cli.forks import run_code
from .conftest import REDIRECT_URI, make_program

pytestmark = pytest.mark.anyio

KILLED = """
import asyncio, os, signal, sys
from metaconnect.api import AsyncMetaconnect
from metaconnect.graph.client import GraphClient
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import FileSecretStore
from metaconnect.stores.supabase.store import SupabaseStore

client, code, redirect_uri, last = *sys.argv[1:4], int(sys.argv[4])
steps = 0

def step():
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

request, write = GraphClient.request, FileSecretStore._write

async def stopping_request(*args, **options):
    step()
    return await request(*args, **options)

def stopping_write(*args):
    write(*args)
    step()

def stopping(save):
    def stopping_save(*args):
        step()
        saved = save(*args)
        step()
        return saved
    return stopping_save

async def main():
    async with AsyncMetaconnect() as meta:
        flow = meta._connect_flow(client)
        await flow.exchange(code, redirect_uri)
        GraphClient.request = stopping_request
        FileSecretStore._write = stopping_write
        for store in (LocalStore, SupabaseStore):
            store.save = stopping(store.save)
        await flow.finish(lambda ad_accounts: ad_accounts[0])

asyncio.run(main())
"""


@pytest.fixture(params=["local", "supabase"])
def store(request):
    """What the settings of a store are, and how a client is made there."""
    if request.param == "local":
        return {"store": "local"}, str
    stack = request.getfixturevalue("stack")
    owner = stack.add_user("owner@example.com")
    named = {
        "store": "supabase",
        "supabase_url": stack.url,
        "supabase_key": stack.publishable_key,
        "service_role": "1",
        "service_role_key": stack.secret_key,
    }
    return named, lambda number: stack.add_client(f"client {number}", owner)


@pytest.fixture
def run(code):
    """Connect in a process that is killed at that step; return its exit code."""

    def run(client, last, settings):
        environ = {
            "PATH": os.environ["PATH"],
            "META_APP_ID": settings.meta_app_id,
            "META_APP_SECRET": settings.meta_app_secret,
            "META_GRAPH_URL": settings.graph_url,
            "METACONNECT_SECRETS": "file",
            "METACONNECT_HOME": settings.home,
            "METACONNECT_STORE": settings.store,
            "METACONNECT_SERVICE_ROLE": settings.service_role or "0",
            "SUPABASE_URL": settings.supabase_url or "",
            "SUPABASE_KEY": settings.supabase_key or "",
            "SUPABASE_SERVICE_ROLE_KEY": settings.service_role_key or "",
        }
        return run_code(KILLED, client, code(), REDIRECT_URI, last, env=environ)

    return run


async def test_loses_nothing(run, store, settings, tmp_path):
    named, make_client = store
    killed = 0
    for last in count(1):
        here = replace(settings, home=str(tmp_path / str(last)), **named)
        client = make_client(last)
        if (ended := run(client, last, here)) == 0:
            break
        assert ended == -signal.SIGKILL
        killed += 1
        async with make_program(here, print) as program:
            assert await is_connected(program, client), f"lost at step {last}"
    # inspect, extend, keep, permissions, me, ad accounts, before and after saving
    assert killed >= 8


async def is_connected(program, client):
    """Whether the connection stands, or stands after the login was resumed."""
    with suppress(NothingToResume):
        await program.resume(client, account="first")
    return (await program.connect(client)).is_new is False
