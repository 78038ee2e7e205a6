"""`metaconnect demo` and `metaconnect sandbox`, from a folder with nothing in it."""

import json
import re
import signal
import socket
import sys

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

    def test_a_browser_that_fails_after_it_was_there_is_replaced(self, bare):
        """It has used up the start page: a second look would end the login."""
        failing = bare.folder.parent / "failing.py"
        failing.write_text(
            "import sys\nfrom urllib.request import ProxyHandler, build_opener\n"
            "build_opener(ProxyHandler({})).open(sys.argv[1])\nsys.exit(1)\n"
        )
        used = f"{sys.executable} {failing} %s"
        with bare.at_terminal("demo", BROWSER=used) as terminal:
            terminal.until("the sandbox says yes by itself")
            terminal.until("Which ad account")
            terminal.type("1\r")
            assert terminal.end() == 0, terminal.shown

    def test_no_next_step_is_for_what_is_gone(self, bare):
        with bare.at_terminal("demo", BROWSER=browser("continue")) as terminal:
            terminal.until("Which ad account")
            terminal.type("\x04")
            assert terminal.end() == 2, terminal.shown

        assert "--client demo" not in terminal.shown
        assert "Run it again:  metaconnect demo" in terminal.shown

    def test_without_a_person_it_names_no_option_that_it_lacks(self, bare):
        assert "--paste" not in bare.run("demo").stderr

    def test_the_next_steps_can_be_pasted(self, bare, port):
        said = bare.run("demo", "--no-browser").stderr
        serving, connecting, reading, own = re.findall(
            r"^  metaconnect (.*)$", said, re.MULTILINE
        )
        bare.env["METACONNECT_SECRETS"] = "file"
        with bare.start(*serving.split(), "--port", port) as running:
            running.until("sandbox.env")
            for command in (connecting, reading):
                done = bare.run(
                    *command.split(),
                    BROWSER=browser("continue"),
                    META_REDIRECT_URI="http://localhost:0/callback",
                )
                assert "numbers may be invented" in done.stderr
            next_ = re.search(
                r"metaconnect ([^\"\n]* accounts use [^\"\n]*)", done.stderr
            )
            with bare.at_terminal(*next_[1].split()) as terminal:
                terminal.until("Which ad account")
                terminal.type("1\r")
                assert terminal.end() == 0, terminal.shown
            done = bare.run(*reading.split(), "--format", "table")
            assert done.returncode == 0, done.stderr
        assert own == "connect"

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
