"""Which advice is given where, and that it is given beside the addresses."""

import pytest

from metaconnect.cli.surroundings import advice

from .shell import browser

SSH = "192.0.2.1 50000 192.0.2.9 22"
FORWARD = "ssh -L 8765:localhost:8765"
WSL = "Linux version 6.6.87.2-microsoft-standard-WSL2 (root@build) #1 SMP"
LINUX = "Linux version 6.8.0-45-generic (buildd@lcy02) #45-Ubuntu SMP"
CASES = [
    ({}, "", LINUX, None),
    ({"USER": "jane", "SSH_AUTH_SOCK": "/tmp/agent"}, "", LINUX, None),
    ({"USER": "jane", "SSH_CONNECTION": SSH}, "", LINUX, f"{FORWARD} jane@192.0.2.9"),
    (
        {"LOGNAME": "joe", "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.9 2222"},
        "",
        LINUX,
        f"{FORWARD} -p 2222 joe@192.0.2.9",
    ),
    (
        {"USER": "jane", "SSH_CONNECTION": "2001:db8::1 1 2001:db8::9 22"},
        "",
        LINUX,
        f"{FORWARD} jane@2001:db8::9",
    ),
    ({"SSH_CONNECTION": SSH}, "", LINUX, f"{FORWARD} USER@192.0.2.9"),
    ({"USER": "jane", "SSH_TTY": "/dev/pts/0"}, "", LINUX, f"{FORWARD} jane@HOST"),
    (
        {"USER": "$(id)", "SSH_CONNECTION": "1 2 ;reboot; 22"},
        "",
        LINUX,
        f"{FORWARD} '$(id)'@HOST",
    ),
    ({"SSH_CONNECTION": ""}, "", LINUX, f"{FORWARD} USER@HOST"),
    # Into a container, or out of WSL.
    (
        {"USER": "j", "SSH_CONNECTION": SSH},
        "/.dockerenv",
        WSL,
        f"{FORWARD} j@192.0.2.9",
    ),
    ({}, "/.dockerenv", LINUX, "--network host"),
    ({}, "/run/.containerenv", WSL, "use --paste"),
    (
        {"REMOTE_CONTAINERS": "true"},
        "/.dockerenv",
        WSL,
        "the editor forwards port 8765",
    ),
    (
        {"CODESPACES": "true", "CODESPACE_NAME": "shiny-disco", "SSH_CONNECTION": SSH},
        "/.dockerenv",
        LINUX,
        "gh codespace ports forward 8765:8765 -c shiny-disco",
    ),
    ({"CODESPACES": "true"}, "", LINUX, "gh codespace ports forward 8765:8765"),
    ({"USER": "jane"}, "", WSL, "In WSL the browser of Windows"),
    ({}, "", "Linux version 4.4.0-19041-Microsoft", "In WSL the browser of Windows"),
]


@pytest.mark.parametrize(("environ", "path", "kernel", "expected"), CASES)
def test_advice(environ, path, kernel, expected):
    said = advice(environ, lambda asked: asked == path, kernel, 8765)

    if expected is None:
        assert said == ""
    else:
        assert said.endswith(expected) or expected in said.replace("\n", " ")
        assert len(said.splitlines()) <= 2
        assert all(len(line) <= 100 for line in said.splitlines())


def test_it_names_the_port_that_is_really_listened_on(shell):
    done = shell.run(
        "connect",
        "--client",
        "acme",
        META_REDIRECT_URI="http://localhost:0/callback",
        SSH_CONNECTION=SSH,
        USER="jane",
        BROWSER=browser("continue"),
    )

    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "ssh -L" in line]
    first = done.stderr.partition("http://localhost:")[2].partition("/")[0]
    port = line.partition("localhost:")[2].partition(" ")[0]
    assert f"browser:  http://localhost:{port}/" in done.stderr, first
    assert line.strip() == f"ssh -L {port}:localhost:{port} jane@192.0.2.9"


@pytest.mark.parametrize("command", [["connect", "--paste"], ["demo"]])
def test_where_nothing_listens_for_the_person_there_is_none(shell, command):
    done = shell.run(*command, SSH_CONNECTION=SSH)

    assert "Over SSH" not in done.stderr
