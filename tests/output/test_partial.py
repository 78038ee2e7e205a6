"""`--continue`: an interrupted file goes on, and no row is in it twice."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from metaconnect.errors import UsageError
from metaconnect.output.partial import continued, key_of, resume

KEY = key_of("act_1", {"level": "ad"})
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
posix_only = pytest.mark.skipif(os.name != "posix", reason="no such locks elsewhere")


@pytest.fixture
def path(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "rows.csv"


def interrupted(path, *, key=KEY, at=MONDAY):
    """Write a day, say so, and stop in the middle of the next one."""
    with pytest.raises(KeyboardInterrupt), continued(path, key) as partial:
        partial.file.write(b"day\n16\n")
        if at:
            partial.checkpoint(at)
        partial.file.write(b"17, half a ")
        raise KeyboardInterrupt


def test_a_run_that_is_not_interrupted_leaves_the_file_alone(path):
    with continued(path, KEY) as partial:
        assert partial.done_until is None
        partial.file.write(b"16\n")
        partial.checkpoint(MONDAY)
        assert not path.exists()

    assert path.read_bytes() == b"16\n"
    assert list(path.parent.iterdir()) == [path]


def test_the_next_run_goes_on_behind_the_last_whole_day(path):
    interrupted(path)

    with continued(path, KEY) as partial:
        assert partial.done_until == MONDAY
        partial.file.write(b"17\n")

    assert path.read_bytes() == b"day\n16\n17\n"
    assert list(path.parent.iterdir()) == [path]


def test_it_can_be_interrupted_again(path):
    interrupted(path)
    with pytest.raises(OSError), continued(path, KEY) as partial:
        partial.file.write(b"17\n")
        partial.checkpoint(TUESDAY)
        raise OSError

    with continued(path, KEY) as partial:
        assert partial.done_until == TUESDAY
        partial.file.write(b"18\n")

    assert path.read_bytes() == b"day\n16\n17\n18\n"


def test_another_question_begins_anew(path):
    interrupted(path)

    with continued(path, key_of("act_2")) as partial:
        assert partial.done_until is None
        partial.file.write(b"new\n")

    assert path.read_bytes() == b"new\n"


def test_before_the_first_whole_day_nothing_is_kept(path):
    interrupted(path, at=None)

    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff", b'{"offset":-1}', None])
def test_a_note_that_is_of_no_use_begins_anew(path, note):
    interrupted(path)
    file = path.with_name("rows.csv.partial.json")
    file.unlink() if note is None else file.write_bytes(note)

    assert resume(path, KEY) is None
    with continued(path, KEY) as partial:
        partial.file.write(b"new\n")
    assert path.read_bytes() == b"new\n"


def test_a_file_that_is_shorter_than_its_note_begins_anew(path):
    interrupted(path)
    path.with_name("rows.csv.partial").write_bytes(b"day")

    assert resume(path, KEY) is None


def test_the_former_file_stays_until_the_new_one_is_whole(path):
    path.write_bytes(b"old")
    path.chmod(0o640)
    interrupted(path)
    assert path.read_bytes() == b"old"

    with continued(path, KEY):
        pass

    assert path.read_bytes() == b"day\n16\n"
    assert os.name != "posix" or path.stat().st_mode & 0o777 == 0o640


@posix_only
def test_two_runs_do_not_write_one_file(path):
    with continued(path, KEY) as partial:
        partial.file.write(b"16\n")
        with pytest.raises(UsageError, match="by another run"), continued(path, KEY):
            pytest.fail("both write")

    assert path.read_bytes() == b"16\n"


@posix_only
def test_a_link_is_not_followed(path):
    precious = path.with_name("precious")
    precious.write_bytes(b"x")
    path.with_name("rows.csv.partial").symlink_to(precious)

    with pytest.raises(OSError), continued(path, KEY):
        pass

    assert precious.read_bytes() == b"x"


KILLED = """
import os, sys
from datetime import date
from pathlib import Path
from metaconnect.output.partial import continued
with continued(Path(sys.argv[1]), sys.argv[2]) as partial:
    partial.file.write(b"16\\n")
    partial.checkpoint(date(2026, 11, 16))
    partial.file.write(b"17 is not w")
    partial.file.flush()
    os._exit(9)
"""


def test_a_run_that_was_killed_goes_on_too(path):
    subprocess.run([sys.executable, "-c", KILLED, path, KEY], check=False)

    with continued(Path(path), KEY) as partial:
        assert partial.done_until == MONDAY
        partial.file.write(b"17\n")
    assert path.read_bytes() == b"16\n17\n"
