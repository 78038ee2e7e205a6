"""Keeps secrets out of what the HTTP libraries log."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from ..redact import MASK, SECRET_NAMES, redact

_HEADER = re.compile(
    r"(?i)(\(b'(?:www-authenticate|location|set-cookie)', b)"
    r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
)


def secrets_in(params: Mapping[str, object]) -> list[str]:
    """Return the values of the parameters of a request that are secret."""
    return [str(params[name]) for name in SECRET_NAMES if params.get(name)]


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
