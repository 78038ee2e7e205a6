"""--debug: every step on stderr, with the secrets masked."""

from __future__ import annotations

import logging
import re
import sys
import traceback

MASK = "***"
# Tokens and JWTs by their look; the rest by the name in front of it.
_LOOKS_SECRET = re.compile(
    r"EAA[A-Za-z0-9]{8,}"
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
    r"|sb_secret_\w+"
    r"|AQ[\w-]{40,}"
)
_NAMED_SECRET = re.compile(
    r"""(?ix) \b (access_token | client_secret | fb_exchange_token | input_token
    | appsecret_proof | refresh_token | code_verifier | password | apikey
    | code | state | token) (["']?\s*[=:]\s*["']?) [^\s&"',)}]+"""
)


def masked(text: str) -> str:
    """Return *text* without what looks like, or is named like, a secret."""
    text = _LOOKS_SECRET.sub(MASK, text)
    return _NAMED_SECRET.sub(rf"\1\2{MASK}", text)


class MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def start_debugging() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG, handlers=[handler], force=True)


def print_traceback(error: BaseException) -> None:
    text = "".join(traceback.format_exception(error))
    print(masked(text), file=sys.stderr)  # noqa: T201
