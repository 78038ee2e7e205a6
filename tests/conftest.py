"""
What every test has: a clean environment, and nothing of this machine's.

And what tests of the command line share: a pretend Meta, and a shell that
points to it.
"""

import os
import random
import shutil
import signal
import socket
from copy import copy

import keyring
import pytest

from metaconnect.sandbox.server import SandboxServer

from .cli.shell import Shell, browser

pytest_plugins = ["tests.sail", "tests.stack.plugin"]

# A shell's background job is started with SIGINT ignored, and so would be
# every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def use_keyring():
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No setting, no proxy and no home of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith(("META_", "METACONNECT_", "SUPABASE_", "NEXT_PUBLIC_")):
            monkeypatch.delenv(name)
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("METACONNECT_HOME", str(tmp_path / "metaconnect"))


@pytest.fixture(scope="session")
def sandbox_server():
    with SandboxServer() as server:
        yield server


@pytest.fixture
def meta(sandbox_server):
    """The pretend Meta, as if just started."""
    sandbox_server.sandbox.reset()
    return sandbox_server


@pytest.fixture
def port():
    """A port that is free on 127.0.0.1 and ::1, and that no client is given."""
    while True:
        number = random.randrange(20_000, 30_000)
        with socket.socket(socket.AF_INET6) as probe:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            if probe.connect_ex(("::ffff:127.0.0.1", number)):
                return number


def make_shell(server, folder, port):
    """Everything set for the local store; the browser presses Continue."""
    work = folder / "work"
    work.mkdir()
    return Shell(
        work,
        META_APP_ID=server.app_id,
        META_APP_SECRET=server.app_secret,
        META_GRAPH_URL=server.url,
        META_DIALOG_URL=server.url,
        META_REDIRECT_URI=f"http://localhost:{port}/callback",
        METACONNECT_HOME=folder / "data",
        METACONNECT_SECRETS="file",
        BROWSER=browser("continue"),
    )


@pytest.fixture
def shell(meta, tmp_path, port):
    return make_shell(meta, tmp_path, port)


@pytest.fixture(scope="session")
def one_login(sandbox_server, tmp_path_factory):
    """A data folder with client acme connected, and what Meta knows of it."""
    folder = tmp_path_factory.mktemp("one-login")
    sandbox_server.sandbox.reset()
    done = make_shell(sandbox_server, folder, 0).run(
        "connect", "--client", "acme", "--account", "first"
    )
    assert done.returncode == 0, done.stderr
    sandbox = sandbox_server.sandbox
    return folder / "data", dict(sandbox.tokens), dict(sandbox.permissions)


@pytest.fixture
def connected(one_login, shell, meta):
    """A shell whose client acme is connected."""
    data, tokens, permissions = one_login
    shutil.copytree(data, shell.env["METACONNECT_HOME"])
    # Copies: a test may revoke one, which others go on with.
    meta.sandbox.tokens.update({value: copy(t) for value, t in tokens.items()})
    meta.sandbox.permissions.update(permissions)
    return shell
