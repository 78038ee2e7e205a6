from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

import pytest

from metaconnect.oauth import browser
from metaconnect.oauth.browser import open_browser

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell"),
]
URL = "http://localhost:8765/"


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch):
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Make a shell script the browser."""

    def install(body: str, arguments: str = "%s") -> None:
        path = tmp_path / "a browser"
        path.write_text(f"#!/bin/sh\ncd {shlex.quote(str(tmp_path))}\n{body}\n")
        path.chmod(0o755)
        monkeypatch.setenv("BROWSER", f"{shlex.quote(str(path))} {arguments}")

    return install


async def test_the_browser_gets_the_url_and_its_chatter_goes_nowhere(
    script, tmp_path, capfd
):
    script('echo "$@" > args; echo chatter; echo more >&2')

    assert await open_browser(URL)
    assert (tmp_path / "args").read_text() == f"{URL}\n"
    assert tuple(capfd.readouterr()) == ("", "")


async def test_a_browser_that_fails_is_not_an_error(script):
    script("exit 3")

    assert not await open_browser(URL)


async def test_a_browser_that_does_not_exist_is_not_an_error(monkeypatch, capfd):
    monkeypatch.setenv("BROWSER", "/nowhere/browser %s")

    assert not await open_browser(URL)
    assert tuple(capfd.readouterr()) == ("", "")


async def test_a_browser_in_the_foreground_is_not_waited_for(
    script, tmp_path, monkeypatch
):
    monkeypatch.setattr(browser, "TIMEOUT", 0.5)
    script("touch started; while [ ! -e end ]; do sleep 0.05; done; touch ended")
    began = time.monotonic()

    assert await open_browser(URL)
    assert time.monotonic() - began < 2
    (tmp_path / "end").touch()
    assert appears(tmp_path / "ended")


def appears(path: Path) -> bool:
    deadline = time.monotonic() + 10
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return path.exists()


async def test_a_browser_in_the_background_is_opened(script, tmp_path):
    script('echo "$@" > args.new; mv args.new args; sleep 0.5', arguments="%s &")

    assert await open_browser(URL)
    assert appears(tmp_path / "args")


@pytest.mark.parametrize("command", ["w3m", "/usr/bin/lynx %s", "w3m:links2"])
async def test_a_text_browser_is_not_started_on_the_terminal(monkeypatch, command):
    monkeypatch.setenv("BROWSER", command)

    assert not await open_browser(URL)


async def test_without_a_display_nothing_is_started(monkeypatch):
    monkeypatch.setattr(browser, "_launch", lambda url: pytest.fail("was started"))

    assert not await open_browser(URL)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
@pytest.mark.parametrize("over_ssh", [False, True])
async def test_a_desktop_far_away_is_left_alone(monkeypatch, platform, over_ssh):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(browser, "_launch", lambda url: True)
    if over_ssh:
        monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")

    assert await open_browser(URL) is not over_ssh


@pytest.mark.parametrize(
    "name",
    [
        "META_APP_SECRET",
        "META_ANYTHING_NEW",
        "SUPABASE_SERVICE_ROLE_KEY",
        "SUPABASE_SECRET_KEY",
        "SUPABASE_KEY",
        "NEXT_PUBLIC_SUPABASE_ANON_KEY",
        "METACONNECT_HOME",
        "POSTGRES_PASSWORD",
        "DATABASE_URL",
        "PGPASSWORD",
    ],
)
async def test_the_browser_does_not_inherit_our_settings(
    script, tmp_path, monkeypatch, name
):
    monkeypatch.setenv(name, "a-secret")
    monkeypatch.setenv("KEPT", "a-word")
    script("env > environment")

    assert await open_browser(URL)
    environment = (tmp_path / "environment").read_text().splitlines()
    assert "KEPT=a-word" in environment
    assert [line for line in environment if line.startswith(f"{name}=")] == []
    assert "a-secret" not in "".join(environment)


async def test_nothing_is_imported_from_the_working_folder(
    script, tmp_path, monkeypatch
):
    folder = tmp_path / "cloned"
    folder.mkdir()
    for module in ("webbrowser", "shlex", "sitecustomize", "usercustomize"):
        (folder / f"{module}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    script('echo "$@" > args')

    assert await open_browser(URL)
    assert (tmp_path / "args").exists()
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc: run it on Linux")
async def test_the_url_is_no_argument_of_our_own_helper(script, tmp_path):
    script('tr "\\0" " " < /proc/$PPID/cmdline > parent')

    assert await open_browser(URL)
    assert "webbrowser" in (tmp_path / "parent").read_text()
    assert URL not in (tmp_path / "parent").read_text()
