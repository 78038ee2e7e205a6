"""The way in from a shell: `metaconnect`, and `python -m metaconnect`."""

from __future__ import annotations

import gc
import os
import sys

from ._version import __version__

# httpx's own command line, which loads click, rich and pygments; HTTP/2, which supabase
# brings along; and an encoding that we never ask for.
_UNUSED = ("httpx._main", "h2", "zstandard")


def main() -> None:
    _open_what_is_closed()
    if sys.argv[1:] == ["--version"] and _printed_version():
        return
    _start_quickly()
    from .cli.main import run

    code = run(sys.argv[1:])
    gc.freeze()  # the process ends: nothing is worth searching for
    sys.exit(code)


def _start_quickly() -> None:
    """
    Leave out what takes time while the modules load, and is of no use to us.

    Of what is in `_UNUSED` httpx and httpcore provide for the absence, which None
    stands for. The garbage collector would search thrice what is there to stay, and
    then every page of rows, which hold no cycles.
    """
    for name in _UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    gc.set_threshold(200_000, 20, 20)


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
