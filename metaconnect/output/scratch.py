"""Room on disk for what a format cannot write as it goes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import copyfileobj, rmtree
from typing import BinaryIO
from weakref import finalize


def scratch_folder(owner: object) -> Path:
    """Return a new folder for this user alone, which goes when *owner* does."""
    path = Path(tempfile.mkdtemp(prefix="metaconnect-"))
    finalize(owner, rmtree, path, ignore_errors=True)
    return path


def move_into(file: BinaryIO, path: Path) -> None:
    """Write what *path* holds to *file*, and remove it."""
    with path.open("rb") as written:
        copyfileobj(written, file)
    file.flush()
    path.unlink()
