"""`connect --qr`: an address that a phone reads off the terminal."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from metaconnect.cli.qr import BORDER, qr_lines

from . import browser as person
from .shell import NOT_META, only_json, talk
from .test_connect import stored

ELSEWHERE = "https://www.facebook.com/connect/login_success.html"
START = ("connect", "--client", "acme", "--start", "--qr")
PASTE = ("connect", "--client", "acme", "--paste", "--qr", "--account", "first")
# What is dark of a character: above, below.
DARK = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}


def modules(lines):
    """Return the modules that are drawn, without the light ones around them."""
    rows = [[DARK[c][half] for c in line] for line in lines for half in (0, 1)]
    size = len(rows[0])
    inner = [row[BORDER:-BORDER] for row in rows[BORDER : size - BORDER]]
    edge = [*rows[:BORDER], *rows[size - BORDER :]]
    edge += [row[:BORDER] + row[-BORDER:] for row in rows]
    assert not any(map(any, edge))
    return inner


def code_of(address):
    code = segno.make_qr(address, error="l", boost_error=False)
    return [list(row) for row in code.matrix]


def drawn(text):
    return [line for line in text.splitlines() if line and set(line) <= set(DARK)]


@pytest.mark.parametrize("length", [10, 300, 600])
def test_it_is_drawn_as_it_is(length):
    address = "https://www.facebook.com/?state=".ljust(length, "x")

    assert modules(qr_lines(address)) == code_of(address)


def test_start_shows_that_of_the_url_on_stderr(shell):
    done = shell.run(*START, META_REDIRECT_URI=ELSEWHERE, PYTHONUTF8="1")

    assert done.returncode == 0, done.stderr
    url = only_json(done.stdout)["url"]
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [ELSEWHERE]
    assert modules(drawn(done.stderr)) == code_of(url)
    assert "\x1b" not in done.stderr


def test_paste_shows_it_beside_the_address(shell):
    with shell.start(*PASTE, META_REDIRECT_URI=ELSEWHERE, PYTHONUTF8="1") as running:
        running.until("Paste the address")
        url = re.search(r"^http\S+dialog\S+$", running.said, re.MULTILINE)[0]
        assert modules(drawn(running.said)) == code_of(url)
        running.type(person.redirection(url) + "\n")
        code, _, said = running.end()
        assert code == 0, said

    assert stored(shell)


def test_a_terminal_has_it_white_on_black_whatever_its_theme(shell):
    with shell.at_terminal(*START, NO_COLOR="", PYTHONUTF8="1") as terminal:
        assert terminal.end() == 0, terminal.shown

    assert "\x1b[97;40m█" in terminal.shown


def test_a_narrow_terminal_is_told_why_not(shell):
    with shell.at_terminal(*START, COLUMNS="60", PYTHONUTF8="1") as terminal:
        assert terminal.end() == 0, terminal.shown

    assert "The QR code cannot be shown: it is " in terminal.shown
    assert "█" not in terminal.shown


def test_a_terminal_without_blocks_is_told_why_not(shell):
    done = shell.run(*START, PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert "stderr has no block characters" in done.stderr


@pytest.mark.parametrize("way", [(), ("--token-stdin",), ("--complete", "-")])
def test_it_goes_with_an_address_that_is_shown(way, shell):
    done = shell.run("connect", "--client", "acme", "--qr", *way)

    assert done.returncode == 2
    assert NOT_META not in done.stderr
    assert "--paste or --start" in talk(done)
