"""The way in from a shell: `metaconnect`, and `python -m metaconnect`."""

from __future__ import annotations

import os
import sys

from ._version import __version__


def main() -> None:
    _open_what_is_closed()
    if sys.argv[1:] == ["--version"] and _printed_version():
        return
    # Wherever click is installed, `import httpx` also loads click, rich and
    # pygments for a command of its own. None means "cannot be imported",
    # which httpx provides for; it saves a third of our start-up time.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from .cli.main import run

    sys.exit(run(sys.argv[1:]))


def _printed_version() -> bool:
    """Print the version without Typer, for scripts; whether it could be printed."""
    try:
        print(f"metaconnect {__version__}", flush=True)  # noqa: T201
    except OSError:  # the command line reports it
        return False
    return True


def _open_what_is_closed() -> None:
    """Give a process that was started without stdin, say, one with nothing in it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # In this order each gets the number that it should have.
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115


if __name__ == "__main__":
    main()
