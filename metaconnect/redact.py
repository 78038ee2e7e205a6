"""
Makes text of others safe to repeat: printable, of bounded length, and without
anything that is, or looks like, a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from shlex import quote as quote_word
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:  # the command line starts without it
    from logging import LogRecord

MASK: Final = "***"
LONGEST: Final = 700  # characters of somebody else's text in a message of ours
_LONGEST_READ: Final = 16_384  # more is not worth searching for secrets
_SHORTEST_SECRET: Final = 6  # a shorter "secret" would mask ordinary text
_SHORT_SECRET: Final = 8  # a shorter one is masked as a whole word only
_MOST_SECRETS: Final = 1000

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
        r"(?<![\w-])eyJ[\w-]+\.[\w.-]+",  # a JWT
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

_COMMAND = re.compile(
    r"\bmetaconnect "
    r"(?:connect|insights|accounts (?:list|use)|refresh|disconnect|token|exec)\b"
    r"(?![^\n.,;()]* --client)"
)

# The secrets that this process has used, and how each can be written.
_remembered: dict[str, tuple[str, ...]] = {}


def remember_secret(value: str | None) -> None:
    """
    Mask *value* from now on in all that `redact` and `clean` return.

    The 1,000 used last are remembered, so call it whenever a secret is used. A
    secret of fewer than six characters is not, and one of fewer than eight
    is masked only where it is a word of its own.
    """
    global _remembered  # noqa: PLW0603  replaced, so that other threads may read on
    if not value or len(value) < _SHORTEST_SECRET:
        return
    if value in _remembered and len(_remembered) < _MOST_SECRETS:
        return  # none is forgotten yet, so that the order does not matter
    others = [item for item in _remembered.items() if item[0] != value]
    latest = dict(others[1 - _MOST_SECRETS :])
    _remembered = {**latest, value: _spellings(value)}


def printable(text: str) -> str:
    """Return *text* without what could drive a terminal or turn its direction."""
    text = _ESCAPE.sub("", text)
    return "".join(c for c in text if c.isprintable() or c in _JOINERS)


def command(words: str, client_id: str) -> str:
    """Return a command about a client, as it can be pasted into a shell."""
    return f"metaconnect {words} --client {_quoted(client_id)}"


def name_client(hint: str, client_id: str) -> str:
    """Return *hint* with ``--client`` in each command about a client that lacks it."""
    option = f" --client {_quoted(client_id)}"
    return _COMMAND.sub(lambda match: match[0] + option, hint)


def _quoted(word: str) -> str:
    """Return *word* for a shell; line breaks and the like as $'' writes them."""
    if word.isprintable():
        return quote_word(word)
    # Beside a double quote repr takes single ones.
    return f"$'{repr(chr(34) + word)[2:-1]}'"


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return *text* with every secret, and all that looks like one, masked."""
    known = {spelling for found in _remembered.values() for spelling in found}
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            known.update(_spellings(secret))
    # The longest first: one secret may be the beginning of another.
    for spelling in sorted(known, key=len, reverse=True):
        if spelling in text:
            text = _masked(text, spelling)
    text = _NAMED.sub(rf"\1\2{MASK}", text)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def clean(
    text: str | None, secrets: Iterable[str] = (), *, longest: int = LONGEST
) -> str:
    """Return *text* of others as one safe line of at most *longest* characters."""
    text = _ESCAPE.sub("", _beginning(text or ""))
    text = "".join(char if char.isprintable() else " " for char in text)
    # Masked before it is cut: a part of a secret would not be recognised.
    text = redact(" ".join(text.split()), secrets)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def mask_secrets_in_logs() -> None:
    """
    Mask secrets in what httpx and httpcore log; safe to repeat.

    httpx logs whole URLs, and two calls of Meta's are documented only with
    secrets in the query; httpcore logs response headers, in which Meta quotes
    tokens.
    """
    import logging

    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_mask_record)


# A logger's filters do not apply to its children, hence each by name.
_LOGGERS = (
    "httpx",
    *(f"httpcore.{n}" for n in ("connection", "http11", "http2", "proxy", "socks")),
)
_HEADER = re.compile(
    r"(?i)(\(b'(?:www-authenticate|location|set-cookie)', b)"
    r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
)


def _mask_record(record: LogRecord) -> bool:
    """A logging filter that masks a record and drops none."""
    record.msg = redact(_HEADER.sub(rf"\1'{MASK}'", record.getMessage()))
    record.args = None
    return True


def _spellings(secret: str) -> tuple[str, ...]:
    """Return *secret* as it is, as URLs and forms have it, and as `repr` has it."""
    encoded = (
        quote(secret, "", errors="replace"),
        quote_plus(secret, errors="replace"),
    )
    return tuple(dict.fromkeys((secret, *encoded, repr(secret)[1:-1])))


def _masked(text: str, secret: str) -> str:
    if len(secret) >= _SHORT_SECRET:
        return text.replace(secret, MASK)
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, text)


def _beginning(text: str) -> str:
    """Return the whole words at the beginning of a *text* that is very long."""
    if len(text) <= _LONGEST_READ:
        return text
    return text[:_LONGEST_READ].rpartition(" ")[0]
