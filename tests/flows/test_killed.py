"""A process that is killed between the code exchange and the stored connection."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from metaconnect.errors import NothingToResume

from .conftest import REDIRECT_URI, make_program

pytestmark = pytest.mark.anyio

KILLED = """
import asyncio, os, signal, sys
from metaconnect.api import AsyncMetaconnect
from metaconnect.graph.client import GraphClient
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import FileSecretStore

code, redirect_uri, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
steps = 0

def step():
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

request, write, save = GraphClient.request, FileSecretStore._write, LocalStore.save

async def stopping_request(*args, **options):
    step()
    return await request(*args, **options)

def stopping_write(*args):
    write(*args)
    step()

def stopping_save(*args):
    step()
    saved = save(*args)
    step()
    return saved

async def main():
    async with AsyncMetaconnect() as meta:
        flow = meta._connect_flow("acme")
        await flow.exchange(code, redirect_uri)
        GraphClient.request = stopping_request
        FileSecretStore._write = stopping_write
        LocalStore.save = stopping_save
        await flow.finish(lambda ad_accounts: ad_accounts[0])

asyncio.run(main())
"""


@pytest.fixture
def run(settings, code):
    """Connect in a process that is killed at that step; return its exit code."""

    def run(last, home):
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "META_APP_ID": settings.meta_app_id,
            "META_APP_SECRET": settings.meta_app_secret,
            "META_GRAPH_URL": settings.graph_url,
            "METACONNECT_SECRETS": "file",
            "METACONNECT_HOME": str(home),
        }
        command = [sys.executable, "-c", KILLED, code(), REDIRECT_URI, str(last)]
        return subprocess.run(command, env=environ, cwd="/", check=False).returncode

    return run


async def test_loses_nothing(run, settings, tmp_path):
    killed = 0
    for last in count(1):
        home = tmp_path / str(last)
        if (ended := run(last, home)) == 0:
            break
        assert ended == -signal.SIGKILL
        killed += 1
        here = replace(settings, home=str(home))
        async with make_program(here, print) as program:
            assert await is_connected(program), f"lost at step {last}"
    # inspect, extend, keep, permissions, me, ad accounts, before and after saving
    assert killed >= 8


async def is_connected(program):
    """Whether the connection stands, or stands after the login was resumed."""
    with suppress(NothingToResume):
        await program.resume("acme", account="first")
    return (await program.connect("acme")).is_new is False
