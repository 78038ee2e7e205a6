"""Meta's error envelope, turned into an error of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ..errors import (
    ErrorTemplate,
    InvalidRequest,
    MetaconnectError,
    RateLimited,
    ServiceUnavailable,
)
from ..redact import clean
from .error_codes import template_for
from .waits import with_wait

_CODE_IN_MESSAGE = re.compile(r"\(#([0-9]{1,9})\)")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_LONGEST_ID: Final = 60  # characters
_LONGEST_READ: Final = 10_000


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    message: str  # masked, unlike `words`
    words: str
    kind: str
    code: int | None
    subcode: int | None
    transient: bool | None
    fbtrace_id: str | None
    blamed: str


def holds_error(body: object) -> bool:
    """Return whether a body that came with a 200 is an error all the same."""
    return isinstance(body, dict) and bool(body.get("error") or body.get("error_type"))


def error_from(
    status: int, body: object, *, wait: float | None = None
) -> MetaconnectError:
    """
    Return what an answer that is no success means.

    *status* is HTTP's and decides only where the body says nothing; *wait* is
    the seconds that the headers name. Meta's words are quoted on one line,
    without secrets.
    https://developers.facebook.com/docs/graph-api/guides/error-handling
    """
    envelope = _read(body)
    if envelope is None:
        return _no_envelope(status, wait)
    template, words = template_for(
        status,
        envelope.code,
        envelope.subcode,
        message=envelope.words,
        kind=envelope.kind,
        transient=envelope.transient,
    )
    return _error(template, words, envelope, wait)


def _no_envelope(status: int, wait: float | None) -> MetaconnectError:
    if status == 429:  # noqa: PLR2004 - RFC 6585, Too Many Requests
        return RateLimited(with_wait("Too many requests.", wait), retry_after=wait)
    message = f"Meta answered with HTTP {status} and no JSON that says why."
    return ServiceUnavailable(with_wait(message, wait), retry_after=wait)


def _error(
    template: ErrorTemplate,
    words: Mapping[str, str],
    envelope: _Envelope,
    wait: float | None,
) -> MetaconnectError:
    if not issubclass(template.error, (RateLimited, ServiceUnavailable)):
        wait = None  # waiting mends nothing else
    if template.error is InvalidRequest and envelope.blamed:
        template = template._replace(
            hint=template.hint or "The parameter that Meta names: {blamed}"
        )
    return template.filled(
        reason=with_wait(envelope.message or "Meta gave no reason.", wait),
        blamed=envelope.blamed,
        facts={
            "code": envelope.code,
            "subcode": envelope.subcode,
            "fbtrace_id": envelope.fbtrace_id,
            "retry_after": wait,
        },
        **words,
    )


def _read(body: object) -> _Envelope | None:
    """Find the error in *body*, in any of the shapes that Meta's hosts send."""
    if not isinstance(body, Mapping):
        return None
    error = body.get("error")
    if isinstance(error, Mapping):
        return _envelope(error)
    if "error_message" in body:
        # Flat, as Instagram's host answers; its `code` is the HTTP status.
        return _envelope(
            {"message": body["error_message"], "type": body.get("error_type")}
        )
    if isinstance(error, str):
        said = f"{error}: {body.get('error_description') or 'no reason given'}"
        return _envelope({"message": said})
    return None


def _envelope(error: Mapping[str, Any]) -> _Envelope:
    # What is wrong is read off Meta's words before a secret is masked in them:
    # the mask could hide the words that tell.
    words = " ".join(_text(error.get("message"))[:_LONGEST_READ].split())
    code = _number(error.get("code"))
    if code is None and (match := _CODE_IN_MESSAGE.search(words)):
        code = int(match[1])
    transient = error.get("is_transient")
    return _Envelope(
        message=_explained(error),
        words=words,
        kind=_text(error.get("type")),
        code=code,
        # debug_token says `subcode` where all others say `error_subcode`.
        subcode=_number(error.get("error_subcode", error.get("subcode"))),
        transient=transient if isinstance(transient, bool) else None,
        fbtrace_id=clean(_text(error.get("fbtrace_id")), longest=_LONGEST_ID) or None,
        blamed=clean(_blamed(error.get("error_data"))),
    )


def _explained(error: Mapping[str, Any]) -> str:
    """Return the message, and the explanation for people where it adds something."""
    message = clean(_text(error.get("message")))
    parts = [message]
    for key in ("error_user_title", "error_user_msg"):
        more = clean(_text(error.get(key)))
        if more.rstrip(".") not in " ".join(parts):
            parts.append(more)
    said = ". ".join(part.rstrip(".") for part in parts if part)
    return message if said == message.rstrip(".") else said


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
    """Return *value*, a number or its text, as an integer of at most 9 digits."""
    text = str(value) if type(value) in (int, str) else ""
    return int(text) if _INTEGER.fullmatch(text) else None
