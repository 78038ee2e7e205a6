"""`metaconnect demo` and `metaconnect sandbox`, from a folder with nothing in it."""

import json
import re
import signal
import socket

import httpx
import pytest

from metaconnect.sandbox.state import APP_ID, APP_SECRET

from .shell import Shell, browser


@pytest.fixture
def bare(tmp_path):
    """No setting at all, and a temporary folder to look into."""
    (tmp_path / "work").mkdir()
    (tmp_path / "tmp").mkdir()
    return Shell(
        tmp_path / "work", TMPDIR=tmp_path / "tmp", METACONNECT_HOME=tmp_path / "data"
    )


def leftovers(bare):
    return [
        *bare.folder.iterdir(),
        *(bare.folder.parent / "tmp").iterdir(),
        *(bare.folder.parent / "data").glob("*"),
    ]


class TestDemo:
    @pytest.mark.parametrize("options", [[], ["--no-browser"]])
    def test_it_shows_the_table_without_a_person(self, bare, options):
        done = bare.run("demo", *options)

        assert done.returncode == 0, done.stderr
        assert "· EUR" in done.stdout
        assert "total" in done.stdout
        assert "sandbox.env connect --client" in done.stderr
        assert leftovers(bare) == []

    def test_a_person_picks_in_their_browser_and_terminal(self, bare):
        with bare.at_terminal("demo", BROWSER=browser("continue")) as terminal:
            terminal.until("Which ad account")
            terminal.type("2\r")
            assert terminal.end() == 0, terminal.shown

        assert "Müller & Söhne GmbH" in terminal.shown
        assert leftovers(bare) == []

    def test_ctrl_c_leaves_nothing(self, bare):
        with bare.at_terminal("demo", BROWSER=browser("continue")) as terminal:
            terminal.until("Which ad account")
            terminal.type("\x03")
            assert terminal.end() == 130, terminal.shown

        assert "--resume" not in terminal.shown
        assert leftovers(bare) == []

    def test_a_kill_that_can_be_caught_leaves_nothing(self, bare):
        with bare.at_terminal("demo", BROWSER=browser("continue")) as terminal:
            terminal.until("Which ad account")
            terminal.kill(signal.SIGTERM)
            assert terminal.end() == 143, terminal.shown

        assert leftovers(bare) == []

    def test_settings_of_this_machine_do_not_reach_it(self, bare):
        done = bare.run(
            "demo", META_GRAPH_URL="https://graph.example", METACONNECT_STORE="supabase"
        )

        assert done.returncode == 0, done.stderr


class TestSandbox:
    def test_it_says_first_what_it_does_not_do_and_can_be_connected_to(
        self, bare, port
    ):
        with bare.start("sandbox", "--port", port) as running:
            running.until(r"META_APP_SECRET=\S+")
            first, *_ = running.said.splitlines()
            assert "does not do" in first
            settings = dict(re.findall(r"(META_\w+)=(\S+)", running.said))
            assert settings["META_APP_ID"] == APP_ID
            assert settings["META_APP_SECRET"] == APP_SECRET
            httpx.post(
                f"http://localhost:{port}/_sandbox/switches",
                json={"auto_approve": True},
            )
            done = bare.run(
                "connect", "--client", "a", "--account", "first", "--json",
                METACONNECT_SECRETS="file",
                BROWSER=browser("follow"),
                **settings | {"META_REDIRECT_URI": "http://localhost:0/callback"},
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)["client_id"] == "a"
            running.interrupt()
            code, _, err = running.end(timeout=10)

        assert code in (0, 130)
        assert "Traceback" not in err

    def test_a_taken_port_is_named(self, bare, port):
        with socket.create_server(("127.0.0.1", port)):
            done = bare.run("sandbox", "--port", port)

        assert done.returncode == 3
        assert str(port) in done.stderr
        assert "--port" in done.stderr
