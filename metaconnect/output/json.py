"""Rows as JSON, with exactly the digits that Meta sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final
from weakref import finalize

import msgspec

from ..models import Row
from .text import well_formed

_ENCODER = msgspec.json.Encoder(decimal_format="number")
# What a Decimal may look like that JSON does not know, or that has other
# digits than Meta's: 1E-7 for 0.0000001. It may also stand in a text: no harm.
_SUSPECTS: Final = (b"E-", b"E+", b"NaN", b"Infinity")
# The bytes that call for a second look: a search for one set is quickest.
_UNUSUAL: Final = re.compile(rb"[EIN\x7f-\xff]")
# Control characters that JSON allows as they are but a terminal obeys: DEL, C1,
# the marks that turn the direction of text, and two line separators.
# https://trojansource.codes, https://www.unicode.org/reports/tr9/
_CONTROLS: Final = re.compile(
    rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c"
    rb"|\xe2(?:\x80[\x8e\x8f\xa8-\xae]|\x81[\xa6-\xa9])"
)
_ASCII: Final = bytes(range(0x7F))
_HELD: Final = 4 * 2**20  # bytes in memory, of a whole array
_PART: Final = 2**16


class JsonSink:
    """
    One array, a row a line: written whole by `close`, or not at all.

    More than a few thousand rows wait on disk, in a file without a name.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._rows = SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115  close()
        finalize(self, self._rows.close)
        self._between = b""

    def write(self, rows: Sequence[Row]) -> None:
        if rows:
            # A line break inside a text is escaped, so each one ends a row.
            lines = ndjson(rows)[:-1].replace(b"\n", b",\n")
            self._rows.write(self._between + lines)
            self._between = b",\n"

    def close(self) -> None:
        if not self._between:
            self._file.write(b"[]\n")
        else:
            self._rows.seek(0)
            self._file.write(b"[\n")
            while part := self._rows.read(_PART):
                self._file.write(part)
            self._file.write(b"\n]\n")
        self._rows.close()
        self._file.flush()


class NdjsonSink:
    """A row a line, written page by page."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, rows: Sequence[Row]) -> None:
        self._file.write(ndjson(rows))
        self._file.flush()

    def close(self) -> None:
        pass


def json_text(value: object) -> bytes:
    """Return *value* as compact JSON in UTF-8; what is no number is null."""
    with suppress(UnicodeEncodeError):  # a lone surrogate
        encoded = _ENCODER.encode(value)
        if not _UNUSUAL.search(encoded):
            return encoded
    return _encoded(_ENCODER.encode, value, lambda: _plain(value))


def cell_text(value: object) -> str:
    """Return *value* as a text of its own: what JSON has, without quotes or null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else ""
    if isinstance(value, (int, Mapping, list, tuple)):
        return json_text(value).decode()
    return str(msgspec.to_builtins(value))  # a date, as JSON has it


def ndjson(rows: Sequence[object]) -> bytes:
    """Return *rows* as lines of JSON, one each."""
    return _encoded(_ENCODER.encode_lines, rows, lambda: [_plain(row) for row in rows])


def _encoded(
    encode: Callable[[Any], bytes], value: Any, plain: Callable[[], Any]
) -> bytes:
    try:
        encoded = encode(value)
    except UnicodeEncodeError:  # a lone surrogate
        encoded = encode(plain())
    else:
        if any(suspect in encoded for suspect in _SUSPECTS):
            encoded = encode(plain())
    return without_controls(encoded)


def without_controls(encoded: bytes) -> bytes:
    r"""Write control characters as ``\uXXXX``, which reads back as the same text."""
    if encoded.isascii() and b"\x7f" not in encoded:  # the usual case, and fast
        return encoded
    # Without ASCII little is left to search, and UTF-8 sequences stay whole.
    if not _CONTROLS.search(encoded.translate(None, _ASCII)):
        return encoded
    return _CONTROLS.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), encoded)


def _plain(value: object) -> object:
    """Return *value* with texts that are UTF-8 and numbers that are JSON."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, Decimal):
        return msgspec.Raw(f"{value:f}".encode()) if value.is_finite() else None
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
