"""The way in from a shell: `metaconnect`, and `python -m metaconnect`."""

from __future__ import annotations

import sys

from ._version import __version__


def main() -> None:
    if sys.argv[1:] == ["--version"]:  # asked by scripts: not worth loading Typer
        print(f"metaconnect {__version__}")  # noqa: T201
        return
    # Wherever click is installed, `import httpx` also loads click, rich and
    # pygments for a command of its own. None means "cannot be imported",
    # which httpx provides for; it saves a third of our start-up time.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from .cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
