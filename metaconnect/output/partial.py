"""
A file that grows over several runs: what is certain in it, and where to go on.

`x.csv` is written as `x.csv.partial`. Beside it `x.csv.partial.json` says up to which
byte it holds all rows of all days up to one, of which query. What stands behind that
byte came of an interrupted day, and is written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from ..errors import UsageError
from ..private_files import POSIX, write_private

PARTIAL: Final = ".partial"
_MODE: Final = 0o666  # less the umask: what any new file has
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """All rows up to the day `done_until` stand before the byte `offset`."""

    offset: int
    done_until: date
    query_key: str


class PartialFile:
    """
    A file that is being written, behind what an earlier run has left of it.

    `done_until` is the last day that it holds already, None at the beginning.
    """

    def __init__(
        self, file: BinaryIO, note: Path, query_key: str, start: Checkpoint | None
    ) -> None:
        self.file = file
        self.done_until = start.done_until if start else None
        self._note = note
        self._query_key = query_key

    def checkpoint(self, done_until: date) -> None:
        """Note that all rows up to *done_until* have been written. Raises OSError."""
        self.file.flush()
        os.fsync(self.file.fileno())  # never a note of what a crash takes back
        found = Checkpoint(
            offset=self.file.tell(), done_until=done_until, query_key=self._query_key
        )
        write_private(self._note, msgspec.json.encode(found))
        self.done_until = done_until


@contextmanager
def continued(path: Path, query_key: str) -> Iterator[PartialFile]:
    """
    Yield the file that takes *path*'s place when the block ends well.

    It goes on where an earlier run with the same *query_key* stopped (`resume`);
    after an error it is kept, if there is a day to go on from. Raises OSError, and
    UsageError where another run is writing it.
    """
    path = path.resolve()
    partial, note = _partial(path), _note(path)
    with _opened(partial) as file:
        start = resume(path, query_key)
        if start is None:
            note.unlink(missing_ok=True)  # first: it must not speak of what follows
        file.truncate(start.offset if start else 0)
        file.seek(0, os.SEEK_END)
        growing = PartialFile(file, note, query_key, start)
        try:
            yield growing
        except BaseException:
            if growing.done_until is None:
                partial.unlink(missing_ok=True)
            raise
    if path.exists():
        partial.chmod(path.stat().st_mode & 0o777)
    partial.replace(path)
    note.unlink(missing_ok=True)


def key_of(*parts: object) -> str:
    """Return what tells one question, all it is made of, from every other."""
    return sha256(msgspec.json.encode(parts)).hexdigest()


def resume(path: Path, query_key: str) -> Checkpoint | None:
    """Return where an earlier run for *path* stopped, None where it is no use."""
    partial, note = _partial(path), _note(path)
    try:
        found = msgspec.json.decode(note.read_bytes(), type=Checkpoint)
        is_there = 0 <= found.offset <= partial.stat().st_size
    except (OSError, msgspec.MsgspecError):
        return None
    return found if is_there and found.query_key == query_key else None


def _partial(path: Path) -> Path:
    return path.with_name(path.name + PARTIAL)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}{PARTIAL}.json")


@contextmanager
def _opened(partial: Path) -> Iterator[BinaryIO]:
    """Yield the file *partial*, which may have to be created, to this run alone."""
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | _NO_LINK, _MODE)
    with os.fdopen(descriptor, "r+b") as file:
        if not (_is_locked(descriptor) and _is_at(partial, descriptor)):
            raise UsageError(f"{partial} is being written by another run.")
        yield file


def _is_locked(descriptor: int) -> bool:
    """Lock the file until it is closed; False where another process has done so."""
    if not POSIX:
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_at(partial: Path, descriptor: int) -> bool:
    """Whether the file still has its name: the other run may just have finished."""
    with suppress(FileNotFoundError):
        return os.path.samestat(partial.stat(), os.fstat(descriptor))
    return False
