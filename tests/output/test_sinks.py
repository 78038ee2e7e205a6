"""What holds for every format, and what each promises of pages and of the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from io import BytesIO

import pytest

from metaconnect.errors import UsageError
from metaconnect.output.base import Format, TableOptions, open_sink

from .conftest import DAY, columns, written

TEXTS = [form for form in Format if not form.is_binary]
ROW = DAY | {"campaign_name": "Süße", "spend": Decimal("2778.21")}


@pytest.mark.parametrize("form", TEXTS)
def test_the_bytes_are_utf_8(form):
    assert "Süße" in written(form, [ROW]).decode()


@pytest.mark.parametrize("form", TEXTS)
def test_half_an_emoji_becomes_the_replacement_character(form):
    text = written(form, [{"campaign_name": "Sale \ud83d!"}]).decode()

    assert "Sale \ufffd!" in text


@pytest.mark.parametrize("form", TEXTS)
def test_the_two_halves_of_an_emoji_become_one(form):
    assert "\U0001f600" in written(form, [{"ad_name": "\ud83d\ude00 \udc00"}]).decode()


@pytest.mark.parametrize("form", [Format.json, Format.ndjson])
def test_half_an_emoji_may_stand_anywhere_in_raw_rows(form):
    raw = {"a\udc00": [{"b": ("\udbff", Decimal("1E+2"))}], "c": "kept"}

    found = json.loads(written(form, [raw], raw=True))

    assert (found[0] if form is Format.json else found) == {
        "a\ufffd": [{"b": ["\ufffd", 100]}],
        "c": "kept",
    }


@pytest.mark.parametrize("form", [Format.json, Format.ndjson])
def test_raw_rows_are_written_as_they_are(form):
    raw = {"spend": "2778.210", "actions": [{"action_type": "x", "value": "1"}], "n": 1}

    found = json.loads(written(form, [raw], ["spend"], raw=True))

    assert (found[0] if form is Format.json else found) == raw


@pytest.mark.parametrize("form", sorted({*Format} - {Format.json, Format.ndjson}))
def test_raw_rows_are_json_only(form):
    with pytest.raises(UsageError, match="--raw"):
        open_sink(form, BytesIO(), [], raw=True)


@pytest.mark.parametrize("form", [Format.table, Format.json])
def test_a_format_that_needs_all_rows_writes_nothing_before_it_is_closed(form):
    file = BytesIO()
    sink = open_sink(form, file, columns(*ROW))

    sink.write([ROW, ROW])

    assert file.getvalue() == b""
    sink.close()
    assert file.getvalue().decode().count("2,778.21" if form == "table" else "{") == 2


def test_json_of_any_size_waits_on_disk(monkeypatch, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(disk))
    file = BytesIO()
    sink = open_sink(Format.json, file, columns(*ROW))
    pages = 12
    page = [ROW | {"campaign_name": "x" * 1000}] * 1000

    tracemalloc.start()
    for _ in range(pages):
        sink.write(page)
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 3 * 2**20 < len(page) * 1000 * pages
    assert list(disk.iterdir()) == []  # no name, and nothing to be left behind
    sink.close()
    assert len(json.loads(file.getvalue())) == pages * len(page)


def test_the_names_of_columns_are_left_out_where_they_stand_already():
    assert written(Format.csv, [{"spend": 1}], continued=True) == b"1\n"


class Pipe(BytesIO):
    """Remembers what was there at each flush."""

    def __init__(self):
        super().__init__()
        self.flushed = []

    def flush(self):
        self.flushed.append(self.getvalue())


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (Format.ndjson, b'{"spend":1}\n'),
        (Format.csv, b"spend\n1\n"),
        (Format.markdown, b"| spend |\n| ---: |\n| 1 |\n"),
    ],
)
def test_a_format_that_streams_flushes_each_page(form, first):
    pipe = Pipe()
    sink = open_sink(form, pipe, columns("spend"))

    sink.write([{"spend": 1}])

    assert pipe.flushed[-1] == first


@pytest.mark.parametrize("form", Format)
def test_a_sink_without_a_page_writes_nothing_until_it_is_closed(form):
    file = BytesIO()

    open_sink(form, file, columns("spend"))

    assert file.getvalue() == b""


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Format.table, b""),
        (Format.json, b"[]\n"),
        (Format.ndjson, b""),
        (Format.csv, b"spend\n"),
        (Format.markdown, b"| spend |\n| ---: |\n"),
    ],
)
def test_no_rows(form, text):
    assert written(form, [], ["spend"]) == text


def test_a_table_without_rows_is_a_notice(notices):
    options = TableOptions(notice=notices.append, empty="No clients yet.")

    written(Format.table, [], ["client"], options=options)

    assert notices == ["No clients yet."]


PROGRAM = """
import sys
from metaconnect.models import Column
from metaconnect.output.base import Format, open_sink
sink = open_sink(Format(sys.argv[1]), sys.stdout.buffer, [Column(name="a")])
sink.write([{"a": "Süße 広告"}])
sink.close()
sys.stdout.buffer.write(b"rich" if "rich" in sys.modules else b"no rich")
"""


@pytest.fixture(scope="module", params=TEXTS)
def printed(request):
    """Return a format and what a process of a Windows locale prints in it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, request.param],
        env=os.environ | {"PYTHONIOENCODING": "cp1252", "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    return request.param, done.stdout.decode()


def test_stdout_gets_utf_8_whatever_the_locale(printed):
    assert "Süße 広告" in printed[1]


def test_only_the_table_loads_rich(printed):
    form, text = printed

    assert text.endswith("no rich") == (form is not Format.table)
