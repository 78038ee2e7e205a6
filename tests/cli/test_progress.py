"""A slow read says how far it is, on a terminal's stderr only."""

import re

import pytest

SLOW = 1600  # milliseconds a request; the line begins after one second
ERASE = "\r\x1b[K"


@pytest.fixture
def slow(connected, meta):
    meta.sandbox.switches.turn("latency_ms", SLOW)
    return connected


@pytest.mark.parametrize("options", [[], ["--json", "--output", "rows.json"]])
def test_a_terminal_gets_a_line_that_is_erased(slow, options):
    with slow.at_terminal("insights", *options) as terminal:
        terminal.until("Reading: 0 rows, page 1")
        assert terminal.end() == 0, terminal.shown

    lines = [text.partition("\n")[0] for text in terminal.shown.split(ERASE)[1:]]
    assert all(line.startswith("Reading: ") for line in lines[:-1])
    assert "Reading" not in lines[-1]


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {}])
def test_nothing_elsewhere(slow, env):
    if env:
        with slow.at_terminal("insights", **env) as terminal:
            assert terminal.end() == 0
        said = terminal.shown
    else:
        done = slow.run("insights")
        assert done.returncode == 0
        said = done.stderr
    assert "Reading" not in said
    assert "\x1b[K" not in said


def test_what_is_quick_needs_none(connected):
    with connected.at_terminal("insights") as terminal:
        assert terminal.end() == 0

    assert "Reading" not in terminal.shown


@pytest.mark.parametrize("key", ["\x03"])
def test_ctrl_c_erases_it_too(slow, key):
    with slow.at_terminal("insights", "--output", "rows.csv") as terminal:
        terminal.until("Reading")
        terminal.type(key)
        assert terminal.end() == 130, terminal.shown

    assert re.search(r"\r\x1b\[K[^R]*$", terminal.shown)
    assert list(slow.folder.iterdir()) == []
