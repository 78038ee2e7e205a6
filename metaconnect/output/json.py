"""Rows as JSON, with exactly the digits that Meta sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")
# What a Decimal may look like that JSON does not know, or that has other
# digits than Meta's: 1E-7 for 0.0000001. It may also stand in a text: no harm.
_SUSPECTS = (b"E-", b"E+", b"NaN", b"Infinity")


def json_text(value: object) -> bytes:
    """Return *value* as compact JSON in UTF-8; what is no number is null."""
    encoded = _ENCODER.encode(value)
    return _ENCODER.encode(_plain(value)) if _is_suspect(encoded) else encoded


def ndjson(rows: Sequence[object]) -> bytes:
    """Return *rows* as lines of JSON, one each."""
    encoded = _ENCODER.encode_lines(rows)
    if _is_suspect(encoded):
        return _ENCODER.encode_lines([_plain(row) for row in rows])
    return encoded


def json_array(rows: Iterable[object]) -> bytes:
    """Return *rows* as one JSON array, a row a line."""
    lines = b",\n".join(map(json_text, rows))
    return b"[\n" + lines + b"\n]\n" if lines else b"[]\n"


def _is_suspect(encoded: bytes) -> bool:
    return any(suspect in encoded for suspect in _SUSPECTS)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return msgspec.Raw(f"{value:f}".encode()) if value.is_finite() else None
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
