"""Meta's error envelope, turned into an error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import (
    GraphError,
    InvalidRequest,
    MetaconnectError,
    RateLimited,
    ServiceUnavailable,
)
from ..redact import clean
from .error_codes import verdict
from .retry import in_words
from .usage import Usage

_CODE_IN_MESSAGE = re.compile(r"\(#([0-9]{1,9})\)")

_LATEST = re.compile(r"latest version: (v\d+\.\d+)")
_INTEGER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class _Envelope:
    message: str
    code: int | None
    subcode: int | None
    transient: bool | None
    fbtrace_id: str | None
    blamed: str


def holds_error(body: object) -> bool:
    """Return whether a body that came with a 200 is an error all the same."""
    return isinstance(body, dict) and bool(body.get("error") or body.get("error_type"))


def error_from(
    status: int,
    body: object,
    usage: Usage | None = None,
    *,
    secrets: Iterable[str] = (),
) -> MetaconnectError:
    """
    Return what an answer that is no success means.

    *status* is HTTP's and decides only where the body says nothing. Meta's
    words are quoted on one line, without *secrets* or what looks like them.
    https://developers.facebook.com/docs/graph-api/guides/error-handling
    """
    envelope = _read(body, secrets)
    if envelope is None:
        return _no_envelope(status, usage)
    kind, hint = verdict(
        status,
        envelope.code,
        envelope.subcode,
        message=envelope.message,
        transient=envelope.transient,
    )
    return _error(kind, _version_hint(envelope.message) or hint, envelope, usage)


def _version_hint(message: str) -> str | None:
    match = _LATEST.search(message)
    return f"Set META_API_VERSION={match[1]}" if match else None


def _no_envelope(status: int, usage: Usage | None) -> MetaconnectError:
    if status == 429:  # noqa: PLR2004 - RFC 6585, Too Many Requests
        wait = usage.wait if usage else None
        return RateLimited(_with_wait("Too many requests.", wait), retry_after=wait)
    return ServiceUnavailable(
        f"Meta answered with HTTP {status} and no JSON that says why."
    )


def _error(
    kind: type[MetaconnectError],
    hint: str | None,
    envelope: _Envelope,
    usage: Usage | None,
) -> MetaconnectError:
    message = envelope.message
    if envelope.blamed and issubclass(kind, InvalidRequest):
        hint = hint or f"Meta blames: {envelope.blamed}"
    if not issubclass(kind, GraphError):
        return kind(message, hint=hint)
    wait = usage.wait if usage and issubclass(kind, RateLimited) else None
    return kind(
        _with_wait(message, wait),
        hint=hint,
        code=envelope.code,
        subcode=envelope.subcode,
        fbtrace_id=envelope.fbtrace_id,
        retry_after=wait,
    )


def _with_wait(message: str, wait: float | None) -> str:
    return f"{message} (try again in {in_words(wait)})" if wait else message


def _read(body: object, secrets: Iterable[str]) -> _Envelope | None:
    """Find the error in *body*, in any of the shapes that Meta's hosts send."""
    if not isinstance(body, Mapping):
        return None
    error = body.get("error")
    if isinstance(error, Mapping):
        return _envelope(error, secrets)
    if "error_message" in body:
        # Flat, as Instagram's host answers; its `code` is the HTTP status.
        return _envelope({"message": body["error_message"]}, secrets)
    if isinstance(error, str):
        said = f"{error}: {body.get('error_description') or 'no reason given'}"
        return _envelope({"message": said}, secrets)
    return None


def _envelope(error: Mapping[str, Any], secrets: Iterable[str]) -> _Envelope:
    message = clean(_text(error.get("message")), secrets)
    code = _number(error.get("code"))
    if code is None and (match := _CODE_IN_MESSAGE.search(message)):
        code = int(match[1])
    transient = error.get("is_transient")
    # debug_token says `subcode` where all others say `error_subcode`.
    subcode = _number(error.get("error_subcode", error.get("subcode")))
    parts = [message]
    for key in ("error_user_title", "error_user_msg"):
        more = clean(_text(error.get(key)), secrets)
        if more.rstrip(".") not in " ".join(parts):
            parts.append(more)
    said = ". ".join(part.rstrip(".") for part in parts if part)
    return _Envelope(
        message=message if said == message.rstrip(".") else said,
        code=code,
        subcode=subcode,
        transient=transient if isinstance(transient, bool) else None,
        fbtrace_id=_text(error.get("fbtrace_id")) or None,
        blamed=clean(_blamed(error.get("error_data")), secrets),
    )


def _blamed(data: object) -> str:
    """Return the parameters that `error_data` blames: an object, or its JSON."""
    if isinstance(data, str):
        try:
            data = msgspec.json.decode(data)
        except (ValueError, RecursionError):
            return ""
    if not isinstance(data, Mapping):
        return ""
    specs = data.get("blame_field_specs")
    paths = [spec if isinstance(spec, list) else [spec] for spec in _list(specs)]
    names = [_text(data.get("blame_field")), *(".".join(map(str, p)) for p in paths)]
    return ", ".join(name for name in names if name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: object) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
