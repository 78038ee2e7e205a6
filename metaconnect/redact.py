"""
What others say, made safe to repeat: printable, of bounded length, and without
anything that is, or looks like, a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from shlex import quote as quote_word
from typing import Final
from urllib.parse import quote

MASK: Final = "***"
LONGEST: Final = 700  # characters of somebody else's text in a message of ours
_SHORTEST_SECRET: Final = 8  # a shorter "secret" would blot out ordinary words

SECRET_NAMES: Final = (
    "client_secret",
    "fb_exchange_token",
    "input_token",
    "access_token",
    "refresh_token",
    "appsecret_proof",
    "revoke_token",
    "code",
    "code_verifier",
    "auth_code",
    "password",
    "state",
    "signed_request",
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bEAA[\w-]{4,}",  # how Meta's access tokens begin
        r"\beyJ[\w-]+\.[\w.-]+",  # a JWT
        r"\bsb_secret_\w+",  # Supabase's secret API key
        r"\b\d{5,}(?:\||%7C)[\w-]{6,}",  # an app token: app_id|app_secret
        r"(?<=[Mm]alformed access token )\S+",
        r"(?<![\w/-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{32,}",
        r"(?<=\b[Bb]earer )[^\s'\"]+",
    )
)
# In a query or a form, and as a field of what is printed of an object.
_NAMED = re.compile(
    rf"\b({'|'.join(SECRET_NAMES)})"
    r"(=|['\"]\s*:\s*['\"]|=['\"])[^&\s'\"#]+"
)
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_JOINERS = "\u200c\u200d"  # Persian spelling and composed emoji need them


def printable(text: str) -> str:
    """Return *text* without what could drive a terminal or turn its direction."""
    text = _ESCAPE.sub("", text)
    return "".join(c for c in text if c.isprintable() or c in _JOINERS)


def command(words: str, client_id: str) -> str:
    """Return a command about a client, as it can be pasted into a shell."""
    return f"metaconnect {words} --client {quote_word(client_id)}"


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return *text* with *secrets*, and all that looks like one, masked."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK).replace(quote(secret, safe=""), MASK)
    text = _NAMED.sub(rf"\1\2{MASK}", text)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def clean(
    text: str | None, secrets: Iterable[str] = (), *, longest: int = LONGEST
) -> str:
    """Return a stranger's *text* as one safe line of bounded length."""
    text = _ESCAPE.sub("", text or "")
    text = "".join(char if char.isprintable() else " " for char in text)
    text = redact(" ".join(text.split()), secrets)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
