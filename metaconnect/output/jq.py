"""
`--jq EXPRESSION`: jq's language over the array that `--format json` prints.

https://jqlang.org/manual/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, Protocol

import msgspec

from ..errors import UsageError
from ..models import Row
from .extras import require_extra
from .json import JsonSink, without_controls
from .text import escaped, well_formed


class Program(Protocol):
    """What the `jq` package compiles."""

    def input_text(self, text: str) -> Iterator[str]:
        """Return the results, each as JSON."""


def compiled(expression: str) -> Program:
    """
    Return *expression*, ready to run. For before anything is asked of Meta.

    Raises UsageError with jq's own words where it is none, or the `jq` package is
    missing.
    """
    require_extra("jq", "jq", "--jq")
    import jq

    try:
        jq.compile(expression)  # its errors show the expression as it was given
        # jq keeps the digits of a number (1.10) only while it writes JSON itself.
        # The line break ends a comment.
        program: Program = jq.compile(f"({expression}\n)|tojson")
    except ValueError as exc:
        raise UsageError(f"--jq cannot be read. {_said(exc)}") from exc
    return program


class JqSink:
    """
    The results of a jq program, a line each: written by `close`, or not at all.

    A text stands without quotes, as `gh --jq` and `jq -r` print it. All rows are in
    memory, since the program may want them in any order.
    """

    def __init__(
        self, file: BinaryIO, program: Program, *, terminal: bool | None = None
    ) -> None:
        self._file = file
        self._program = program
        self._on_terminal = file.isatty() if terminal is None else terminal
        self._array = BytesIO()
        self._sink = JsonSink(self._array)

    def write(self, rows: Sequence[Row]) -> None:
        self._sink.write(rows)

    def close(self) -> None:
        self._sink.close()
        text = self._array.getvalue().decode()
        self._array.close()
        try:
            results = [self._line(each) for each in self._results(text)]
        except ValueError as exc:
            raise UsageError(f"--jq failed on these rows. {_said(exc)}") from exc
        self._file.write(b"".join(results))
        self._file.flush()

    def _results(self, text: str) -> Iterator[str]:
        return iter(self._program.input_text(text))

    def _line(self, result: str) -> bytes:
        if not result.startswith('"'):
            return without_controls(result.encode()) + b"\n"
        text = well_formed(msgspec.json.decode(result))
        if self._on_terminal:  # its lines and tabs, as @tsv has them, are harmless
            lines = ["\t".join(map(escaped, ln.split("\t"))) for ln in text.split("\n")]
            text = "\n".join(lines)
        return f"{text}\n".encode()


def _said(exc: ValueError) -> str:
    lines = [line.removeprefix("jq: error: ") for line in str(exc).splitlines()]
    return "\n".join(["jq says:", *lines]).rstrip()
