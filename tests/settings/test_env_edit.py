"""Env files that are changed: what is set, what stays, and who reads the same."""

import re
import stat
from io import StringIO

import pytest
from dotenv import dotenv_values

from metaconnect.errors import ConfigError
from metaconnect.settings.env_edit import env_text, quoted, with_values, write_env

# The grammar of the package `dotenv`, which Next.js reads env files with.
# https://github.com/motdotla/dotenv/blob/v16.3.1/lib/main.js
NODE_LINE = re.compile(
    r"""^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)"""
    r"""(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?"""
    r"""\s*(?:#.*)?$""",
    re.MULTILINE,
)


def as_python_reads(text):
    return dotenv_values(stream=StringIO(text), interpolate=False)


def as_node_reads(text):
    values = {}
    for name, raw in NODE_LINE.findall(text.replace("\r\n", "\n")):
        value = re.sub(r"""^(['"`])([\s\S]*)\1$""", r"\2", raw.strip())
        if raw.strip().startswith('"'):
            value = value.replace("\\n", "\n").replace("\\r", "\r")
        values[name] = value
    return values


@pytest.mark.parametrize(
    "value",
    [
        "1234567890",
        "https://ref.supabase.co/path?a=b&c=%20d",
        "sb_publishable_AbC-1_2",
        "eyJ.eyJ.s-_g",
        "two words",
        "a#b",
        "a #b",
        "it's",
        'say "hi"',
        "`tick`",
        " ends with a space ",
        "ü",
    ],
)
def test_a_value_is_read_alike(value):
    text = with_values("", {"NAME": value})

    assert as_python_reads(text) == as_node_reads(text) == {"NAME": value}


@pytest.mark.parametrize("value", ["a$b", "back\\slash", "two\nlines", "'\"", "\x1b["])
def test_what_would_be_read_differently_is_refused_and_not_shown(value):
    with pytest.raises(ConfigError, match="NAME has a character") as caught:
        quoted("NAME", value)

    assert value not in str(caught.value)


OLD = """# of the dashboard
export META_APP_ID = '1' # the app

OTHER="two
lines # of it"
EMPTY=
not a line
LAST='x # y'"""


def test_everything_else_stays_as_it_is():
    new = with_values(OLD, {"META_APP_ID": "2", "EMPTY": "full", "ADDED": "3"})

    assert new == (
        OLD.replace("META_APP_ID = '1' # the", "META_APP_ID=2 # the").replace(
            "EMPTY=", "EMPTY=full"
        )
        + "\nADDED=3\n"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A=1\r\nB=2\r\n", "A=9\r\nB=2\r\nC=9\r\n"),
        ("\ufeffA=1\n", "\ufeffA=9\nC=9\n"),
        ("A=1\nA=2\n", "A=1\nA=9\nC=9\n"),
        ("A\n", "A=9\nC=9\n"),
        ("'A'='1'\n", "A=9\nC=9\n"),
        ("A=b#c # d\n", "A=9 # d\nC=9\n"),
        ("A='1 # 2' # d\n", "A=9 # d\nC=9\n"),
        ('A="1\n2"\nB=1\n', "A=9\nB=1\nC=9\n"),
        ("#A=1\n", "#A=1\nA=9\nC=9\n"),
        ("AA=1\n", "AA=1\nA=9\nC=9\n"),
    ],
)
def test_how_a_line_is_changed(old, new):
    assert with_values(old, {"A": "9", "C": "9"}) == new


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / ".env.local"

    write_env(path, "A=1\n")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_others_could_read_no_longer_is(tmp_path):
    path = tmp_path / ".env.local"
    path.write_text("A=1\r\n", newline="")
    path.chmod(0o644)

    write_env(path, with_values(env_text(path), {"B": "2"}))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"A=1\r\nB=2\r\n"


def test_a_link_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("A=1\n")
    link = tmp_path / ".env.local"
    link.symlink_to(elsewhere)

    with pytest.raises(ConfigError, match="symbolic link"):
        env_text(link)
    write_env(link, "A=2\n")  # as if the link came after the look at it

    assert elsewhere.read_text() == "A=1\n"


@pytest.mark.parametrize("name", ["", "missing/.env"])
def test_what_is_no_place_for_a_file(tmp_path, name):
    with pytest.raises(ConfigError, match="cannot be written"):
        env_text(tmp_path / name)


def test_what_is_no_text(tmp_path):
    (tmp_path / ".env").write_bytes(b"A=\xff\n")

    with pytest.raises(ConfigError, match="not UTF-8"):
        env_text(tmp_path / ".env")
