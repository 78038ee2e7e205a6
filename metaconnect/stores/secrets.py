"""
Where secrets lie on this machine: one file, private from birth.

Two kinds. With a keyring the file is sealed with AES-256-GCM, and the keyring
holds nothing but its key: a secret may be longer than a keyring allows (1280
characters on Windows). Without one, and only if the user said so, the file is
plain and mode 0600.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ..errors import StoreError
from .cipher import Cipher, KeyringCipher, PlainText

LOOK_AT_THE_FOLDER = "Look at that folder, or choose another: METACONNECT_HOME."
LOCK_TIMEOUT = 10.0  # seconds; a writer holds the lock for milliseconds


class SecretStore(Protocol):
    """Named secrets. Each method may raise StoreError or NoSecretStore."""

    def check(self) -> None:
        """Raise unless a secret could be written and read back."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def delete(self, name: str) -> None:
        """Forget *name*. Not an error if absent."""


class FileSecretStore:
    """A vault in one file, replaced as a whole by each write."""

    def __init__(self, path: Path, cipher: Cipher) -> None:
        self._path = path
        self._cipher = cipher

    def __repr__(self) -> str:
        return f"FileSecretStore({str(self._path)!r})"

    def check(self) -> None:
        self._write({}, only_probe=True)

    def get(self, name: str) -> str | None:
        return self._read().get(name)

    def set(self, name: str, value: str) -> None:
        self._write({name: value})

    def delete(self, name: str) -> None:
        if self.get(name) is not None:
            self._write({name: None})

    def _read(self) -> dict[str, str]:
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as exc:
            raise StoreError(
                f"{self._path} cannot be read: {exc.strerror}.",
                hint=LOOK_AT_THE_FOLDER,
            ) from exc
        try:
            secrets: dict[str, str] = json.loads(self._cipher.open(sealed))
        except ValueError as exc:
            raise StoreError(
                f"{self._path} is damaged.", hint="Move it away, and connect again."
            ) from exc
        return secrets

    def _write(
        self, changes: dict[str, str | None], *, only_probe: bool = False
    ) -> None:
        from filelock import FileLock, Timeout

        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self._path.with_suffix(".lock"), timeout=LOCK_TIMEOUT):
                merged = self._read() | changes
                secrets = {n: v for n, v in merged.items() if v is not None}
                sealed = self._cipher.seal(json.dumps(secrets).encode())
                _write_privately(self._path, sealed, keep=not only_probe)
        except Timeout as exc:
            raise StoreError(f"{self._path} is locked by another process.") from exc
        except OSError as exc:
            raise StoreError(
                f"{self._path} cannot be written: {exc.strerror}.",
                hint=LOOK_AT_THE_FOLDER,
            ) from exc


def open_secret_store(folder: Path, kind: str) -> FileSecretStore:
    """Return the vault of *folder*; *kind* is "keyring" or "file"."""
    if kind == "file":
        return FileSecretStore(folder / "secrets.json", PlainText())
    path = folder / "secrets.aes"
    return FileSecretStore(path, KeyringCipher(path))


def _write_privately(path: Path, content: bytes, *, keep: bool) -> None:
    """Replace *path* at once. The file is 0600 before it holds a byte."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if keep:
            Path(fresh).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(fresh).unlink()
