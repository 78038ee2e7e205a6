"""
Keep `python -m metaconnect` from importing files of the working folder.

With -m Python puts the working folder in front of all others on `sys.path`, so
that a `typing.py` or `httpx.py` in a cloned repository would run as our code.
This is what the interpreter's own option -P does, for that one case. Only -P
protects what Python imports before any of our code (`importlib`, `contextlib`).

Imports only modules that are built into the interpreter or frozen: no file can
take their place.
"""

# ruff: noqa: PTH109, PTH120  pathlib is not frozen

import os
import sys


def started_with_m() -> bool:
    """Whether `python -m metaconnect` is about to run, and is being located."""
    if sys.argv[:1] != ["-m"]:  # Python's own value until the module is found
        return False
    words = sys.orig_argv[1:]
    pairs = zip(words, [*words[1:], ""], strict=False)
    return any(
        option.endswith("mmetaconnect")  # "-mmetaconnect", "-Bmmetaconnect"
        or (option.endswith("m") and name == "metaconnect")
        for option, name in pairs
        if option.startswith("-")
    )


def drop_working_folder() -> None:
    """Take the working folder off `sys.path`, unless we are installed there."""
    if sys.flags.safe_path or not sys.path:
        return
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # it was deleted, and Python did not add it
        return
    ours = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    if here != ours and os.path.realpath(sys.path[0]) == here:
        del sys.path[0]
