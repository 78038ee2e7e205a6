"""--debug: every step on stderr, with the secrets masked."""

from __future__ import annotations

import logging
import sys
import traceback

from ..redact import redact


class MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def start_debugging() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG, handlers=[handler], force=True)


def print_traceback(error: BaseException) -> None:
    text = "".join(traceback.format_exception(error))
    print(redact(text), file=sys.stderr)  # noqa: T201
