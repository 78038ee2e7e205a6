"""An address as a QR code on the terminal, for a phone to open."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from .terminal import say

# A character is two modules high. Light modules are drawn, dark ones are left out.
HALVES = {(1, 1): " ", (0, 1): "▀", (1, 0): "▄", (0, 0): "█"}
BORDER = 4  # light modules around it: ISO/IEC 18004, section 5.3.8 (quiet zone)
WHITE_ON_BLACK, RESET = "\x1b[97;40m", "\x1b[0m"


def show_qr(address: str) -> None:
    """Draw the code on stderr, or say why it cannot be read there."""
    lines = list(qr_lines(address))
    if problem := _problem(lines):
        say(f"The QR code cannot be shown: {problem}.")
        return
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        # Whatever the theme: not every phone reads a code with its colours swapped.
        lines = [f"{WHITE_ON_BLACK}{line}{RESET}" for line in lines]
    with suppress(OSError):  # nobody listens any more
        print(*lines, "", sep="\n", file=sys.stderr, flush=True)  # noqa: T201


def qr_lines(address: str) -> Iterator[str]:
    """Yield the lines of the code, in half blocks."""
    import segno  # only here

    # The lowest error correction: a screen has no stains, and the address is long.
    code = segno.make_qr(address, error="l", boost_error=False)
    rows = [list(row) for row in code.matrix_iter(border=BORDER)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        pairs = zip(upper, lower, strict=True)
        yield "".join(HALVES[bool(up), bool(low)] for up, low in pairs)


def _problem(lines: Sequence[str]) -> str | None:
    try:
        "".join(lines).encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return "stderr has no block characters"
    if not sys.stderr.isatty():
        return None
    from rich.console import Console

    width = Console(stderr=True).width
    if width < len(lines[0]):
        return f"it is {len(lines[0])} columns wide, and the terminal {width}"
    return None
