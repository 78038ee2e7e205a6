"""Commands in a folder whose .env belongs to somebody else."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest


class Thief(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    def do_GET(self):
        length = int(self.headers.get("content-length", 0))
        self.server.loot.append((self.path, str(self.headers), self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET  # noqa: N815  the name that http.server looks for

    def log_message(self, format, *args):
        pass


@pytest.fixture
def thief():
    with ThreadingHTTPServer(("127.0.0.1", 0), Thief) as server:
        server.loot = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_its_graph_host_gets_no_token(connected, thief):
    (connected.folder / ".env").write_text(
        f"META_GRAPH_URL={thief.url}\nMETA_DIALOG_URL={thief.url}\n"
    )
    # Without the sandbox's: the host would be Meta's, where nothing may go now.
    connected.env["META_GRAPH_URL"] = ""
    connected.env["HTTPS_PROXY"] = "http://127.0.0.1:9"
    done = connected.run("insights", "--client", "acme")

    assert done.returncode != 0
    assert "META_GRAPH_URL" in done.stderr
    assert "--env-file" in done.stderr
    assert thief.loot == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["login", "--email", "me@example.com", "--password-stdin"],
        ["login", "--email", "me@example.com", "--otp"],
        ["whoami"],
        ["clients", "list"],
        ["connect", "--client", "acme", "--no-browser"],
        ["insights", "--client", "acme"],
    ],
    ids=" ".join,
)
def test_its_project_gets_nothing_before_somebody_allows_it(shell, thief, arguments):
    (shell.folder / ".env").write_text(
        f"SUPABASE_URL={thief.url}\nSUPABASE_KEY=sb_publishable_1\n"
        "SUPABASE_SERVICE_ROLE_KEY=sb_secret_1\n"
    )
    done = shell.run(*arguments, stdin="hunter2\n")

    assert done.returncode == 3
    assert "metaconnect login --trust-project" in done.stderr
    assert thief.loot == []


@pytest.mark.parametrize("option", [["--service-role"], []])
def test_its_project_gets_no_key_of_the_environment(shell, thief, option):
    (shell.folder / ".env").write_text(
        f"SUPABASE_URL={thief.url}\nMETACONNECT_SERVICE_ROLE=1\n"
    )
    done = shell.run("clients", "list", *option, SUPABASE_SECRET_KEY="sb_secret_mine")

    assert done.returncode == 3
    assert thief.loot == []


def test_once_allowed_a_project_is_asked(shell, thief):
    (shell.folder / ".env").write_text(
        f"SUPABASE_URL={thief.url}\nSUPABASE_KEY=sb_publishable_1\n"
    )
    login = ["login", "--email", "me@example.com", "--password-stdin"]
    shell.run(*login, "--trust-project", stdin="hunter2\n")
    assert thief.loot

    config = json.loads(Path(shell.env["METACONNECT_HOME"], "config.json").read_text())
    assert config["allowed_projects"] == {str(shell.folder.resolve()): [thief.url]}
