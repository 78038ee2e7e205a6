"""`metaconnect sandbox`: what it prints works when pasted; its env file is ours."""

import contextlib
import os
import stat
import subprocess
import sys

import httpx
import pytest

from metaconnect.sandbox import Sandbox
from metaconnect.sandbox.env_file import (
    EnvFileExists,
    export_lines,
    settings_of,
    write_env_file,
)
from metaconnect.sandbox.server import introduction
from tests.cli.shell import Shell, browser

SETTINGS = {"META_APP_ID": "1", "META_APP_SECRET": "two"}
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "work").mkdir()
    return Shell(
        tmp_path / "work",
        METACONNECT_HOME=tmp_path / "data",
        METACONNECT_SECRETS="file",
        BROWSER=browser("continue"),
    )


@contextlib.contextmanager
def serving(shell, *options):
    """Yield the lines to paste of a sandbox that has one ad account."""
    with shell.start("sandbox", "--port", "0", *options) as running:
        url = running.until(r"http://localhost:\d+")[0]
        running.until("Ctrl-C")
        switches = f"{url}/_sandbox/switches"
        httpx.post(switches, json={"ad_accounts": 1}, trust_env=False)
        yield running.said.split("paste:\n")[1].split("Press")[0]


def paste(shell, lines, port):
    """Run *lines* as a person's shell would, the redirect URI on a free port."""
    lines = lines.replace("localhost:8765/", f"localhost:{port}/")
    command = f'metaconnect() {{ {sys.executable} -m metaconnect "$@"; }}\n'
    return subprocess.run(
        ["sh", "-euc", command + lines],
        cwd=shell.folder,
        env=shell.env,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@POSIX
def test_the_printed_lines_work_when_pasted(shell, port):
    # What the folder of a dashboard may say must not lead astray.
    (shell.folder / ".env.local").write_text(
        "META_REDIRECT_URI=https://dashboard.example/callback\n"
        "SUPABASE_URL=https://project.supabase.co\n"
    )
    with serving(shell) as lines:
        done = paste(shell, lines, port)
    assert done.returncode == 0, done.stderr
    assert '"spend"' in done.stdout


@POSIX
def test_the_printed_lines_of_an_env_file_work_when_pasted(shell, port, tmp_path):
    folder = tmp_path / "with space"
    folder.mkdir()
    file = folder / "sandbox.env"
    with serving(shell, "--write-env", file) as lines:
        text = file.read_text().replace("localhost:8765/", f"localhost:{port}/")
        file.write_text(text)
        done = paste(shell, lines, port)
    assert done.returncode == 0, done.stderr
    assert '"spend"' in done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_of_somebody_else_is_kept(shell):
    file = shell.folder / ".env.local"
    file.write_text("META_APP_SECRET=mine\n")
    done = shell.run("sandbox", "--port", "0", "--write-env", file)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert file.read_text() == "META_APP_SECRET=mine\n"


def test_a_file_that_cannot_be_written_is_named(shell):
    file = shell.folder / "nowhere" / "sandbox.env"
    done = shell.run("sandbox", "--port", "0", "--write-env", file)
    assert done.returncode == 3
    assert "nowhere" in done.stderr
    assert "Port" not in done.stderr


def test_our_own_file_is_written_over(tmp_path):
    file = tmp_path / "sandbox.env"
    write_env_file(file, {"META_APP_ID": "old"})
    write_env_file(file, SETTINGS)
    assert file.read_text().splitlines()[1:] == [
        "META_APP_ID=1",
        "META_APP_SECRET=two",
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "A=1\n", "# Written by hand\n"])
def test_any_file_is_written_over_with_force(tmp_path, content):
    file = tmp_path / "sandbox.env"
    file.write_text(content)
    file.chmod(0o644)
    with pytest.raises(EnvFileExists):
        write_env_file(file, SETTINGS)
    assert file.read_text() == content
    write_env_file(file, SETTINGS, force=True)
    assert "META_APP_ID=1" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@POSIX
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_followed(tmp_path, there):
    mine, link = tmp_path / "mine", tmp_path / "sandbox.env"
    if there:
        write_env_file(mine, {"META_APP_ID": "mine"})
    link.symlink_to(mine)
    with pytest.raises(EnvFileExists):
        write_env_file(link, SETTINGS)
    write_env_file(link, SETTINGS, force=True)
    assert mine.exists() == there
    assert not there or "META_APP_ID=mine" in mine.read_text()
    assert not link.is_symlink()


def test_a_folder_is_not_written_over(tmp_path):
    with pytest.raises(EnvFileExists):
        write_env_file(tmp_path, SETTINGS)
    with pytest.raises(OSError, match=r"irectory|denied|not permitted"):
        write_env_file(tmp_path, SETTINGS, force=True)
    assert tmp_path.is_dir()


def test_the_ports_of_sandbox_and_redirect_uri_differ():
    for port in (8765, 8766):
        uri = settings_of(port, Sandbox())["META_REDIRECT_URI"]
        assert f":{port}/" not in uri


def test_powershell_has_lines_of_its_own():
    powershell, *_ = export_lines(SETTINGS, "nt")
    posix, *_ = export_lines(SETTINGS, "posix")
    assert powershell == '$env:META_APP_ID = "1"'
    assert posix == "export META_APP_ID=1"


def test_with_an_env_file_no_secret_is_printed(sandbox, tmp_path):
    said = "\n".join(introduction(8766, sandbox, tmp_path / "sandbox.env"))
    assert sandbox.app_secret not in said
