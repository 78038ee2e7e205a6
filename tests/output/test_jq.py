"""`--jq`: jq's own results, with the digits that Meta sent."""

from __future__ import annotations

import sys
from decimal import Decimal
from io import BytesIO

import pytest

from metaconnect.errors import UsageError
from metaconnect.output.jq import JqSink, compiled

ROWS = [
    {"name": "a\x1b[1m\nb\tü", "spend": Decimal("1.10")},
    {"name": "\ud83d", "spend": Decimal("12345678901234567890.123")},
]


def run(expression, rows=ROWS, *, terminal=False):
    file = BytesIO()
    sink = JqSink(file, compiled(expression), terminal=terminal)
    for row in rows:
        sink.write([row])
    sink.close()
    return file.getvalue().decode()


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (".[].spend", "1.10\n12345678901234567890.123\n"),
        (".[0] | {spend}", '{"spend":1.10}\n'),
        ("length # rows", "2\n"),
        ("empty", ""),
        ('.[0].name | split("\\n")[1]', "b\tü\n"),
        (".[1].name", "\ufffd\n"),
        (".[0:1] | map([.spend]) | .[] | @tsv", "1.10\n"),
        ("def f: .[0].spend; f, f", "1.10\n1.10\n"),
    ],
)
def test_results_are_a_line_each(expression, printed):
    assert run(expression) == printed


def test_no_rows_are_an_empty_array():
    assert run(".", []) == "[]\n"


def test_on_a_terminal_texts_drive_nothing():
    assert run(".[0].name", terminal=True) == "a\\u001b[1m\nb\tü\n"
    assert run(".[0].name") == "a\x1b[1m\nb\tü\n"


@pytest.mark.parametrize("expression", ["", ".[] | foo(", ".a)|(.b", "# nothing"])
def test_a_mistake_is_found_before_there_are_rows(expression):
    with pytest.raises(UsageError, match="--jq cannot be read"):
        compiled(expression)


def test_an_error_of_the_program_is_jqs_own():
    file = BytesIO()
    sink = JqSink(file, compiled(".[] | .spend, .name.x"))
    sink.write(ROWS)

    with pytest.raises(UsageError, match="Cannot index string"):
        sink.close()
    assert file.getvalue() == b""


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "jq", None)

    with pytest.raises(UsageError) as caught:
        compiled(".")
    assert "pip install 'metaconnect[jq]'" in caught.value.hint
