"""Keeps secrets out of what is said and logged."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

MASK: Final = "***"
LONGEST: Final = 700  # characters of somebody else's text in a message of ours
_SHORTEST_SECRET: Final = 8  # a shorter "secret" would blot out ordinary words

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bEAA[\w-]{6,}",  # how Meta's access tokens begin
        r"\b\d{5,}(?:\||%7C)[\w-]{6,}",  # an app token: app_id|app_secret
        r"(?<=[Mm]alformed access token )\S+",
        r"(?<![\w/-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{32,}",
        r"(?<=\b[Bb]earer )[^\s'\"]+",
    )
)
_SECRET_NAMES = (
    "client_secret",
    "fb_exchange_token",
    "input_token",
    "access_token",
    "appsecret_proof",
    "revoke_token",
    "code",
    "code_verifier",
    "signed_request",
)
_PARAMETER = re.compile(rf"\b({'|'.join(_SECRET_NAMES)})=[^&\s'\"#]+")
_HEADER = re.compile(
    r"(?i)(\(b'(?:www-authenticate|location|set-cookie)', b)"
    r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
)
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")


def secrets_in(params: Mapping[str, object]) -> list[str]:
    """Return the values of the parameters of a request that are secret."""
    return [str(params[name]) for name in _SECRET_NAMES if params.get(name)]


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return *text* with *secrets*, and all that looks like one, masked."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK).replace(quote(secret, safe=""), MASK)
    text = _PARAMETER.sub(rf"\1={MASK}", text)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a stranger's *text* as one safe line of bounded length."""
    text = _ESCAPE.sub("", text)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = redact(" ".join(text.split()), secrets)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class SecretsFilter(logging.Filter):
    """
    Masks the secrets in a record; it drops none.

    httpx logs whole URLs, and two calls are documented only with secrets in
    the query; httpcore logs response headers, in which Meta quotes tokens.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        text = redact(_HEADER.sub(rf"\1'{MASK}'", record.getMessage()))
        record.msg, record.args = text, None
        return True


# A logger's filters do not apply to its children, hence each by name.
_LOGGERS = ("httpx", *(f"httpcore.{n}" for n in ("connection", "http11", "proxy")))
_FILTER = SecretsFilter()


def mask_secrets_in_logs() -> None:
    """Mask secrets in what httpx and httpcore log; safe to repeat."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
