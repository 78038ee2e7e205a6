"""
Keep `python -m metaconnect` from importing files of the working folder.

With -m Python puts the working folder in front of all others on `sys.path`, so
that a `typing.py` or `httpx.py` in a cloned repository would run as our code.
This is what the interpreter's own option -P does, for that one case. What Python
imports before it runs any of our code (`importlib`) only -P can protect.

Imports only modules that no file can replace: they are built into the
interpreter, or frozen.
"""

# ruff: noqa: PTH109, PTH120  pathlib is not frozen

import os
import sys


def started_with_m() -> bool:
    """Whether `python -m metaconnect` is about to run, and is being located."""
    if sys.argv[:1] != ["-m"]:  # Python's own value until the module is found
        return False
    words = sys.orig_argv[1:]
    return any(
        option.startswith("-") and (option + name).endswith("mmetaconnect")
        for option, name in zip(words, [*words[1:], ""], strict=False)
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
