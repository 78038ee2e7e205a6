"""The file of `--continue`, and what it refuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from metaconnect.cli.output import opened_to_continue
from metaconnect.constants import Format
from metaconnect.errors import UsageError


def test_an_interrupted_file_goes_on(tmp_path):
    path = tmp_path / "rows.csv"
    with (
        pytest.raises(KeyboardInterrupt),
        opened_to_continue(path, Format.csv, "key") as partial,
    ):
        partial.file.write(b"16\n")
        partial.checkpoint(date(2026, 11, 16))
        raise KeyboardInterrupt

    with opened_to_continue(path, Format.csv, "key") as partial:
        partial.file.write(b"17\n")

    assert path.read_bytes() == b"16\n17\n"


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("rows.json", Format.json, "goes with ndjson and csv, not with json"),
        ("/dev/null", Format.csv, "needs a file"),
        ("no/where.csv", Format.csv, "cannot be written: No such file"),
    ],
)
def test_what_cannot_go_on_is_said(tmp_path, path, form, words):
    with (
        pytest.raises(UsageError, match=words),
        opened_to_continue(Path(tmp_path, path), form, "key"),
    ):
        pass
