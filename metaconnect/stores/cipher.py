"""Sealing the secrets file, with its key in the operating system's keyring."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Protocol

from ..errors import NoSecretStore

SERVICE = "metaconnect"
TIMEOUT = 3.0  # seconds; a keyring may wait for a prompt that nobody sees
MAGIC = b"metaconnect secrets 1\n"
NONCE = 12


class Cipher(Protocol):
    def seal(self, content: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError where *sealed* is not what `seal` returned."""


class PlainText:
    """No cipher: the file's mode is its only guard."""

    def seal(self, content: bytes) -> bytes:
        return content

    def open(self, sealed: bytes) -> bytes:
        return sealed


class KeyringCipher:
    """AES-256-GCM. The key is made at the first sealing and never replaced."""

    def __init__(self, path: Path) -> None:
        # One key a file: throwing a folder away never touches another's.
        self._username = f"secrets-key {sha256(os.fsencode(path)).hexdigest()[:12]}"
        self._path = path
        self._key: bytes | None = None

    def seal(self, content: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE)
        key = self._stored_key() or self._new_key()
        return MAGIC + nonce + AESGCM(key).encrypt(nonce, content, MAGIC)

    def open(self, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not sealed.startswith(MAGIC):
            raise ValueError("not a sealed file")
        key = self._stored_key()
        if key is None:
            raise NoSecretStore(
                f"The keyring no longer has the key of {self._path}.",
                hint="Bring the keyring back, or delete the file and connect again.",
            )
        nonce, text = sealed[len(MAGIC) :][:NONCE], sealed[len(MAGIC) + NONCE :]
        try:
            return AESGCM(key).decrypt(nonce, text, MAGIC)
        except InvalidTag as exc:
            raise ValueError("sealed with another key") from exc

    def _stored_key(self) -> bytes | None:
        if self._key is None:
            text = patiently(_get_password, self._username)
            self._key = b64decode(text) if text else None
        return self._key

    def _new_key(self) -> bytes:
        key = os.urandom(32)
        text = b64encode(key).decode()
        # Read back: a locked macOS keychain stores nothing and says nothing.
        if patiently(_set_password, self._username, text) != text:
            raise NoSecretStore("The keyring did not keep what was put into it.")
        self._key = key
        return key


def patiently(call: Callable[..., str | None], *args: str) -> str | None:
    """
    Run a keyring call in a thread of its own and give up after TIMEOUT.

    Whatever a backend raises (not all of it is a KeyringError) becomes
    NoSecretStore.
    """
    answer: list[str | None] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            answer.append(call(*args))
        except BaseException as exc:  # noqa: BLE001  backends raise anything
            failure.append(exc)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    if answer:
        return answer[0]
    if not failure:
        raise NoSecretStore(f"The keyring gave no answer within {TIMEOUT:.0f} s.")
    if isinstance(failure[0], NoSecretStore):
        raise failure[0]
    if type(failure[0]).__name__ == "NoKeyringError":
        raise NoSecretStore("This machine has no keyring.") from failure[0]
    reason = str(failure[0]).rstrip(".")
    raise NoSecretStore(f"The keyring cannot be used: {reason}.") from failure[0]


def _get_password(username: str) -> str | None:
    import keyring

    return keyring.get_password(SERVICE, username)


def _set_password(username: str, text: str) -> str | None:
    import keyring

    keyring.set_password(SERVICE, username, text)
    return keyring.get_password(SERVICE, username)
