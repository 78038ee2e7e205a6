"""Encrypt the secrets file with a key from the operating system's keyring."""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from ..errors import ConfigError, NoSecretStore
from ..private_files import OTHER_FOLDER
from . import keyrings

# The header is MAGIC, the key's id and a line break; then come the nonce and
# the encrypted content, which authenticates the header too.
FAMILY = b"metaconnect secrets "
MAGIC = FAMILY + b"2\n"
ID = 32  # hexadecimal digits
HEADER = len(MAGIC) + ID + 1
NONCE = 12


class Cipher(Protocol):
    """Turns the content of the secrets file into what is written, and back."""

    def seal(self, content: bytes, former: bytes | None) -> bytes:
        """Return *content* as written, with the key of the *former* file if any."""

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError where *sealed* is not what `seal` returned."""


class PlainText:
    """No encryption: the file's mode is its only protection."""

    def seal(self, content: bytes, former: bytes | None) -> bytes:
        del former
        return content

    def open(self, sealed: bytes) -> bytes:
        return sealed


class KeyringCipher:
    """
    AES-256-GCM. The key is made at the first sealing and never replaced.

    The file names its key by an id, so that the key is found wherever the file
    is moved and however its path is spelled. The id is a digest of the key: the
    keyring's entry can be checked before it is used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path  # for messages
        self._keys: dict[str, bytes] = {}

    def seal(self, content: bytes, former: bytes | None) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._key(self._key_id(former)) if former else self._new_key()
        header = MAGIC + key_id(key).encode() + b"\n"
        nonce = os.urandom(NONCE)
        return header + nonce + AESGCM(key).encrypt(nonce, content, header)

    def open(self, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._key(self._key_id(sealed))
        header, body = sealed[:HEADER], sealed[HEADER:]
        try:
            return AESGCM(key).decrypt(body[:NONCE], body[NONCE:], header)
        except InvalidTag as exc:
            raise ValueError("changed after it was sealed") from exc

    def _key_id(self, sealed: bytes) -> str:
        if match := re.match(MAGIC + b"([0-9a-f]{%d})\n" % ID, sealed):
            return match[1].decode()
        if sealed.startswith(FAMILY) and not sealed.startswith(MAGIC):
            raise ConfigError(
                f"{self._path} was made by another version of metaconnect.",
                hint=f"Use that version. {OTHER_FOLDER}",
            )
        raise ValueError("not a sealed file")

    def _key(self, wanted: str) -> bytes:
        """Return the key of that id, or raise NoSecretStore."""
        if wanted not in self._keys:
            text = keyrings.get(f"secrets-key {wanted}")
            key = _decoded(text) if text else None
            if key is None or key_id(key) != wanted:
                raise self._missing(wanted)
            self._keys[wanted] = key
        return self._keys[wanted]

    def _missing(self, wanted: str) -> NoSecretStore:
        return NoSecretStore(
            f"This keyring does not have the key of {self._path} "
            f"(entry {f'secrets-key {wanted}'!r} of {keyrings.SERVICE!r}).",
            # The key may be in the keyring of another login session, user or
            # machine: without the file it would be of no use there.
            hint="Keep the file: unlock the keyring, or use the user and machine, "
            f"that it was made with. To begin anew: {OTHER_FOLDER}",
        )

    def _new_key(self) -> bytes:
        key = os.urandom(32)
        keyrings.put(f"secrets-key {key_id(key)}", b64encode(key).decode())
        self._keys[key_id(key)] = key
        return key


def key_id(key: bytes) -> str:
    """Return the id of a random *key*, from which it cannot be computed."""
    return sha256(b"metaconnect key id" + key).hexdigest()[:ID]


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None
