"""A pretend Meta, and a shell that points to it."""

import socket

import pytest

from metaconnect.sandbox.server import SandboxServer

from .shell import Shell, browser


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
    """A port that is free on 127.0.0.1 and ::1."""
    with socket.socket(socket.AF_INET6) as probe:
        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        probe.bind(("::", 0))
        return probe.getsockname()[1]


@pytest.fixture
def shell(meta, tmp_path, port):
    """Everything set for the local store; the browser presses Continue."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Shell(
        folder,
        META_APP_ID=meta.app_id,
        META_APP_SECRET=meta.app_secret,
        META_GRAPH_URL=meta.url,
        META_DIALOG_URL=meta.url,
        META_REDIRECT_URI=f"http://localhost:{port}/callback",
        METACONNECT_HOME=tmp_path / "data",
        METACONNECT_SECRETS="file",
        BROWSER=browser("continue"),
    )


@pytest.fixture
def connected(shell):
    """A shell whose client acme is connected."""
    done = shell.run("connect", "--client", "acme", "--account", "first")
    assert done.returncode == 0, done.stderr
    return shell
