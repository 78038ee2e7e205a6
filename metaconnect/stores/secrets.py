"""
Secrets on this machine: named texts in one file with mode 0600.

There are two kinds. With a keyring the file is encrypted with AES-256-GCM, and
the keyring holds only its key, because a secret may be longer than a keyring
allows (1280 characters on Windows). Without one, and only if the user chose so,
the file is plain text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol, TypeGuard

from ..errors import StoreError
from ..private_files import (
    leftovers,
    mend_mode,
    remove_leftovers,
    require_private,
    write_private,
)
from .cipher import Cipher, KeyringCipher, PlainText
from .locks import locked

LOOK_AT_THE_FOLDER = "Look at that folder, or choose another: METACONNECT_HOME."
LOCK_TIMEOUT = 10.0  # seconds; a writer holds the lock for milliseconds


class SecretStore(Protocol):
    """
    Named secrets, for any thread. Each method may raise StoreError, NoSecretStore
    or, where the data folder cannot be trusted, ConfigError.
    """

    def check(self) -> None:
        """Raise unless a secret could be written and read back."""

    def get(self, name: str) -> str | None:
        """Return the secret, or None."""

    def get_all(self) -> Mapping[str, str]:
        """Return every secret by name, at the cost of one `get`."""

    def set(self, name: str, value: str) -> None:
        """Keep *value*, in the place of a former one."""

    def set_all(self, secrets: Mapping[str, str]) -> None:
        """Keep every one of *secrets*, or none."""

    def delete(self, *names: str) -> None:
        """Forget *names*. Not an error if absent."""

    def take(self, name: str, value: str) -> bool:
        """
        Forget *name* if it still is *value*, and return whether it was.

        Of several processes that try, one gets True.
        """


class FileSecretStore:
    """
    Secrets in one file, replaced as a whole by each write.

    With *plain_file* what that file holds is moved here first: the user had
    chosen plain text and now has a keyring.
    """

    def __init__(
        self, path: Path, cipher: Cipher, *, plain_file: Path | None = None
    ) -> None:
        self._path = path
        self._cipher = cipher
        self._plain_file = plain_file

    def __repr__(self) -> str:
        return f"FileSecretStore({str(self._path)!r})"

    def check(self) -> None:
        self._write({})

    def get(self, name: str) -> str | None:
        return self.get_all().get(name)

    def get_all(self) -> Mapping[str, str]:
        require_private(self._path.parent)
        if self._plain_file and self._plain_file.exists():
            self._write({})
        elif leftovers(self._path):
            # Of a killed process, unless another one is writing now.
            with suppress(StoreError), self._locked(timeout=0):
                remove_leftovers(self._path)
        return self._opened(_content(self._path))

    def set(self, name: str, value: str) -> None:
        self.set_all({name: value})

    def set_all(self, secrets: Mapping[str, str]) -> None:
        self._write(secrets)

    def delete(self, *names: str) -> None:
        if not self.get_all().keys().isdisjoint(names):
            self._write(dict.fromkeys(names))

    def take(self, name: str, value: str) -> bool:
        with self._locked():
            if self._merged({}).get(name) != value:
                return False
            self._replace({name: None})
            return True

    def _write(self, changes: Mapping[str, str | None]) -> None:
        with self._locked():
            self._replace(changes)

    def _replace(self, changes: Mapping[str, str | None]) -> None:
        """Write the file anew, while it is locked."""
        sealed = self._cipher.seal(
            json.dumps(self._merged(changes)).encode(), _content(self._path)
        )
        try:
            write_private(self._path, sealed)
            if self._plain_file:
                self._plain_file.unlink(missing_ok=True)
        except OSError as exc:
            raise _failed(self._path, "written", exc) from exc
        remove_leftovers(self._path)

    def _merged(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        kept = {**self._opened(_content(self._path)), **self._plain_secrets()}
        merged: dict[str, str | None] = {**kept, **changes}
        return {n: v for n, v in merged.items() if v is not None}

    def _plain_secrets(self) -> dict[str, str]:
        if self._plain_file is None:
            return {}
        return _secrets(self._plain_file, PlainText(), _content(self._plain_file))

    def _opened(self, sealed: bytes | None) -> dict[str, str]:
        return _secrets(self._path, self._cipher, sealed)

    def _locked(self, timeout: float = LOCK_TIMEOUT) -> AbstractContextManager[None]:
        return locked(self._path.with_suffix(".lock"), timeout)


def open_secret_store(folder: Path, kind: str) -> FileSecretStore:
    """Return the secret store of *folder*; *kind* is "keyring" or "file"."""
    plain_file = folder / "secrets.json"
    if kind == "file":
        return FileSecretStore(plain_file, PlainText())
    path = folder / "secrets.aes"
    return FileSecretStore(path, KeyringCipher(path), plain_file=plain_file)


def _content(path: Path) -> bytes | None:
    """Return what the file holds, None where there is none."""
    try:
        mend_mode(path)
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise _failed(path, "read", exc) from exc


def _secrets(path: Path, cipher: Cipher, sealed: bytes | None) -> dict[str, str]:
    """Return what *sealed*, the content of *path*, holds."""
    if sealed is None:
        return {}
    try:
        secrets = json.loads(cipher.open(sealed))
    except (ValueError, RecursionError):  # one for deep nesting
        secrets = None
    if not _is_texts_by_name(secrets):
        raise StoreError(
            f"{path} is damaged.", hint="Move it away, and connect again."
        ) from None
    return secrets


def _is_texts_by_name(value: object) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _failed(path: Path, what: str, exc: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be {what}: {exc.strerror}.", hint=LOOK_AT_THE_FOLDER
    )
