"""The server: loopback only, a port of its own, gone when it is over."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from metaconnect.sandbox import LIMITATIONS
from metaconnect.sandbox.server import SandboxServer, introduction

SERVE = (
    "import sys; from metaconnect.sandbox.server import serve; "
    "serve(port=int(sys.argv[1]))"
)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def test_it_answers_on_localhost_and_gives_the_port_back():
    with SandboxServer(auto_approve=True) as server:
        assert server.url == f"http://localhost:{server.port}"
        response = httpx.get(f"{server.url}/_sandbox/switches", trust_env=False)
        assert response.json()["auto_approve"] is True
    with socket.create_server(("127.0.0.1", server.port)):
        pass


def test_it_listens_on_every_loopback_address_and_nowhere_else(running):
    for host in ("127.0.0.1", "[::1]"):
        try:
            response = httpx.get(f"http://{host}:{running.port}/me", trust_env=False)
        except httpx.ConnectError:
            assert host == "[::1]"
            continue
        assert response.status_code == 400
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return
        address = probe.getsockname()[0]
    if not address.startswith("127."):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, running.port), timeout=2)


def test_a_port_in_use_is_an_oserror_and_leaves_nothing_open(running):
    with pytest.raises(OSError, match="in use"), SandboxServer(port=running.port):
        pass
    assert httpx.get(f"{running.url}/_sandbox/scenarios", trust_env=False).is_success


def test_two_sandboxes_do_not_know_each_others_tokens():
    with SandboxServer() as one, SandboxServer() as two:
        token = one.sandbox.issue_token()
        params = {"access_token": token}
        assert httpx.get(f"{one.url}/me", params=params, trust_env=False).is_success
        assert httpx.get(f"{two.url}/me", params=params, trust_env=False).is_error


def test_the_introduction_says_first_what_it_does_not_do(sandbox):
    lines = introduction(8766, sandbox)
    assert "does not do" in lines[0]
    assert lines[1 : 1 + len(LIMITATIONS)] == [f"  - {each}" for each in LIMITATIONS]
    text = "\n".join(lines)
    for name in ("META_GRAPH_URL", "META_DIALOG_URL"):
        assert f"{name}=http://localhost:8766" in text
    assert f"META_APP_ID={sandbox.app_id}" in text
    assert f"META_APP_SECRET={sandbox.app_secret}" in text


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT; run it on POSIX")
def test_ctrl_c_ends_it_cleanly_and_no_token_was_logged():
    port = free_port()
    command = [sys.executable, "-X", "dev", "-c", SERVE, str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(400):
            try:
                url = f"http://localhost:{port}/me?access_token=EAASECRET"
                httpx.get(url, trust_env=False)
                break
            except httpx.ConnectError:
                time.sleep(0.025)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 0, said
    assert said.startswith("A pretend Meta on http://localhost:")
    assert "EAASECRET" not in said
    assert "Traceback" not in said


def test_importing_the_sandbox_loads_no_server():
    code = "import sys, metaconnect.sandbox; assert 'uvicorn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
