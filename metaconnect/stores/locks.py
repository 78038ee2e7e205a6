"""Lock files: one writer at a time, among threads and among processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreError
from ..private_files import private_folder


@contextmanager
def locked(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock file *path*; wait for it at most *timeout* seconds."""
    from filelock import FileLock, Timeout

    private_folder(path.parent)
    lock = FileLock(path, timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as exc:
        raise StoreError(f"{path} is locked by another process.") from exc
    except OSError as exc:
        raise StoreError(f"{path} cannot be written: {exc.strerror}.") from exc
    try:
        yield
    finally:
        lock.release()
